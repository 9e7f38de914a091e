"""Why a report does not take a wish by SMS, in one text message, and what it takes instead."""

from typing import Any
from uuid import UUID

import pytest

from services.intake.reading.recourse import Recourse, shortest_to_call
from services.intake.sms.messages import ANSWER_LIMIT
from services.intake.sms.refusals import ACTIONS, objection_answer, refusal_answer, words_wait
from services.intake.sms.where_it_is import where_it_is
from shared.lifecycle.actions import Action, ObjectionReason, RequestKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.state import PendingRequest
from shared.lifecycle.statuses import ENDED, Status
from shared.values.gsm import septets
from tests.lifecycle.report_under_test import CITIZEN, DAY, MONDAY, ReportUnderTest

PUAS, NILAI, BUKA = ACTIONS["satisfied"], ACTIONS["rate"], ACTIONS["object"]
LONGEST = 10**10 - 1
_WAITS = PendingRequest(
    id=UUID(int=1),
    kind=RequestKind.OBJECTION,
    asked_at=MONDAY,
    staff_id=None,
    agency_id=2,
    decider_id=1,
)


def said(action: Action, status: Status, days: int = 1, **fields: Any) -> str:
    state = ReportUnderTest(status, number=LONGEST, **fields).state
    return refusal_answer(action, state, MONDAY + days * DAY) or ""


@pytest.mark.parametrize(
    ("action", "status", "fields", "reason", "instead"),
    [
        (PUAS, Status.UNVERIFIED, {}, "sedang diverifikasi", "bertanya kepada Anda"),
        (NILAI, Status.AWAITING_INFORMATION, {}, "sedang diverifikasi", "bertanya kepada Anda"),
        (PUAS, Status.VERIFIED, {}, "belum dijawab", "Setelah dijawab"),
        (BUKA, Status.VERIFIED, {}, "belum dijawab", "Setelah dijawab"),
        (NILAI, Status.FOLLOWED_UP, {}, "belum ditutup", f"menutup: {LONGEST} PUAS"),
        (BUKA, Status.REPLIED_BY_REPORTER, {}, "belum ditutup", f"balas {LONGEST} lalu pesan"),
        (PUAS, Status.CLOSED_BY_SYSTEM, {}, "sudah ditutup", f"{LONGEST} NILAI 1-5"),
        (PUAS, Status.CLOSED_BY_ADMIN, {"rated": True}, "sudah ditutup", f"{LONGEST} BUKA"),
        (NILAI, Status.CLOSED_BY_ADMIN, {"rated": True}, "sudah Anda nilai", f"{LONGEST} BUKA"),
        (NILAI, Status.CLOSED_BY_REPORTER, {"rated": True}, "Anda nilai", "laporan baru"),
        (BUKA, Status.CLOSED_BY_REPORTER, {}, "Anda nyatakan selesai", "laporan baru"),
        (NILAI, Status.ARCHIVED_BY_ADMIN, {}, "diarsipkan", f"{LONGEST} BUKA"),
        (BUKA, Status.ARCHIVED_BY_REPORTER, {}, "sudah Anda tarik", "laporan baru"),
        (BUKA, Status.CLOSED_BY_SYSTEM, {"objected": True}, "sudah ditolak", "laporan baru"),
        (
            *(BUKA, Status.CLOSED_BY_SYSTEM, {"objected": True, "requests": (_WAITS,)}),
            *("menunggu keputusan", "menunggu keputusan."),
        ),
        (NILAI, Status.CLOSED_BY_SYSTEM, {"days": 40}, "sudah lewat", "laporan baru"),
        (BUKA, Status.ARCHIVED_BY_ADMIN, {"days": 40}, "sudah lewat", "laporan baru"),
    ],
)
def test_who_may_not_do_it_now_is_told_why_and_what_is_possible(
    action: Action, status: Status, fields: dict[str, Any], reason: str, instead: str
) -> None:
    text = said(action, status, **fields)
    assert reason in text and instead in text, text
    if status not in ENDED:
        assert text.startswith("Belum dapat diterima: "), text


@pytest.mark.parametrize("action", ACTIONS.values())
@pytest.mark.parametrize("status", Status)
def test_each_such_answer_is_one_text_message_that_offers_what_the_report_takes(
    action: Action, status: Status
) -> None:
    for days in (1, 40):
        for flags in ({}, {"rated": True}, {"objected": True}, {"rated": True, "objected": True}):
            text = said(action, status, days, **flags)
            assert septets(text) <= ANSWER_LIMIT, text
            for word, possible in (("NILAI", NILAI), ("BUKA", BUKA), (" PUAS", PUAS)):
                if word in text.replace("menyatakan puas", ""):
                    assert said(possible, status, days, **flags) == "", text


