"""The card of a report in the Temporal UI: its status, and which agency owes what until when."""

from collections.abc import Mapping
from datetime import datetime

from shared.labels import label
from shared.lifecycle.calendar import day_of_deadline, ends_a_day
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.state import ReportState

Agencies = Mapping[int, str]
"""The codes of agencies by their ids."""


def card(state: ReportState, agencies: Agencies) -> str:
    """The card as Markdown, made of ids, codes and Indonesian labels; never the report's own
    words."""
    lines = [
        f"**{label('status', state.status)}**{_marks(state)}",
        "",
        f"- Instansi: {' → '.join(_agency(id, agencies) for id in state.chain)}",
        f"- Versi: {state.version}",
        f"- Menunggu: {_awaited(state)}",
    ]
    lines += [f"- {_clock(clock, state, agencies)}" for clock in state.clocks]
    return "\n".join(lines)


def first_card(state: ReportState) -> str:
    """What the UI shows for a run before its first task, which replaces this by the card."""
    return f"Saat diterima: menunggu {_awaited(state)}. Kartu menyusul."


END_SUMMARY = "periksa apakah alur kerja berakhir; yang ditunggu ada di kartu"


def timer_summary(clock: Clock) -> str:
    """What a timer does, for the UI.

    It does not name the clock: a timer that rings too early is kept, and then waits for another
    clock or for none. The card names the clock.
    """
    assert clock.deadline is not None
    return f"periksa tenggat {_time(clock.deadline, clock)}; yang ditunggu ada di kartu"


def _awaited(state: ReportState) -> str:
    """What the report is waiting for now."""
    clock = state.next_clock
    if clock is not None and clock.deadline is not None:
        return f"{_NAMES[clock.kind]} sampai {_time(clock.deadline, clock)}"
    if state.ended_at is not None:
        return "akhir alur kerja"
    if state.held:
        return "tidak ada tenggat, laporan ditahan"
    if any(clock.deadline is None for clock in state.clocks):
        return "tidak ada tenggat, waktu berhenti sementara"
    return "tidak ada tenggat"


_NAMES = {
    ClockKind.VERIFICATION: "Verifikasi",
    ClockKind.FOLLOW_UP: "Tindak Lanjut",
    ClockKind.SETTLEMENT: "Penyelesaian",
    ClockKind.AUTO_CLOSE: "Penutupan Otomatis",
    ClockKind.REQUEST: "Permintaan",
    ClockKind.QUESTION: "Kelengkapan Informasi",
    ClockKind.CLOSING_NOTICE: "Pemberitahuan Penutupan",
    ClockKind.ESCALATION: "Eskalasi",
}


_MARKS = {
    ClockKind.QUESTION: "question_unanswered",
    ClockKind.CLOSING_NOTICE: "reporter_told",
}


def _marks(state: ReportState) -> str:
    marks = [
        label(kind, code)
        for kind, code, on in (
            ("flag", "priority", state.priority),
            ("mark", "held", state.held),
            ("mark", "overdue", state.overdue),
        )
        if on
    ]
    return f" ({', '.join(marks)})" if marks else ""


def _agency(id: int, agencies: Agencies) -> str:
    return f"{agencies[id]} ({id})" if id in agencies else str(id)


def _clock(clock: Clock, state: ReportState, agencies: Agencies) -> str:
    name, owes = _NAMES[clock.kind], _agency(state.handler_id, agencies)
    if clock.kind is ClockKind.QUESTION:
        owes = "pelapor"
    elif clock.kind in (ClockKind.AUTO_CLOSE, ClockKind.CLOSING_NOTICE):
        owes = "sistem"
    elif clock.kind is ClockKind.REQUEST:
        request = next((r for r in state.requests if str(r.id) == clock.key), None)
        if request is not None:
            name, owes = label("request", request.kind), _agency(request.decider_id, agencies)
    when = "berhenti sementara" if clock.deadline is None else _time(clock.deadline, clock)
    mark = _MARKS.get(clock.kind, "overdue")
    late = f" · {label('mark', mark)}" if clock.overdue else ""
    return f"{name}: {owes}, {when}{late}"


def _time(at: datetime, clock: Clock) -> str:
    if ends_a_day(at, clock.zone):
        return f"{day_of_deadline(at, clock.zone)} (akhir hari) {clock.zone}"
    return f"{at.astimezone(clock.zone.offset):%Y-%m-%d %H:%M} {clock.zone}"
