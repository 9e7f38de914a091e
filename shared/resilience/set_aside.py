"""Notes what a background loop leaves aside to go on with the rest."""

import logging

from prometheus_client import Counter

from shared.telemetry import registry

log = logging.getLogger(__name__)


def count_set_aside(loop: str, why: str, what: object = "") -> None:
    """Log and count that a loop left one thing aside and went on with the next.

    `why` is a code or a kind of error, `what` an id, never words.
    """
    _set_aside.labels(loop, why).inc()
    log.error("%s: set aside %s: %s", loop, what, why)


_set_aside = Counter(
    "lapor_set_aside",
    "Items that a background loop could not handle and set aside, to continue with the others",
    ["loop", "reason"],
    registry=registry,
)
