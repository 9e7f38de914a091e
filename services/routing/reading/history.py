"""The history (*riwayat*) of a report: its steps and what was written, merged with readings."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.routing.reading.arrival import is_to_the_hour
from services.routing.reading.history_rows import Rows
from services.routing.reading.originals import SealedLine
from services.routing.reading.people import Names, ShownActor
from services.routing.reading.sent_on import SENT_ON
from services.routing.reading.step_facts import Edits, StepFact, facts_of
from shared.http.messages import words_for
from shared.labels import label
from shared.labels.catalogue import Language
from shared.labels.dates import long_day
from shared.labels.outcomes import outcome_of
from shared.lifecycle.actions import Action
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import Reader, readers_of
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import IdentityCipher

_CUT = "`at` is cut to the hour: it tells when the report came, or an anonymous reporter was at it"


class HistoryLine(BaseModel):
    """A `step` has a number and states. A `reading` means that an identity or an attachment was
    read, or that a follow-up was sent on to linked reports."""

    kind: Literal["step", "reading"]
    at: datetime
    to_the_hour: bool = Field(description=_CUT)
    entry: int | None
    action: str
    label: str
    actor: ShownActor
    from_status: Status | None
    to_status: Status | None
    to_status_label: str | None
    changed: bool = Field(description="The status changed")
    refusal: str | None = Field(description="Why a signal had no effect; the step was not done")
    words: str | None = Field(description="What was written with it")
    facts: list[StepFact] = Field(
        description="Facts of the step: to whom, of which kind, in place of what"
    )
    details: dict[str, Any]
    ref: UUID | None = Field(description="The message, note, request or attachment it is about")
    sealed: list[SealedLine] = Field(description="Originals kept of files that came with it")


class Written(BaseModel):
    """A message (follow-up, reply, coordination …) or a note (a reason, a question …)."""

    id: UUID
    action: Action
    label: str
    kind: str | None = Field(description="For a follow-up: `initial_response` or `follow_up`")
    outcome: str | None = Field(description="For a follow-up proper: `done` or `cannot_be_met`")
    outcome_label: str | None
    unmet_reason: str | None
    unmet_reason_label: str | None
    brought_by_label: str | None = Field(
        description="How the reporter's words came, if staff recorded them"
    )
    by_sms_label: str | None = Field(description="It came by SMS, and the sender was not confirmed")
    words: str
    read_by: list[Reader] = Field(description="Who besides staff reads the words")
    rectified: bool = Field(description="A follow-up that was taken back: only staff read it")
    secret: bool = Field(description="Only the reporter and staff see it")
    rating: int | None
    at: datetime
    to_the_hour: bool = Field(description=_CUT)
    author: ShownActor
    assignee_id: int | None


Originals = Mapping[UUID | None, list[SealedLine]]


def with_readers(written: Rows, lines: Rows, *, public: bool) -> Rows:
    """Add to each message and note who reads it, and the action that the history records for it:
    the words of an accepted request belong to the action that it caused. `public` says whether the
    public reads the report's words now; if not, it reads none of these."""
    steps = {line["ref"]: line for line in lines if line["entry"] is not None and line["ref"]}
    shown = []
    for row in written:
        step = steps.get(row["id"], {"action": row["action"], "details": {}})
        action = Action(step["action"])
        readers = readers_of(action, step["details"], secret=row["secret"])
        if not public:
            readers -= {Reader.PUBLIC}
        if row["rectified"]:
            readers = frozenset()
        details = outcome_of(step["details"])
        brought_by = step["details"].get("brought_by")
        details["brought_by_label"] = label("brought_by", brought_by) if brought_by else None
        by_sms = step["details"].get("by_sms")
        details["by_sms_label"] = label("mark", "by_sms") if by_sms else None
        shown.append({**row, **details, "action": action, "read_by": sorted(readers)})
    return shown


def below_pusat(lines: Rows, anonymous: bool) -> Rows:
    """The lines as everybody but pusat reads them. They show that an identity was revealed, but not
    the reason, which may name it, nor who at pusat asked and granted. They hide uses of the access
    code and, in an anonymous report, to whom it was given: to the person who entered the report."""
    read = _READ_BY_ALL if anonymous else (*_READ_BY_ALL, "access_code_given")
    return [
        {**line, "reason": None}
        for line in lines
        if line["entry"] is not None or line["action"] in read
    ]


def with_addresses(lines: Rows, cipher: IdentityCipher) -> Rows:
    """Add the address from which an access code was used, for readers who may know the reporter."""
    return [
        {**line, "reason": read_if_possible(cipher, line["address"])}
        if line.get("address")
        else line
        for line in lines
    ]


def history_of(
    lines: Rows,
    written: Rows,
    requests: Rows,
    names: Names,
    originals: Originals,
    edits: Edits,
    language: Language,
) -> list[HistoryLine]:
    """The lines in order. Steps carry the words and files that came with them. Texts put together
    from several labels are in `language`."""
    words = {row["id"]: row["words"] for row in written}
    return [
        _line(
            row,
            [*facts_of(row, lines, requests, names, language), *edits.get(row["ref"], ())],
            words,
            names,
            originals,
            language,
        )
        for row in lines
    ]


def written_of(written: Rows, names: Names) -> list[Written]:
    """Messages and notes, in the order of the steps they belong to."""
    return [
        Written.model_validate(
            {
                **row,
                "label": label("action", row["action"]),
                "author": names.actor(row),
                "to_the_hour": is_to_the_hour(row),
            }
        )
        for row in written
    ]


def line_label(row: Mapping[str, Any], language: Language) -> str:
    """The label of a line of the history, with marks that say how it came about."""
    kind = "action" if row["entry"] is not None else "reading"
    details = row["details"]
    marks = [
        *([label("mark", "decided_alone", language)] if details.get("decided_alone") else []),
        *([label("mark", "by_sms", language)] if details.get("by_sms") else []),
    ]
    if not marks:
        return label(kind, row["action"])
    return f"{label(kind, row['action'], language)} ({', '.join(marks)})"


def _line(
    row: Mapping[str, Any],
    facts: list[StepFact],
    words: Mapping[UUID, str],
    names: Names,
    originals: Originals,
    language: Language,
) -> HistoryLine:
    step = row["entry"] is not None
    ended_with_another_step = row["action"] == Action.END_REQUEST
    return HistoryLine(
        kind="step" if step else "reading",
        at=row["at"],
        to_the_hour=is_to_the_hour(row),
        entry=row["entry"],
        action=row["action"],
        label=line_label(row, language),
        actor=names.actor(row),
        from_status=row["from_status"],
        to_status=row["to_status"],
        to_status_label=label("status", row["to_status"]) if step else None,
        changed=row["from_status"] != row["to_status"],
        refusal=words_for(code, language, {}).title
        if (code := row["details"].get("refused"))
        else None,
        words=_reason(row, language)
        or (None if ended_with_another_step else words.get(row["ref"])),
        facts=facts,
        details=row["details"],
        ref=row["ref"],
        sealed=originals.get(None if row["action"] == Action.SUBMIT else row["ref"], [])
        if row["ref"] or row["action"] == Action.SUBMIT
        else [],
    )


def _reason(row: Mapping[str, Any], language: Language) -> str | None:
    """What was written in the log; of a notice that was put off, this is a day."""
    reason: str | None = row["reason"]
    if row["action"] == "reveal_put_off" and reason:
        return long_day(date.fromisoformat(reason), language)
    return reason


_READ_BY_ALL = ("reveal", "attachment", "printed", "overseen", SENT_ON)
