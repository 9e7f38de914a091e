"""What reporter and public read of a follow-up that was taken back, and of a refusal."""

import httpx
import pytest

from shared.lifecycle.statuses import Status
from tests.intake.conftest import Country
from tests.intake.test_reading import message, note, opened, stands, submitted


async def test_of_a_follow_up_that_was_taken_back_everybody_reads_why_alone(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake)
    number = report["number"]
    stands(country, number, "FOLLOWED_UP")
    wrong = message(country, number, "follow_up", "Milik Bu Siti.", kind="initial_response")
    message(country, number, "rectify", "Salah laporan.", rectifies=wrong)
    secret = message(country, number, "follow_up", "Rahasia.", kind="follow_up", secret=True)
    message(country, number, "rectify", "Bukan untuk umum.", rectifies=secret)

    public = await intake.get(f"/reports/{number}")
    listed = public.json()["published"]["follow_ups"]
    assert [(line["rectified"], line["words"]) for line in listed] == [
        (True, None),
        (False, "Salah laporan."),
    ]
    own = await intake.get(f"/reports/{number}", headers=await opened(intake, report))
    lines = [line["words"] for line in own.json()["history"] if line["action"] == "rectify"]
    assert lines == ["Salah laporan.", "Bukan untuk umum."]
    for answer in (public, own):
        assert "Bu Siti" not in answer.text
        assert "Rahasia." not in answer.text


async def test_of_a_follow_up_that_was_taken_back_nobody_reads_what_it_came_to(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake)
    number = report["number"]
    stands(country, number, "FOLLOWED_UP")
    outcome = {"outcome": "cannot_be_met", "unmet_reason": "no_budget"}
    wrong = message(
        country, number, "follow_up", "Tidak ada dana.", kind="follow_up", details=outcome
    )
    own = await intake.get(f"/reports/{number}", headers=await opened(intake, report))
    assert own.text.count("no_budget") == 1
    message(country, number, "rectify", "Salah laporan.", rectifies=wrong)

    public = await intake.get(f"/reports/{number}")
    own = await intake.get(f"/reports/{number}", headers=await opened(intake, report))
    for answer in (public, own):
        assert "cannot_be_met" not in answer.text
        assert "no_budget" not in answer.text


async def test_who_is_archived_reads_where_else_to_go(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake)
    stands(country, report["number"], "ARCHIVED_BY_ADMIN")
    note(country, report["number"], "archive", "Ini pidana.", archive_category="criminal_case")
    read = await intake.get(f"/reports/{report['number']}", headers=await opened(intake, report))
    assert [office["code"] for office in read.json()["recourse"]] == ["police", "ombudsman"]
    assert "object" in read.json()["allowed_actions"]


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (Status.CLOSED_BY_SYSTEM, ["ombudsman"]),
        (Status.CLOSED_BY_ADMIN, ["ombudsman"]),
        (Status.CLOSED_BY_REPORTER, []),
        (Status.ARCHIVED_BY_REPORTER, []),
        (Status.FOLLOWED_UP, []),
    ],
)
async def test_on_a_new_system_whoever_was_closed_by_others_reads_where_else_to_go(
    intake: httpx.AsyncClient, country: Country, status: Status, named: list[str]
) -> None:
    report = await submitted(intake)
    stands(country, report["number"], status)
    read = await intake.get(f"/reports/{report['number']}", headers=await opened(intake, report))
    assert [office["code"] for office in read.json()["recourse"]] == named


async def test_who_was_revealed_reads_when_and_why_but_not_what_was_put_off(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake, anonymous=True)
    number = report["number"]
    for reason, days in (("oversight", 0), ("law_enforcement", 5)):
        country.all(
            "WITH asked AS (INSERT INTO routing.second_person_request"
            " (id, kind, subject_id, asked_by, emergency)"
            " VALUES (gen_random_uuid(), 'reveal', %s, 10, false) RETURNING id)"
            " INSERT INTO routing.reveal_notice (request_id, number, reason_class, at, tell_at)"
            " SELECT id, %s, %s, now(), now() + make_interval(days => %s) FROM asked",
            *(number, number, reason, days),
        )
    own = (await intake.get(f"/reports/{number}", headers=await opened(intake, report))).json()
    assert [reveal["reason_label"] for reveal in own["reveals"]] == ["Permintaan lembaga pengawas"]
    assert "reveals" not in (await intake.get(f"/reports/{number}")).json()
