"""The work queue: what an agency handles, has handed down, decides, and reads along."""
