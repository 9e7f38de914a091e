"""Follow-ups sent on from a main report to its linked reports: what both histories show of them, as
far as their reader may know of the other report."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.reading.history_rows import Row, Rows, rows_of
from services.routing.reading.step_facts import Edits, StepFact
from shared.bulk_commands.endpoints import foreseen
from shared.bulk_commands.tables import BulkItem
from shared.command_requests.directory import is_or_stands_below
from shared.command_requests.report_access import ReportAccess
from shared.database.columns import Json
from shared.database.lifecycle import HistoryEntry, LinkedFollowUp, Report
from shared.database.views import AgencyEntry
from shared.labels import label
from shared.labels.catalogue import Language
from shared.lifecycle.actions import Action
from shared.lifecycle.people import ActorKind

SENT_ON = "sent_on"
"""The action of the line in a main report's history, one line for each time."""


async def lines_sent_on(session: AsyncSession, number: int) -> Rows:
    """Who sent a follow-up of this report on, and when, in the shape of the history's readings."""
    sent = LinkedFollowUp
    once = (sent.bulk_id, sent.staff_id, sent.agency_id, sent.role)
    statement: Select[*tuple[object, ...]] = (
        select(
            null().label("entry"),
            func.min(col(sent.at)).label("at"),
            literal(SENT_ON).label("action"),
            literal(ActorKind.STAFF).label("actor_kind"),
            col(sent.staff_id),
            null().label("address"),
            col(sent.role),
            col(sent.agency_id),
            null().label("system"),
            null().label("from_status"),
            null().label("to_status"),
            col(sent.bulk_id).label("ref"),
            literal({}, Json).label("details"),
            null().label("reason"),
        )
        .where(col(sent.main_number) == number)
        .group_by(*(col(column) for column in once))
    )
    return await rows_of(session, statement)


async def facts_sent_on(
    session: AsyncSession, access: ReportAccess, lines: Rows, language: Language
) -> Edits:
    """By the reference of the line: to which reports a follow-up was sent and with what result, or
    from which report it came. Reports that this person may not read are only counted."""
    facts: dict[UUID, list[StepFact]] = {
        line["ref"]: [] for line in lines if line["action"] == SENT_ON
    }
    if facts:
        rows = await rows_of(session, _sent_from(access))
        for bulk_id in facts:
            of_it = [row for row in rows if row["bulk_id"] == bulk_id]
            facts[bulk_id] = _outcome_facts(of_it, language)
    steps = [line["ref"] for line in lines if line["action"] == Action.FOLLOW_UP]
    if steps:
        rows = await rows_of(session, _received_from_main(access, steps))
        by_way_of = label("fact", "by_way_of")
        facts |= {
            row["command_id"]: [StepFact(label=by_way_of, value=f"#{row['main_number']}")]
            for row in rows
        }
    return facts


def _outcome_facts(rows: Rows, language: Language) -> list[StepFact]:
    by_outcome: Mapping[str, list[str]] = {"sent_to": [], "sending_to": [], "not_sent_to": []}
    for row in rows:
        if row["readable"]:
            by_outcome[_outcome(row)].append(_named(row, language))
    facts = [
        StepFact(label=label("fact", outcome), value=", ".join(named))
        for outcome, named in by_outcome.items()
        if named
    ]
    others = sum(not row["readable"] for row in rows)
    if others:
        facts.append(StepFact(label=label("fact", "others"), value=str(others)))
    return facts


def _outcome(row: Row) -> str:
    if row["done"] or row["state"] == "done":
        return "sent_to"
    return "sending_to" if row["state"] == "waiting" else "not_sent_to"


def _named(row: Row, language: Language) -> str:
    """The report's number, with the reason if it was not sent (while the bulk command is kept)."""
    number = f"#{row['number']}"
    if _outcome(row) != "not_sent_to" or not row["reason"]:
        return number
    return f"{number} ({foreseen(row['number'], row['reason'], language).reason_words})"


def _sent_from(access: ReportAccess) -> Select[*tuple[object, ...]]:
    sent = LinkedFollowUp
    done = select(literal(1)).where(
        col(HistoryEntry.number) == col(sent.number),
        col(HistoryEntry.ref) == col(sent.command_id),
        col(HistoryEntry.action) == Action.FOLLOW_UP,
    )
    return (
        select(
            col(sent.bulk_id),
            col(sent.number),
            done.exists().label("done"),
            col(BulkItem.state),
            col(BulkItem.reason),
            is_or_stands_below(access.own_agency_id).label("readable"),
        )
        .join(Report, col(Report.number) == col(sent.number))
        .join(AgencyEntry, col(AgencyEntry.id) == col(Report.handler_id))
        .outerjoin(
            BulkItem,
            (col(BulkItem.bulk_id) == col(sent.bulk_id))
            & (col(BulkItem.number) == col(sent.number)),
        )
        .where(col(sent.main_number) == access.state.number)
        .order_by(col(sent.number))
    )


def _received_from_main(access: ReportAccess, steps: list[UUID]) -> Select[*tuple[object, ...]]:
    sent = LinkedFollowUp
    return (
        select(col(sent.command_id), col(sent.main_number))
        .join(Report, col(Report.number) == col(sent.main_number))
        .join(AgencyEntry, col(AgencyEntry.id) == col(Report.handler_id))
        .where(col(sent.command_id).in_(steps))
        .where(col(sent.number) == access.state.number)
        .where(is_or_stands_below(access.own_agency_id))
    )
