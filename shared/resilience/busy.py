"""There is no room at the moment."""


class Busy(Exception):
    """There is no room now; the caller may ask again a little later. Over HTTP it is a 503.

    It is defined here so that code that answers HTTP need not load the code that is busy.
    """
