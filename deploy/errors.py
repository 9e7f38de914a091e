"""Trouble that a person can do something about, told without a traceback."""


class StackError(Exception):
    """The stack cannot start or go on; the message says why and what to do."""
