"""A long history, or a long conversation, does not keep a report from being printed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.routing.printing.report_paper import MOST_LINES, MOST_SAID, _conversation, _history
from services.routing.reading.history import HistoryLine, Written
from services.routing.reading.people import ShownActor
from shared.documents.a4 import A4, MAX_BLOCKS, MAX_ROWS, Facts, Paragraph
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import ActorKind

READER = ShownActor.model_construct(
    kind=ActorKind.STAFF, label="Pengawas", staff=None, agency=None, system=None
)
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


def reading(minute: int) -> HistoryLine:
    return HistoryLine.model_construct(
        kind="reading",
        at=BEGIN + timedelta(minutes=minute),
        to_the_hour=False,
        entry=None,
        action="overseen",
        label=f"Dibaca pengawas {minute}",
        actor=READER,
        to_status_label=None,
        changed=False,
        refusal=None,
        facts=[],
        words=None,
        details={},
        ref=None,
        sealed=[],
        from_status=None,
        to_status=None,
    )


def test_the_newest_lines_are_printed_and_how_many_are_not_is_said() -> None:
    lines = [reading(minute) for minute in range(MAX_ROWS + 1)]
    said, facts = _history(lines, Zone.WIB)
    assert isinstance(said, Paragraph) and isinstance(facts, Facts)
    assert said.text.startswith(f"{MAX_ROWS + 1 - MOST_LINES} baris")
    assert len(facts.rows) == MOST_LINES
    assert facts.rows[-1][1].startswith(f"Dibaca pengawas {MAX_ROWS}")


def test_a_short_history_is_printed_whole() -> None:
    [facts] = _history([reading(0)], Zone.WIB)
    assert isinstance(facts, Facts) and len(facts.rows) == 1


def test_the_newest_of_what_was_written_is_printed() -> None:
    written = [
        Written.model_construct(
            id=UUID(int=place),
            action=Action.COORDINATE,
            outcome=None,
            unmet_reason=None,
            brought_by_label=None,
            by_sms_label=None,
            rating=None,
            assignee_id=None,
            kind=None,
            label="Koordinasi Internal",
            words=f"Catatan {place}",
            author=READER,
            at=BEGIN + timedelta(minutes=place),
            to_the_hour=False,
            read_by=[],
            secret=False,
            rectified=False,
            outcome_label=None,
            unmet_reason_label=None,
        )
        for place in range(MAX_BLOCKS)
    ]
    blocks = _conversation(written, Zone.WIB)
    assert A4(title="Laporan", blocks=blocks)
    said, last = blocks[1], blocks[-1]
    assert isinstance(said, Paragraph) and isinstance(last, Paragraph)
    assert said.text.startswith(f"{MAX_BLOCKS - MOST_SAID} tulisan")
    assert last.text == f"Catatan {MAX_BLOCKS - 1}"