def test_what_is_said_while_an_objection_waits_is_one_text_message() -> None:
    report = ReportUnderTest(Status.CLOSED_BY_SYSTEM, number=LONGEST)
    assert words_wait(report.state, MONDAY) is None
    state = report.do(Action.OBJECT, CITIZEN)
    (clock,) = (clock for clock in state.clocks if clock.kind is ClockKind.REQUEST)
    assert clock.deadline
    due = clock.deadline.replace(month=11, day=28)  # at no day's end: the longest
    state = state.model_copy(update={"clocks": (clock.model_copy(update={"deadline": due}),)})
    for at, dated in ((MONDAY, True), (due + DAY, False)):
        refused = refusal_answer(BUKA, state, at)
        for text in (objection_answer(state, at), words_wait(state, at), refused):
            assert text and septets(text) <= ANSWER_LIMIT, text
            assert ("paling lambat 28 Nov" in text) is dated, text
        assert refused and refused in where_it_is(state, "Dinas", at), "STATUS says it too"


@pytest.mark.parametrize(("fields", "days"), [({"objected": True}, 1), ({}, 40)])
def test_whom_it_is_not_opened_again_for_is_told_one_office_where_it_has_room(
    fields: dict[str, Any], days: int
) -> None:
    state = ReportUnderTest(Status.ARCHIVED_BY_ADMIN, number=LONGEST, **fields).state
    at = MONDAY + days * DAY
    told = refusal_answer(BUKA, state, at, "Ombudsman RI, telepon 137") or ""
    assert told.endswith("Tempat mengadu lain: Ombudsman RI, telepon 137.")
    assert septets(told) <= ANSWER_LIMIT
    assert refusal_answer(BUKA, state, at, "Kantor " * 20) == refusal_answer(BUKA, state, at)


def test_of_the_offices_that_have_a_phone_the_shortest_is_named() -> None:
    def office(name: str, how: str) -> Recourse:
        return Recourse(code="x", name=name, how=how, url=None)

    ombudsman = office("Ombudsman Republik Indonesia", "Bila tidak semestinya: telepon 137 atau")
    inspectorate = office("APIP", "Diperiksa oleh pengawas intern.")
    assert shortest_to_call([inspectorate, ombudsman]) == "Ombudsman RI, telepon 137"
    children = office("KPAI", "Telepon 129.")
    assert shortest_to_call([ombudsman, children]) == "KPAI, telepon 129"
    far = office("X", "Datang, atau telepon 021 3190 1556.")
    assert shortest_to_call([far]) == "X, telepon 021 3190 1556"
    for how, phone in (
        ("Telepon 137 (24 jam).", "137"),
        ("Telepon 137 - 24 jam sehari.", "137"),
        ("Telepon (021) 2251-3737 atau datang.", "(021) 2251-3737"),
        ("telepon +62 21 3190 1556, 08.00-16.00", "+62 21 3190 1556"),
    ):
        assert shortest_to_call([office("X", how)]) == f"X, telepon {phone}"
    assert shortest_to_call([inspectorate]) is None


def test_a_reason_that_cannot_hold_is_refused_with_how_to_ask_for_another() -> None:
    wrong = ObjectionReason.WRONGLY_ARCHIVED
    closed = ReportUnderTest(Status.CLOSED_BY_ADMIN, number=LONGEST).state
    told = refusal_answer(BUKA, closed, MONDAY, None, wrong) or ""
    assert "tidak diarsipkan" in told and f"{LONGEST} BUKA" in told
    assert septets(told) <= ANSWER_LIMIT
    archived = ReportUnderTest(Status.ARCHIVED_BY_ADMIN, number=LONGEST).state
    assert refusal_answer(BUKA, archived, MONDAY, None, wrong) is None
    assert refusal_answer(BUKA, closed, MONDAY, None, ObjectionReason.OTHER) is None


def test_what_a_report_takes_is_not_refused() -> None:
    assert said(PUAS, Status.FOLLOWED_UP) == said(NILAI, Status.CLOSED_BY_REPORTER) == ""
    assert said(BUKA, Status.ARCHIVED_BY_ADMIN) == ""
