"""Both ways through HTTP that a submission can take, FastAPI's and the direct one, do the same."""

from collections.abc import Mapping
from uuid import uuid4

import httpx
import pytest
from fastapi import Request

from services.intake.submission import SUBMISSION
from shared.http.callers import client_address
from tests.intake.conftest import Country, form

DIRECT = {"content-type": "application/json"}
ORDINARY = {"content-type": "application/vnd.lapor.report+json"}
OF_ONE_ANSWER = {"location", "x-request-id"}


async def _submit(
    intake: httpx.AsyncClient, headers: Mapping[str, str], **fields: object
) -> httpx.Response:
    body = httpx.Request("POST", "http://lapor.test", json=form(**fields)).content
    return await intake.post("/reports", content=body, headers=dict(headers))


async def test_a_submission_is_answered_alike_by_either_way(
    intake: httpx.AsyncClient, country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    def counted(request: Request) -> str:
        taken.append("direct")
        return client_address(request)

    monkeypatch.setattr("services.intake.submission.client_address", counted)
    direct, ordinary = await _submit(intake, DIRECT), await _submit(intake, ORDINARY)
    assert taken == ["direct"]
    assert direct.status_code == ordinary.status_code == 201
    assert direct.json().keys() == ordinary.json().keys()
    assert {n: v for n, v in direct.headers.items() if n not in OF_ONE_ANSWER} == {
        n: v for n, v in ordinary.headers.items() if n not in OF_ONE_ANSWER
    }
    stored = country.all("SELECT scope, addressee_id, reporter_id, made_by FROM intake.submission")
    assert len(set(stored)) == 1
    assert len(stored) == 2


async def test_a_key_used_by_one_way_is_known_to_the_other(intake: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await _submit(intake, DIRECT | key)
    again = await _submit(intake, ORDINARY | key)
    other = await _submit(intake, DIRECT | key, title="Jembatan desa retak")
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_used")


async def test_each_submission_is_counted_once_whatever_becomes_of_it(
    intake: httpx.AsyncClient,
) -> None:
    taken = [
        (await _submit(intake, way, **fields)).status_code
        for way, fields in [(DIRECT, {}), (DIRECT, {"body": ""}), (ORDINARY, {})]
        for _ in range(SUBMISSION.count // 3)
    ]
    assert set(taken) == {201, 422}
    # The bucket refills by one in ten seconds: of as many more, one is too many.
    more = [(await _submit(intake, DIRECT)).status_code for _ in range(SUBMISSION.count)]
    assert 429 in more
