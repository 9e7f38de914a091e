"""The catalogues of what people read: messages found in the source, and brought up to date."""
