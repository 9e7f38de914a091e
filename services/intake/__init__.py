"""The intake service: reports are submitted here through every channel, and read by the public and
reporters."""
