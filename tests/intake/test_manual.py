"""Staff enter a report, and may dispose it in the same step by asking routing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shared.settings import Settings
from tests.intake.conftest import ADMIN, CITY, OFFICER, REMOTE, UNIT, Bearer, Country, form, running


def manual(**changes: Any) -> dict[str, Any]:
    return form(channel="letter", reporter={"name": "Pak Budi"}) | changes


async def test_without_addressee_the_makers_agency_has_it(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    answer = await intake.post("/reports/manual", json=manual(), headers=bearer(ADMIN))
    assert answer.status_code == 201, answer.text
    assert answer.json()["disposition"] is None
    row = country.one("SELECT handler_id, channel FROM lifecycle.report")
    assert row == (CITY, "letter")
    line = country.one("SELECT actor_kind, staff_id, role, agency_id FROM lifecycle.history")
    assert line == ("staff", ADMIN, "agency_admin", CITY)
    assert country.one("SELECT made_by FROM intake.submission") == ADMIN


async def test_a_liaison_officers_report_goes_to_the_admin_above(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    await intake.post("/reports/manual", json=manual(), headers=bearer(OFFICER))
    assert country.one("SELECT handler_id, suggested_agency_id FROM lifecycle.report") == (
        CITY,
        None,
    )
    await intake.post("/reports/manual", json=manual(addressee=REMOTE), headers=bearer(OFFICER))
    assert country.one("SELECT max(handler_id) FROM lifecycle.report") == REMOTE


async def test_only_staff_may(intake: httpx.AsyncClient, country: Country) -> None:
    assert (await intake.post("/reports/manual", json=manual())).status_code == 401
    account = {"name": "Siti", "email": "siti@contoh.id", "password": "gajah ungu melompat"}
    token = (await intake.post("/reporters", json=account)).json()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    assert (await intake.post("/reports/manual", json=manual(), headers=header)).status_code == 403


async def test_what_staff_type_of_a_reporter_ties_their_report_to_no_account(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    account = {"name": "X", "phone": "081234567890", "email": "siti@contoh.id"}
    password = {"password": "sepeda ungu melintas cepat"}
    token = (await intake.post("/reporters", json=account | password)).json()["access_token"]
    own = {"Authorization": f"Bearer {token}"}
    for reporter in (
        {"name": "Ibu Siti", "phone": "+62 812-3456-7890"},
        {"name": "Ibu Siti", "email": "SITI@contoh.id"},
        {"name": "Ibu Siti", "phone": "0812.3456.7890", "email": "lain@contoh.id"},
    ):
        command_request = manual(reporter=reporter, anonymous=True, secret=True)
        made = (
            await intake.post("/reports/manual", json=command_request, headers=bearer(ADMIN))
        ).json()
        read = await intake.get(f"/reports/{made['number']}", headers=own)
        assert read.status_code == 404
        opened = await intake.post(
            f"/reports/{made['number']}/access", json={"access_code": made["access_code"]}
        )
        assert opened.status_code == 200
    listed = await intake.get("/reporters/me/reports", headers=own)
    assert listed.json()["items"] == []
    assert country.all("SELECT number FROM intake.submission WHERE reporter_id IS NOT NULL") == []
    # Once there was a field for it; whoever still sends it is told, with or without an account.
    for phone in ("081234567890", "081234567899"):
        command_request = manual(existing_reporter=True, reporter={"name": "Siti", "phone": phone})
        answer = await intake.post("/reports/manual", json=command_request, headers=bearer(ADMIN))
        errors = [(e["field"], e["code"]) for e in answer.json()["errors"]]
        assert errors == [("existing_reporter", "extra_forbidden")]


async def test_routing_away_leaves_an_accepted_report_to_verify(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    command_request = manual(disposition={"agency_id": UNIT})
    answer = await intake.post("/reports/manual", json=command_request, headers=bearer(ADMIN))
    assert answer.status_code == 201
    assert answer.json()["disposition"]["state"] == "failed"
    assert country.one("SELECT status FROM lifecycle.report") == "UNVERIFIED"


async def test_both_outcomes_are_stated_and_a_repeat_asks_with_the_same_id(
    settings: Settings, country: Country, bearer: Bearer
) -> None:
    asked: list[Request] = []
    async with (
        routing_that_answers(asked) as url,
        running(settings.model_copy(update={"routing_url": url})) as intake,
    ):
        command_request = manual(disposition={"agency_id": UNIT, "classification": "aspiration"})
        admin = bearer(ADMIN)
        headers = {**admin, "Idempotency-Key": "7b0a7d58-2f0c-4b7e-9d51-cb7d5f3a0001"}
        answers = [
            await intake.post("/reports/manual", json=command_request, headers=headers)
            for _ in range(2)
        ]
        command_request = manual(disposition={"refuse": True})
        refused = await intake.post("/reports/manual", json=command_request, headers=bearer(ADMIN))
    assert answers[0].json() == answers[1].json()
    report = answers[0].json()
    assert report["disposition"]["state"] == "done"
    assert report["disposition"]["answer"]["number"] == report["number"]
    assert asked[0].headers["authorization"] == admin["Authorization"]
    assert asked[0].headers["idempotency-key"] == asked[1].headers["idempotency-key"]
    assert refused.status_code == 201
    assert refused.json()["disposition"]["state"] == "refused"
    assert refused.json()["disposition"]["answer"]["code"] == "not_authorised"


@asynccontextmanager
async def routing_that_answers(asked: list[Request]) -> AsyncIterator[str]:
    """Routing's side of the conversation; routing itself is tried with a workflow elsewhere."""
    app = FastAPI()

    @app.post("/reports/{number}/verify")
    async def verify(number: int, request: Request) -> JSONResponse:
        asked.append(request)
        if (await request.json()).get("refuse"):
            return JSONResponse({"code": "not_authorised", "status": 403}, 403)
        return JSONResponse({"number": number, "state": "done"})

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
