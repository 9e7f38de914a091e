"""Errors that a person can solve, shown without a traceback."""


class StackError(Exception):
    """The stack cannot start or continue; the message says why and what to do."""
