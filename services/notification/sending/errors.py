"""Errors when a message cannot be sent, and what happens next."""


class NotDelivered(Exception):
    """The base of the three below. `reason` is a code for the message's row, metrics and staff; it
    never quotes the provider, whose answer may contain the contact."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderAway(NotDelivered):
    """The provider does not answer or accepts nothing. No messages are sent through it for a
    while."""


class TryAgain(NotDelivered):
    """The provider does not accept this message now: it is retried separately later."""


class Undeliverable(NotDelivered):
    """The provider will never accept this message. `nobody_there`: the contact does not exist,
    which ends its proof."""

    def __init__(self, reason: str, *, nobody_there: bool = False) -> None:
        super().__init__(reason)
        self.nobody_there = nobody_there
