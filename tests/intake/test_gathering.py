"""Submissions that arrive at the same time: one transaction, an answer to each."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx

from services.intake.submission import SUBMISSION
from tests.intake.conftest import CITY, Country, form


async def test_many_at_once_each_get_their_own_report_in_their_own_trace(
    intake: httpx.AsyncClient, country: Country
) -> None:
    traces = [f"{number:032x}" for number in range(1, 21)]

    async def submit(trace: str) -> Any:
        headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        body = form(title=f"Jalan rusak di simpang nomor {int(trace, 16)}")
        return (await intake.post("/reports", json=body, headers=headers)).json()

    answers = await asyncio.gather(*(submit(trace) for trace in traces))
    assert len({answer["number"] for answer in answers}) == len(traces)
    for trace, answer in zip(traces, answers, strict=True):
        title, headers = country.one(
            "SELECT t.original_title, o.headers FROM lifecycle.report_text t"
            " JOIN lifecycle.outbox o USING (number) WHERE number = %s",
            answer["number"],
        )
        assert title.endswith(f"nomor {int(trace, 16)}")
        assert trace in headers["traceparent"]


async def test_among_many_at_once_only_who_used_a_key_for_another_report_is_refused(
    intake: httpx.AsyncClient,
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    others = [intake.post("/reports", json=form()) for _ in range(5)]
    same = [
        intake.post("/reports", json=form(title=title), headers=key)
        for title in ("Lampu jalan padam", "Lampu jalan padam", "Jembatan desa retak")
    ]
    answers = await asyncio.gather(*others, *same)
    assert [answer.status_code for answer in answers[:5]] == [201] * 5
    numbers = {a.json()["number"] for a in answers[5:] if a.status_code == 201}
    assert len(numbers) == 1
    assert [a.json()["code"] for a in answers[5:] if a.status_code == 409] in (
        ["key_used"],
        ["key_used", "key_used"],
    )


async def test_among_many_at_once_only_who_names_what_is_not_there_is_refused(
    intake: httpx.AsyncClient, country: Country
) -> None:
    named = ["kota-bandung", "kota-lain", "kota-bandung", None, "kota-lain"]
    answers = await asyncio.gather(
        *(intake.post("/reports", json=form(addressee=code)) for code in named)
    )
    assert [answer.status_code for answer in answers] == [201, 422, 201, 201, 422]
    assert answers[1].json()["errors"][0]["field"] == "addressee"
    stored = country.all("SELECT addressee_id FROM intake.submission ORDER BY addressee_id")
    assert stored == [(CITY,), (CITY,), (None,)]
    first, last = country.one("SELECT min(number), max(number) FROM lifecycle.report")
    assert last - first == 2  # whoever is refused takes no number


async def test_a_report_is_taken_though_its_twin_names_what_is_not_there(
    intake: httpx.AsyncClient,
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    named = [{"addressee": "kota-lain"}, {"region_code": "99"}, {"addressee": "kota-bandung"}]
    answers = await asyncio.gather(
        *(intake.post("/reports", json=form(**fields), headers=key) for fields in named)
    )
    assert [answer.status_code for answer in answers] == [422, 422, 201]


async def test_of_many_at_once_no_more_are_let_in_than_the_limit_says(
    intake: httpx.AsyncClient, country: Country
) -> None:
    asked = [intake.post("/reports", json=form()) for _ in range(SUBMISSION.count + 20)]
    statuses = Counter(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses.keys() == {201, 429}
    assert statuses[201] >= SUBMISSION.count
    first, last, count = country.one(
        "SELECT min(number), max(number), count(*) FROM lifecycle.report"
    )
    assert last - first + 1 == count == statuses[201]
