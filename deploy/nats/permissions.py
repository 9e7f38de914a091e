"""What each process may do on NATS: use its own consumers and its own subjects."""

from typing import Final

from deploy.nats.tokens import Permission
from shared.bus.streams import (
    FOLLOWUP,
    INGEST_MESSAGES,
    INGEST_REPORTS,
    INTAKE,
    LAUNCHER,
    NOTIFICATION,
    PARTNERS,
    REPORTS,
    STATISTICS,
    STREAMS,
    WATCH,
    WEBHOOKS,
    Durable,
)

COMMANDS: Final = "commands"
"""The user of `lapor migrate` and the other commands, which may do everything in our account."""

_INBOX: Final = "_INBOX.>"
_DEAD: Final = "lapor.v1.dead.>"


def _reads(*durables: Durable) -> list[str]:
    return [
        subject
        for durable in durables
        for subject in (
            f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.name}",
            f"$JS.ACK.{durable.stream}.{durable.name}.>",
        )
    ]


# Given-up messages are read in any stream, and deleted from those that are queues.
_WATCHES: Final = [
    *_reads(WATCH),
    *(f"$JS.API.STREAM.MSG.GET.{stream.name}" for stream in STREAMS),
    *(f"$JS.API.STREAM.MSG.DELETE.{stream.name}" for stream in STREAMS if stream.work_queue),
]
# For measuring what waits between us and each partner.
_MEASURES: Final = [
    *(f"$JS.API.STREAM.INFO.{stream.name}" for stream in (INGEST_REPORTS, INGEST_MESSAGES)),
    f"$JS.API.CONSUMER.INFO.{PARTNERS.name}.*",
]
# The live feed makes a consumer for each visitor, which ends with the visit.
_FOLLOWS: Final = [
    "$JS.API.STREAM.NAMES",
    f"$JS.API.STREAM.INFO.{REPORTS.name}",
    f"$JS.API.CONSUMER.CREATE.{REPORTS.name}",
    f"$JS.API.CONSUMER.CREATE.{REPORTS.name}.>",
    f"$JS.API.CONSUMER.INFO.{REPORTS.name}.*",
    f"$JS.API.CONSUMER.DELETE.{REPORTS.name}.*",
    f"$JS.FC.{REPORTS.name}.>",
]
_PUBLISHES: Final[dict[str, list[str]]] = {
    "intake": [*_reads(INTAKE), *_WATCHES, *_MEASURES, _DEAD],
    "routing": [],
    "followup": [*_reads(FOLLOWUP), _DEAD],
    "reporting": _FOLLOWS,
    "notification": [*_reads(NOTIFICATION), _DEAD],
    "downloads": [*_reads(WEBHOOKS, STATISTICS), _DEAD],
    "worker": [*_reads(LAUNCHER), _DEAD],
    "relay": ["lapor.v1.report.>", "lapor.v1.partner.>"],
    "backup": [
        "$JS.API.STREAM.INFO.*",
        "$JS.API.STREAM.SNAPSHOT.*",
        "$JS.SNAPSHOT.ACK.>",
    ],
}
USERS: Final = (COMMANDS, *_PUBLISHES)
"""All users with credentials of our account."""


def permissions(user: str) -> tuple[Permission, Permission]:
    """Return where a user may publish, and what it may subscribe to. Raises `KeyError` for an
    unknown user."""
    if user == COMMANDS:
        return {}, {}
    allowed = _PUBLISHES[user]
    return {"allow": allowed} if allowed else {"deny": [">"]}, {"allow": [_INBOX]}
