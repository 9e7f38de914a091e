"""How and when a report came, as exactly as the reader may know it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from shared.command_requests.report_access import ReportAccess
from shared.labels import label
from shared.lifecycle.actions import Action
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import ActorKind
from shared.publication import public_channel, public_time


class Arrival(TypedDict):
    """The fields of a `ReportView` and of a `QueueRow` that say it."""

    channel: Channel | None
    channel_label: str | None
    submitted_at: datetime


def arrival_of(access: ReportAccess) -> Arrival:
    """Who reads a copy reads what the public may: the hour, and of an anonymous report not the
    channel. Of that one the handling agency reads the hour as well."""
    state, by_copy = access.state, access.by_copy
    channel = public_channel(state.channel, state.anonymous) if by_copy else state.channel
    return Arrival(
        channel=Channel(channel) if channel else None,
        channel_label=label("channel", channel) if channel else None,
        submitted_at=public_time(state.submitted_at)
        if access.arrival_hidden
        else state.submitted_at,
    )


def line_shown(line: Mapping[str, Any], access: ReportAccess) -> Mapping[str, Any]:
    """A line of the history as this person reads it: in a copy what the reporter did to the hour,
    and of an anonymous report not through whom: the counter or the system it came by is its
    channel. So the handling agency reads its submission too: who entered it may be a colleague."""
    anonymous = access.state.anonymous
    by_reporter = line["actor_kind"] in (ActorKind.REPORTER, ActorKind.PARTNER)
    if access.arrival_hidden and line["action"] == Action.OVERDUE:
        return {**line, "at": public_time(line["at"])}  # so long after the report came
    told_apart = access.by_copy and by_reporter
    if not access.arrival_hidden or not (told_apart or line["action"] == Action.SUBMIT):
        return line
    told = {**line, "at": public_time(line["at"])}
    return told | _BY_THE_REPORTER if anonymous else told


_BY_THE_REPORTER = {
    "actor_kind": ActorKind.REPORTER,
    **dict.fromkeys(("staff_id", "agency_id", "role", "system")),
}
