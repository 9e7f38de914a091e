"""The intake service: reports from every channel. The public and reporters read reports here
too."""
