"""The access code: every use is logged, its reporter renews it, its maker is told it once."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.intake.access_codes import RENEWALS
from tests.intake.conftest import ADMIN, Bearer, Country, form
from tests.intake.test_manual import manual
from tests.intake.test_reporters import ACCOUNT, header
from tests.locks import all_wait, held


async def opened(intake: httpx.AsyncClient, number: int, code: str) -> httpx.Response:
    return await intake.post(f"/reports/{number}/access", json={"access_code": code})


async def renewed(intake: httpx.AsyncClient, number: int, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return await intake.post(f"/reports/{number}/access-code", headers=headers)


async def read(intake: httpx.AsyncClient, number: int, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return await intake.get(f"/reports/{number}", headers=headers)


async def test_a_renewed_code_ends_the_old_one_and_all_that_was_opened_with_it(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    headers = {**bearer(ADMIN), **key}
    command_request = manual(anonymous=True)
    made = (await intake.post("/reports/manual", json=command_request, headers=headers)).json()
    number, code = made["number"], made["access_code"]
    makers = (await opened(intake, number, code)).json()["access_token"]
    reporters = (await opened(intake, number, code)).json()["access_token"]
    assert (await read(intake, number, makers)).json()["view"] == "reporter"
    answer = await renewed(intake, number, reporters)
    assert answer.status_code == 200, answer.text
    assert answer.json()["access_code"] != code
    for ended in (makers, reporters):
        assert (await read(intake, number, ended)).status_code == 401
        assert (await renewed(intake, number, ended)).status_code == 401
    assert (await opened(intake, number, code)).status_code == 404
    again = await intake.post("/reports/manual", json=command_request, headers=headers)
    assert (again.json()["number"], again.json()["access_code"]) == (number, None)
    new = await opened(intake, number, answer.json()["access_code"])
    for token in (new.json()["access_token"], answer.json()["access_token"]):
        assert (await read(intake, number, token)).json()["view"] == "reporter"


async def test_every_use_is_logged_by_time_and_address_and_its_reporter_sees_when(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = (await intake.post("/reports", json=form())).json()
    token = (await opened(intake, report["number"], report["access_code"])).json()["access_token"]
    await opened(intake, report["number"], report["access_code"].lower())
    await opened(intake, report["number"], "AAAAAAAA")  # no use
    seen = (await read(intake, report["number"], token)).json()
    assert len(seen["access_code_uses"]) == 2
    lines = country.all("SELECT kind, staff_id, address IS NOT NULL FROM routing.access_log")
    assert lines == [("access_code_used", None, True)] * 2
    assert "203.0.113.7" not in country.everything_in("routing.access_log")
    public = (await intake.get(f"/reports/{report['number']}")).text
    assert "access_code" not in public


async def test_a_form_with_files_opens_its_report_and_that_is_no_use_of_the_code(
    intake: httpx.AsyncClient, country: Country
) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"report": json.dumps(form())}

    async def sent() -> dict[str, Any]:
        answer = await intake.post("/reports/with-attachments", data=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    first, again = await sent(), await sent()
    for answer in (first, again):
        seen = (await read(intake, first["number"], answer["access_token"])).json()
        assert (seen["access_code_uses"], seen["access_code_renewals"]) == ([], [])
    new = (await renewed(intake, first["number"], first["access_token"])).json()
    assert (await read(intake, first["number"], again["access_token"])).status_code == 401
    late = await sent()
    assert (late["access_code"], late["access_token"]) == (None, None)
    seen = (await read(intake, first["number"], new["access_token"])).json()
    assert (len(seen["access_code_uses"]), len(seen["access_code_renewals"])) == (0, 1)


async def test_who_enters_a_report_is_told_its_code_once(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    async def sent(key: str) -> dict[str, Any]:
        headers = {**bearer(ADMIN), "Idempotency-Key": key}
        answer = await intake.post("/reports/manual", json=manual(), headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    used, late, lost = str(uuid4()), str(uuid4()), str(uuid4())
    first = await sent(used)
    # The answer may have been lost: a repeat within the hour tells it as long as nobody used it.
    assert (await sent(used))["access_code"] == first["access_code"]
    await opened(intake, first["number"], first["access_code"])
    assert (await sent(used))["access_code"] is None
    number = (await sent(late))["number"]
    country.all(
        "UPDATE lifecycle.report SET submitted_at = submitted_at - interval '61 minutes'"
        " WHERE number = %s",
        number,
    )
    assert (await sent(late))["access_code"] is None
    answers = await asyncio.gather(*(sent(lost) for _ in range(3)))
    assert len({answer["access_code"] for answer in answers}) == 1
    senders = country.all(
        "SELECT DISTINCT staff_id FROM routing.access_log WHERE kind = 'access_code_given'"
    )
    assert senders == [(ADMIN,)]


@pytest.mark.parametrize("who", ["nobody", "another", "account", "staff"])
async def test_nobody_else_renews_it(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer, who: str
) -> None:
    report, other = [(await intake.post("/reports", json=form(title=t))).json() for t in "ab"]
    number = report["number"]
    headers: dict[str, str] = {}
    if who == "another":
        token = (await opened(intake, other["number"], other["access_code"])).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
    if who == "account":
        headers = header((await intake.post("/reporters", json=ACCOUNT)).json())
    if who == "staff":
        headers = bearer(ADMIN)
    answer = await intake.post(f"/reports/{number}/access-code", headers=headers)
    assert answer.status_code in (401, 403, 404)
    assert (await opened(intake, number, report["access_code"])).status_code == 200


async def test_strangers_who_guess_recoveries_do_not_keep_its_reporter_from_renewing(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = (await intake.post("/reports", json=form())).json()
    number = report["number"]
    for guess in range(RENEWALS.count + 1):
        answer = await intake.post(
            f"/reports/{number}/access-code/recovered", json={"recovery_token": str(guess)}
        )
        assert answer.status_code == 404
    token = (await opened(intake, number, report["access_code"])).json()["access_token"]
    assert (await renewed(intake, number, token)).status_code == 200


async def test_an_account_renews_the_codes_of_its_own_reports(intake: httpx.AsyncClient) -> None:
    own = header((await intake.post("/reporters", json=ACCOUNT)).json())
    report = (await intake.post("/reports", json=form(reporter=None), headers=own)).json()
    answer = await intake.post(f"/reports/{report['number']}/access-code", headers=own)
    assert answer.status_code == 200
    assert (await opened(intake, report["number"], report["access_code"])).status_code == 404
    assert (await intake.get(f"/reports/{report['number']}", headers=own)).status_code == 200


@pytest.mark.parametrize("by", ["code", "account"])
async def test_of_several_who_renew_a_code_at_once_one_is_told_the_code_that_opens(
    intake: httpx.AsyncClient, country: Country, by: str
) -> None:
    own = header((await intake.post("/reporters", json=ACCOUNT)).json())
    report = (await intake.post("/reports", json=form(reporter=None), headers=own)).json()
    number = report["number"]
    if by == "code":
        own = header((await opened(intake, number, report["access_code"])).json())
    path = f"/reports/{number}/access-code"
    async with held(
        country.url, "SELECT FROM intake.submission WHERE number = %s FOR UPDATE", number
    ):
        tries = [asyncio.create_task(intake.post(path, headers=own)) for _ in range(3)]
        await all_wait(country.url, 3)
    answers = await asyncio.gather(*tries)
    refused = 401 if by == "code" else 409
    assert sorted(answer.status_code for answer in answers) == [200, refused, refused]
    [code] = [answer.json()["access_code"] for answer in answers if answer.is_success]
    assert (await opened(intake, number, code)).status_code == 200
