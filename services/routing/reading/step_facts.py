"""What a step of the history says besides its name: to whom, of which kind, what it replaced."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import Category, Verification
from services.routing.reading.history_rows import Row, Rows
from services.routing.reading.people import Names
from shared.labels import label
from shared.labels.catalogue import Language, Phrase
from shared.lifecycle.actions import Action, RequestKind
from shared.values import regions


class StepFact(BaseModel):
    """`was` is the former value, if the step replaced one."""

    label: str
    value: str
    was: str | None = None


Edits = Mapping[UUID, list[StepFact]]


def ids_named(lines: Rows) -> tuple[list[int | None], list[int | None]]:
    """The ids of the staff and agencies that the steps' facts name."""
    details = [line["details"] for line in lines]
    agencies = [known.get(name) for known in details for name in _AGENCIES]
    copies = [id for known in details for id in known.get("copies", ())]
    return [known.get("assignee_id") for known in details], [*agencies, *copies]


def facts_of(
    line: Row, lines: Rows, requests: Rows, names: Names, language: Language
) -> list[StepFact]:
    """The facts of one line; `lines` and `requests` are as shown to the reader. Values that are
    labels are Indonesian, like all labels; a value put together from several is in `language`."""
    details = line["details"]
    return [
        StepFact(label=label("fact", fact), value=value)
        for fact, value in (
            ("handed_to", _handed_to(details, names)),
            ("kind", _labelled("follow_up_kind", details.get("follow_up_kind"))),
            ("outcome", _outcome(details, language)),
            ("deferral", _labelled("deferral", details.get("deferral"))),
            ("awaited_agency", _agency(details.get("awaited_agency_id"), names)),
            ("archive_category", _labelled("archive_category", details.get("archive_category"))),
            ("objection_reason", _labelled("objection_reason", details.get("objection_reason"))),
            (
                _DONE_WITH_IT.get(line["action"], "accepted"),
                _request(line, requests, names, language),
            ),
            ("suggested_agency", _agency(details.get("suggested_agency_id"), names)),
            ("decider", _agency(details.get("decider_id"), names)),
            ("rectifies", _rectified(details, lines, language)),
            ("brought_by", _labelled("brought_by", details.get("brought_by"))),
            ("assignee", _assignee(details, names)),
            ("copies", _copies(line, names)),
            ("clock", _labelled("clock", details.get("clock"))),
            ("escalated_to", _agency(details.get("escalated_to"), names)),
        )
        if value
    ]


async def edits_of(session: AsyncSession, lines: Rows, original: Row) -> Edits:
    """What each verification and amendment changed, by its command; the first one is compared with
    what was sent."""
    steps = [line["ref"] for line in lines if line["action"] in (Action.VERIFY, Action.AMEND)]
    done = select(Verification).where(col(Verification.command_id).in_(steps))
    saved = {row.command_id: row for row in await session.scalars(done)}
    verifications = [saved[step] for step in steps if step in saved]
    ids = {row.category_id for row in verifications}
    named = await session.execute(
        select(col(Category.id), col(Category.name)).where(col(Category.id).in_(ids))
    )
    categories = {row.id: row.name for row in named}
    before: dict[str, str | None] = {"title": original["original_title"]}
    text = original["original_body"]
    edits: dict[UUID, list[StepFact]] = {}
    for row in verifications:
        region = regions.find(row.region_code) if row.region_code else None
        after = {
            "title": row.title,
            "category": categories.get(row.category_id) if row.category_id else None,
            "place": row.place,
            "region": region.path if region else None,
        }
        edits[row.command_id] = [
            StepFact(label=label("fact", fact), value=value or "–", was=before.get(fact))
            for fact, value in after.items()
            if value != before.get(fact)
        ]
        if row.body != text:
            corrected = StepFact(label=label("fact", "body"), value=label("fact", "corrected"))
            edits[row.command_id].append(corrected)
        before, text = after, row.body
    return edits


def _labelled(kind: str, code: str | None) -> str:
    return label(kind, code) if code else ""


def _agency(agency_id: int | None, names: Names) -> str:
    known = names.agency(agency_id)
    return known.name if known else ""


def _handed_to(details: Mapping[str, Any], names: Names) -> str:
    to = details.get("to_handler")
    return "" if details.get("from_handler") in (None, to) else _agency(to, names)


def _outcome(details: Mapping[str, Any], language: Language) -> str:
    outcome, reason = details.get("outcome"), details.get("unmet_reason")
    if not outcome or not reason:
        return _labelled("outcome", outcome) or _labelled("unmet_reason", reason)
    words = label("outcome", outcome, language), label("unmet_reason", reason, language)
    return ": ".join(words)


def _request(line: Row, requests: Rows, names: Names, language: Language) -> str:
    """What was asked, and by whom; nothing if the step itself is the asking."""
    details = line["details"]
    kind = details.get("request")
    if not kind or line["action"].startswith("request_") or line["action"] == Action.OBJECT:
        return ""
    asked = next((r for r in requests if str(r["id"]) == details.get("request_id")), None)
    by = ""
    if kind == RequestKind.OBJECTION:
        by = label("role", "reporter", language)
    elif asked:
        by = _agency(asked["agency_id"], names)
    if not by:
        return label("request", kind)
    values = {"request": label("request", kind, language), "by": by}
    return Phrase("fact_value", "asked_by", values).in_language(language)


def _rectified(details: Mapping[str, Any], lines: Rows, language: Language) -> str:
    of = next((one for one in lines if str(one["ref"]) == details.get("rectifies")), None)
    if of is None or not details.get("rectifies"):
        return ""
    return Phrase("fact_value", "follow_up_no", {"entry": of["entry"]}).in_language(language)


def _assignee(details: Mapping[str, Any], names: Names) -> str:
    person = names.person(details.get("assignee_id"))
    return person.name if person else ""


def _copies(line: Row, names: Names) -> str:
    if "copies" not in line["details"]:
        return ""
    known = [_agency(id, names) for id in line["details"]["copies"]]
    return ", ".join(name for name in known if name) or label("fact", "no_copies")


_DONE_WITH_IT = {
    Action.REJECT_REQUEST: "rejected",
    Action.WITHDRAW_REQUEST: "withdrawn",
    Action.END_REQUEST: "ended",
}
_AGENCIES = (
    *("to_handler", "awaited_agency_id", "suggested_agency_id", "decider_id", "escalated_to"),
)
