"""What a stranger, or staff of another agency, gets out of intake."""

from collections.abc import Callable

import httpx

from tests.intake.conftest import (  # noqa: F401  fixtures
    ADMIN,
    CITY,
    OFFICER,
    Country,
    bearer,
    country,
    form,
    intake,
    settings,
)
from tests.intake.test_reading import opened, stands
from tests.intake.test_report_attachments import picture, send
from tests.intake.test_social import post

Bearer = Callable[[int], dict[str, str]]


async def test_tries_are_counted_by_the_contact_however_it_is_spelled(
    intake: httpx.AsyncClient,  # noqa: F811
) -> None:
    answers = []
    for place in range(12):
        spelled = ["0812-3456-7890", "+62 812 3456 7890", "0812.3456.7890"][place % 3] + " " * place
        answer = await intake.post(
            "/reporters/sign-in", json={"contact": spelled, "password": f"salah-{place}"}
        )
        answers.append(answer.status_code)
    assert answers[:10] == [401] * 10
    assert answers[10:] == [429] * 2


async def test_the_name_a_reporter_gave_a_file_is_not_published(
    intake: httpx.AsyncClient,  # noqa: F811
    country: Country,  # noqa: F811
) -> None:
    report = (await send(intake, ("KTP Siti Rahmawati.jpg", picture()))).json()
    number = report["number"]
    file = country.one("SELECT id FROM intake.attachment")
    command = "6f1c2a34-0000-4000-8000-000000000001"
    country.all(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done, version)"
        " VALUES (%s, %s, 'verify', now(), '{}', true, 2)",
        *(command, number),
    )
    country.all(
        "INSERT INTO routing.verification (command_id, number, title, body, tag_ids,"
        " released_attachments, staff_id, at) VALUES (%s, %s, 't', 'b', '{}', %s, 11, now())",
        *(command, number, [file]),
    )
    stands(country, number, "VERIFIED")
    path = f"/reports/{number}/attachments/{file}"
    assert "Siti" not in (await intake.get(f"/reports/{number}")).text
    got = await intake.get(path)
    assert got.status_code == 200
    assert "Siti" not in str(got.headers)
    own = await intake.get(path, headers=await opened(intake, report))
    assert "Siti" in own.headers["content-disposition"]


async def test_a_post_leads_to_its_report_only_for_who_may_read_it(
    intake: httpx.AsyncClient,  # noqa: F811
    bearer: Bearer,  # noqa: F811
    country: Country,  # noqa: F811
) -> None:
    made = await intake.post(
        "/channels/x/reports", json=post(addressee=CITY), headers=bearer(ADMIN)
    )
    assert made.status_code == 201, made.text
    number = str(made.json()["number"])

    async def refused(staff: int) -> httpx.Response:
        answer = await intake.post("/channels/x/reports", json=post(), headers=bearer(staff))
        assert answer.status_code == 409, answer.text
        return answer

    assert number in (await refused(ADMIN)).text
    for staff in (13, OFFICER):
        answer = await refused(staff)
        assert answer.json()["code"] == "post_reported_elsewhere"
        assert number not in answer.text
    country.all(
        "UPDATE lifecycle.report SET anonymous = true,"
        " state = jsonb_set(state, '{anonymous}', 'true')"
    )
    assert number not in (await refused(ADMIN)).text
