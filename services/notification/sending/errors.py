"""Why a message could not be handed to its provider, and what is done about it."""


class NotDelivered(Exception):
    """The base of the three below. `reason` is a code for the message's row, metrics and staff; it
    never repeats what the provider said, which may quote the contact."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderAway(NotDelivered):
    """It does not answer, or takes nothing from us: no message goes by it for a while."""


class TryAgain(NotDelivered):
    """It does not take this message now: it is tried again later, by itself."""


class NeverDeliverable(NotDelivered):
    """It will not take this message. `nobody_there`: the contact does not exist, which ends its
    proof."""

    def __init__(self, reason: str, *, nobody_there: bool = False) -> None:
        super().__init__(reason)
        self.nobody_there = nobody_there
