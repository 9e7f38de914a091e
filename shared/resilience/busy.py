"""There is no room at the moment."""


class Busy(Exception):
    """Raised where the same may be asked again a little later; over HTTP a 503. Here, so that what
    answers HTTP need not load what is busy."""
