"""The local stack's stand-ins for those that carry mail and text messages: real protocols, kept
files, a page that shows what came. Nothing leaves the machine."""
