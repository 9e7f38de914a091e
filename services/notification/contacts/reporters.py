"""The reporters of reports as messages need them: their contacts, the proof and the choices."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.channel_choice import HolderChoices, Reachable
from services.notification.models import Channel, Contact, Preference
from services.notification.proven import proof_lasts
from shared.database.lifecycle import Report
from shared.database.views import ReachableReporter
from shared.lifecycle.clocks import ClockKind


@dataclass(frozen=True)
class ReporterOfReport:
    """The reporter of one report. `holders` names the holder of each contact; `contact_ids` has the
    contacts that have a row. `discreet`: the report is anonymous or secret. `region_code`: the
    place of the report."""

    number: int
    discreet: bool
    region_code: str | None
    question_until: str | None
    holders: Mapping[Channel, str]
    contact_ids: Mapping[Channel, UUID]
    contacts: dict[Channel, tuple[Reachable, HolderChoices]]


def holder_of_report(number: int) -> str:
    return f"report-{number}"


def holder_of_account(account_id: int) -> str:
    return f"account-{account_id}"


async def reporters_of(
    session: AsyncSession, numbers: Collection[int]
) -> dict[int, ReporterOfReport]:
    """The reporters of these reports, by number. Reports that do not exist are left out."""
    flags = (
        *(col(Report.anonymous), col(Report.secret), col(Report.region_code)),
        col(Report.state)["clocks"].label("clocks"),
    )
    reachable = (
        *(col(ReachableReporter.reporter_id), col(ReachableReporter.phone_of_report)),
        col(ReachableReporter.email_of_report),
        col(ReachableReporter.phone).is_not(None).label("phone"),
        col(ReachableReporter.email).is_not(None).label("email"),
    )
    statement = (
        select(col(Report.number), *flags, *reachable)
        .outerjoin(ReachableReporter, col(ReachableReporter.number) == col(Report.number))
        .where(col(Report.number).in_(numbers))
    )
    rows = [dict(row) for row in (await session.execute(statement)).mappings()]
    holders = {row["number"]: _holders(row) for row in rows}
    all_holders = {holder for of_report in holders.values() for holder in of_report.values()}
    known = select(Contact).where(col(Contact.holder).in_(all_holders))
    contacts = {(row.holder, row.channel): row for row in await session.scalars(known)}
    lasts = await proof_lasts(session)
    of_reports = {holder_of_report(number) for number in holders}
    chosen = select(Preference).where(col(Preference.holder).in_(all_holders | of_reports))
    preferences = (await session.scalars(chosen)).all()
    stopped_by_sms = {row.holder for row in preferences if row.sms_stopped_at is not None}
    choices = {
        row.holder: HolderChoices(
            stopped=row.stopped_at is not None, email=row.email, sms=row.sms, muted=row.muted
        )
        for row in preferences
    }
    return {
        row["number"]: ReporterOfReport(
            number=row["number"],
            discreet=row["anonymous"] or row["secret"],
            region_code=row["region_code"],
            question_until=_question_until(row["clocks"]),
            holders=holders[row["number"]],
            contact_ids={
                channel: contacts[holder, channel].id
                for channel, holder in holders[row["number"]].items()
                if (holder, channel) in contacts
            },
            contacts=_together(
                {
                    channel: (
                        _reachable(contacts.get((holder, channel)), lasts),
                        _for_report(
                            choices.get(holder, HolderChoices()),
                            holder_of_report(row["number"]) in stopped_by_sms,
                        ),
                    )
                    for channel, holder in holders[row["number"]].items()
                }
            ),
        )
        for row in rows
    }


async def forget_discreet(session: AsyncSession, numbers: Collection[int]) -> None:
    """Remove the digests by which anonymous or secret reports are offered to accounts. Nothing may
    connect them with other reports. Staff may have changed the report after its contact was
    proven."""
    flagged = col(Report.anonymous) | col(Report.secret)
    discreet = select(col(Report.number)).where(col(Report.number).in_(numbers), flagged)
    holders = [holder_of_report(number) for number in await session.scalars(discreet)]
    if holders:
        offered = col(Contact.holder).in_(holders), col(Contact.offered).is_not(None)
        # Lock in one order: two batches may name the same reports.
        locked = select(col(Contact.id)).where(*offered).order_by(col(Contact.id)).with_for_update()
        these = update(Contact).where(col(Contact.id).in_(locked))
        await session.execute(these.values(offered=None))


def _holders(row: Mapping[str, Any]) -> dict[Channel, str]:
    holders: dict[Channel, str] = {}
    columns: tuple[tuple[Channel, str], ...] = (("email", "email"), ("sms", "phone"))
    for channel, column in columns:
        if row[column]:
            own = row[f"{column}_of_report"]
            holders[channel] = (
                holder_of_report(row["number"]) if own else holder_of_account(row["reporter_id"])
            )
    return holders


def _together(
    contacts: dict[Channel, tuple[Reachable, HolderChoices]],
) -> dict[Channel, tuple[Reachable, HolderChoices]]:
    """Combine the choices of the report's own contact and the account's. If the reporter stopped
    all messages, or one kind, for one of them, this counts for both."""
    choices = [choice for _, choice in contacts.values()]
    stopped = any(choice.stopped for choice in choices)
    muted = {kind for choice in choices for kind in choice.muted}
    return {
        channel: (reachable, replace(choice, stopped=stopped, muted=muted))
        for channel, (reachable, choice) in contacts.items()
    }


def _for_report(choices: HolderChoices, stopped_by_sms: bool) -> HolderChoices:
    return replace(choices, sms=False) if stopped_by_sms else choices


def _reachable(contact: Contact | None, lasts: timedelta) -> Reachable:
    if contact is None:
        return Reachable()
    return Reachable(contact.proven_at, contact.undeliverable_at is not None, lasts)


def _question_until(clocks: list[dict[str, Any]] | None) -> str | None:
    for clock in clocks or ():
        if clock["kind"] == ClockKind.QUESTION:
            deadline: str | None = clock["deadline"]
            return deadline
    return None
