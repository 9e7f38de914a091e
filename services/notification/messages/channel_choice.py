"""Chooses the channel of a message, or the reason why none can be used. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from services.notification.messages.table import MessageKind
from services.notification.models import Channel
from shared.lifecycle.calendar import Zone
from shared.lifecycle.policy import PROOF_LASTS
from shared.values.regions import TimeZone, time_zone

QUIET_FROM, QUIET_UNTIL = 21, 7
"""The hours in the reporter's zone during which no text messages are sent, except codes."""
ZONE_OF_ACCOUNTS = Zone.WIB
"""The zone used for accounts, since the zone of their owners is not known."""
_ZONES: dict[TimeZone, Zone] = {
    "Asia/Jakarta": Zone.WIB,
    "Asia/Makassar": Zone.WITA,
    "Asia/Jayapura": Zone.WIT,
}

SkipReason = Literal[
    "no_contact",
    "unproven",
    "lapsed",
    "undeliverable",
    "stopped",
    "muted",
    "channel_off",
    "sms_not_chosen",
    "not_readable",
    "outdated",
]


@dataclass(frozen=True)
class Reachable:
    """A contact that somebody has named, and how far it is proven."""

    proven_at: datetime | None = None
    undeliverable: bool = False
    lasts: timedelta = PROOF_LASTS
    """How long the proof is valid."""


@dataclass(frozen=True)
class HolderChoices:
    """What a holder of contacts has chosen."""

    stopped: bool = False
    email: bool = True
    sms: bool | None = None
    muted: Collection[str] = field(default=())


@dataclass(frozen=True)
class Choice:
    """The channel of a message. With `skipped`, nothing is sent, for this reason."""

    channel: Channel | Literal["none"]
    skipped: SkipReason | None = None


def choose_channel(
    contacts: dict[Channel, tuple[Reachable, HolderChoices]],
    kind: MessageKind,
    *,
    discreet: bool,
    at: datetime,
    without: Collection[str] = (),
) -> Choice:
    """Choose e-mail if it may be sent, otherwise a text message.

    `discreet`: the report is anonymous or secret. Its phone may be shared, so the reporter must
    have chosen text messages. `without`: channels that have failed. If nothing may be sent, the
    reason is that of the channel that is closest to being usable.
    """
    channels: tuple[Channel, ...] = ("email", "sms")
    skipped: list[Choice] = []
    for channel in channels:
        if channel not in contacts or channel in without:
            continue
        reason = reason_against(channel, *contacts[channel], kind, discreet=discreet, at=at)
        if reason is None:
            return Choice(channel)
        skipped.append(Choice(channel, reason))
    if not skipped:
        return Choice("none", "no_contact")
    return min(skipped, key=lambda choice: _NEAREST.index(str(choice.skipped)))


def sms_choice(ticked: bool, before: bool | None, *, discreet: bool) -> bool | None:
    """What a ticked or empty box for text messages on a report's page means. A box that was left at
    the default for this report is no choice: somebody who leaves it ticked for a named report has
    not chosen text messages for a secret one, and the report may be made secret later."""
    if ticked is discreet:
        return ticked
    return before if before is ticked else None


def zone_of_reporter(region_code: str | None, of_handler: Zone) -> Zone:
    """The zone in which the reporter probably is. It is that of the place named in the report, even
    if an agency elsewhere handles it, otherwise that of the agency."""
    try:
        return _ZONES[time_zone(region_code)] if region_code else of_handler
    except KeyError:
        return of_handler


def not_in_quiet_hours(at: datetime, zone: Zone) -> datetime:
    """`at`, or the end of the quiet hours if `at` falls in them."""
    local = at.astimezone(zone.offset)
    if QUIET_UNTIL <= local.hour < QUIET_FROM:
        return at
    morning = local.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if local.hour < QUIET_UNTIL else morning + timedelta(days=1)


def reason_against(
    channel: Channel,
    contact: Reachable,
    choices: HolderChoices,
    kind: MessageKind | None,
    *,
    discreet: bool,
    at: datetime,
) -> SkipReason | None:
    """The reason why a message of this kind may not go to this contact now, or None. With `kind`
    None, choices about kinds are ignored."""
    if choices.stopped:
        return "stopped"
    if contact.undeliverable:
        return "undeliverable"
    if contact.proven_at is None:
        return "unproven"
    if contact.proven_at + contact.lasts < at:
        return "lapsed"
    if kind in choices.muted:
        return "muted"
    if (channel == "email" and not choices.email) or (channel == "sms" and choices.sms is False):
        return "channel_off"
    if channel == "sms" and choices.sms is None and discreet:
        return "sms_not_chosen"
    return None


def reason_against_mail(
    proven_at: datetime | None, *, undeliverable: bool, stopped: bool, at: datetime
) -> SkipReason | None:
    """The reason why no mail may go to a member of staff or a leader now, or None. They choose no
    channel."""
    contact, choices = Reachable(proven_at, undeliverable), HolderChoices(stopped=stopped)
    return reason_against("email", contact, choices, None, discreet=False, at=at)


_NEAREST = (
    *("stopped", "muted", "channel_off", "sms_not_chosen", "undeliverable", "lapsed"),
    "unproven",
)
"""Reasons chosen by the person come before problems of the contact."""
