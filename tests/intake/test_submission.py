"""A person submits a report: what is written, and what is answered."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.intake.partners.report import PartnerReport
from shared.clock import now
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.state import ReportState
from shared.settings import Settings
from tests.intake.conftest import ADMIN, CITY, REMOTE, ROOT, UNIT, Bearer, Country, form, running

STORED = ("lifecycle.report", "lifecycle.report_text", "lifecycle.history", "lifecycle.outbox")


async def test_a_report_is_accepted_though_temporal_and_nats_are_away(
    intake: httpx.AsyncClient, country: Country
) -> None:
    before = datetime.now(UTC)
    answer = await intake.post("/reports", json=form(addressee="kota-bandung", category="jalan"))
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert len(report["access_code"]) == 8
    assert report["link"] == f"http://lapor.test/laporan/{report['number']}"
    assert (report["status"], report["status_label"]) == ("UNVERIFIED", "Belum Terverifikasi")
    assert datetime.fromisoformat(report["verification_due_at"]) > before + timedelta(days=3)
    for table in (*STORED, "intake.submission"):
        assert country.everything_in(table) != "[]"


async def test_the_first_state_repeats_in_columns_history_and_event(
    intake: httpx.AsyncClient, country: Country
) -> None:
    answer = (await intake.post("/reports", json=form(addressee=CITY, secret=True))).json()
    row = country.one(
        "SELECT state, version, status, tab, handler_id, chain, due_at, secret, channel,"
        " classification, submitted_at FROM lifecycle.report"
    )
    state = ReportState.model_validate(row[0])
    assert row[1:6] == (1, "UNVERIFIED", "unverified", CITY, [CITY])
    assert row[6] == state.due_at == datetime.fromisoformat(answer["verification_due_at"])
    assert row[7:10] == (True, "website", "complaint")
    assert [clock.kind for clock in state.clocks] == [ClockKind.VERIFICATION]
    assert state.clocks[0].anchor == row[10] == state.submitted_at
    line = country.one(
        "SELECT entry, version, action, actor_kind, from_status, to_status, visibility"
        " FROM lifecycle.history"
    )
    assert line == (1, 1, "submit", "reporter", None, "UNVERIFIED", "public")
    subject, message_id, headers, body = country.one(
        "SELECT subject, message_id, headers, body FROM lifecycle.outbox"
    )
    assert subject == "lapor.v1.report.submitted"
    assert state.identity is not None
    assert message_id == f"{answer['number']}.{state.identity.hex}.1.{subject}"
    assert headers["ce-type"] == "id.go.lapor.report.submitted"
    event = ReportEvent.model_validate(orjson.loads(bytes(body))["data"])
    assert (event.number, event.version, event.handler_id) == (answer["number"], 1, CITY)


@pytest.mark.parametrize(
    ("addressee", "handler", "suggested"),
    [
        (None, ROOT, None),
        (CITY, CITY, None),
        ("kota-bandung", CITY, None),
        (UNIT, CITY, UNIT),  # its only person is a liaison officer, who does not verify
        (REMOTE, REMOTE, None),
    ],
)
async def test_a_report_goes_to_the_nearest_agency_that_can_verify(
    intake: httpx.AsyncClient,
    country: Country,
    addressee: int | str | None,
    handler: int,
    suggested: int | None,
) -> None:
    await intake.post("/reports", json=form(addressee=addressee))
    row = country.one("SELECT handler_id, chain, suggested_agency_id FROM lifecycle.report")
    assert row == (handler, [handler], suggested)


async def test_the_policy_of_the_agency_and_the_calendar_date_the_clock(
    intake: httpx.AsyncClient, country: Country
) -> None:
    country.all(
        "INSERT INTO routing.policy (agency_id, body) VALUES (NULL, %s), (2, %s)",
        json.dumps({"verification": {"amount": 1, "unit": "calendar_days"}}),
        json.dumps({"verification": {"amount": 90, "unit": "seconds"}}),
    )
    for addressee, length in ((None, timedelta(days=1)), (CITY, timedelta(seconds=90))):
        report = (await intake.post("/reports", json=form(addressee=addressee))).json()
        due = datetime.fromisoformat(report["verification_due_at"])
        ran = due - datetime.fromisoformat(report["submitted_at"])
        assert length <= ran <= length + timedelta(seconds=59)


async def test_a_new_closed_day_counts_from_the_next_report_on(
    intake: httpx.AsyncClient, country: Country
) -> None:
    first = (await intake.post("/reports", json=form())).json()
    country.all(
        "INSERT INTO routing.closed_day SELECT CAST(%s AS date) + n, 'libur'"
        " FROM generate_series(0, 30) n ON CONFLICT DO NOTHING",
        now().date(),
    )
    second = (await intake.post("/reports", json=form())).json()
    dates = [datetime.fromisoformat(report["verification_due_at"]) for report in (first, second)]
    assert dates[1] - dates[0] > timedelta(days=14)


async def test_five_at_once_with_one_key_make_one_report(
    intake: httpx.AsyncClient, country: Country
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    answers = await asyncio.gather(
        *(intake.post("/reports", json=form(), headers=key) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_the_same_key_for_something_else_is_refused(
    intake: httpx.AsyncClient, country: Country
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    await intake.post("/reports", json=form(), headers=key)
    taken = country.one("SELECT last_value FROM lifecycle.report_number")
    assert (await intake.post("/reports", json=form(), headers=key)).status_code == 201
    answer = await intake.post("/reports", json=form(title="Lampu padam"), headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "key_used")
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1
    assert country.one("SELECT last_value FROM lifecycle.report_number") == taken, "none is burnt"


async def test_who_reported_is_only_there_as_ciphertext(
    intake: httpx.AsyncClient, country: Country
) -> None:
    reporter = {
        "name": "Zainuddin Rahasiawan",
        "phone": "+6281234500001",
        "email": "zainuddin@contoh.id",
        "nik": "3204051708900001",
    }
    report = (await intake.post("/reports", json=form(reporter=reporter))).json()
    for table in (*STORED, "intake.submission"):
        stored = country.everything_in(table)
        stored += str([bytes(row[0]) for row in country.all("SELECT body FROM lifecycle.outbox")])
        for known in (*reporter.values(), report["access_code"], "81234500001"):
            assert known not in stored
            assert known.encode().hex() not in stored
    assert bytes(country.one("SELECT name FROM intake.submission")).startswith(b"gAAAA")


async def test_texts_are_normalised_and_the_limit_counts_what_remains(
    intake: httpx.AsyncClient, country: Country
) -> None:
    body = "a" * 3_000 + "  \r\n\u200b"
    assert (await intake.post("/reports", json=form(body=body))).status_code == 201
    assert country.one("SELECT length(original_body) FROM lifecycle.report_text") == 3_000
    answer = await intake.post("/reports", json=form(body="a" * 3_001))
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("body", "text_too_long")
    assert "3001" in error["message"]


@pytest.mark.parametrize("title", [None, "", "  ", "left out"])
@pytest.mark.parametrize("channel", ["android", "ios", "agency_website", "manual", "x", "partner"])
async def test_a_missing_title_is_made_from_the_text(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer, title: str | None, channel: str
) -> None:
    filled = form(title=title, body="Lampu jalan di Dago mati. Gelap sekali malam hari.")
    if title == "left out":
        del filled["title"]
    if channel == "partner":
        read = PartnerReport.model_validate(filled | {"external_id": "JKT-1"})
        assert read.heading == "Lampu jalan di Dago mati"
        return
    path, headers = "/reports", {}
    if channel == "manual":
        path, headers = "/reports/manual", bearer(ADMIN)
        filled["channel"] = "letter"
    elif channel == "x":
        path, headers = "/channels/x/reports", bearer(ADMIN)
        del filled["reporter"]
        filled |= {"url": "https://x.com/warga/status/1", "author": "warga"}
    else:
        filled["channel"] = channel
    answer = await intake.post(path, json=filled, headers=headers)
    assert answer.status_code == 201, answer.text
    kept = "SELECT original_title FROM lifecycle.report_text"
    assert country.one(kept) == "Lampu jalan di Dago mati"


async def test_a_title_of_255_characters_is_taken(
    intake: httpx.AsyncClient, country: Country
) -> None:
    assert (await intake.post("/reports", json=form(title="x" * 255))).status_code == 201
    assert country.one("SELECT length(original_title) FROM lifecycle.report_text") == 255


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"title": "\u0000 "}, "title", "text_empty"),
        ({"title": None}, "title", "missing"),
        ({"title": "  "}, "title", "missing"),
        ({"title": "x" * 256}, "title", "text_too_long"),
        ({"body": 7}, "body", "string_type"),
        ({"body": "\ud800"}, "body", None),
        ({"classification": "complaint_with_oversight"}, "classification", "literal_error"),
        ({"region_code": "99.99"}, "region_code", "region_unknown"),
        ({"region_code": "32.04.05.2001; DROP"}, "region_code", "string_too_long"),
        ({"latitude": -6.9}, "", "coordinates_incomplete"),
        ({"latitude": 91, "longitude": 1}, "latitude", "less_than_equal"),
        ({"happened_at": "2999-01-01"}, "happened_at", "in_future"),
        ({"happened_at": "1945-08-16T23:59:00+07:00"}, "happened_at", "before_independence"),
        ({"happened_at": "kemarin"}, "happened_at", "day_or_instant"),
        ({"happened_at": "2026-11-01T10:00:00"}, "happened_at", "timezone_aware"),
        ({"addressee": "tidak-ada"}, "addressee", "agency_unknown"),
        ({"addressee": "99999999999999999999"}, "addressee", "agency_unknown"),
        ({"category": 404}, "category", "category_unknown"),
        ({"linked_number": 10000001}, "linked_number", "linked_not_yours"),
        ({"reporter": None}, "reporter", "contact_missing"),
        ({"reporter": {"name": "Siti"}}, "reporter", "contact_missing"),
        ({"reporter": {"phone": "081234567890"}}, "reporter.name", "missing"),
        ({"reporter": {"name": " ", "email": "a@b.id"}}, "reporter.name", "missing"),
        ({"reporter": {"name": "S", "phone": "12"}}, "reporter.phone", "phone_invalid"),
        ({"reporter": {"name": "S", "email": "x@"}}, "reporter.email", "email_invalid"),
        ({"reporter": {"name": "S", "email": "a@b.id", "nik": "1"}}, "reporter.nik", "nik_format"),
        ({"number": 1}, "number", "extra_forbidden"),
    ],
)
async def test_what_is_wrong_is_said_by_field(
    intake: httpx.AsyncClient,
    country: Country,
    changes: dict[str, Any],
    field: str,
    code: str | None,
) -> None:
    content = json.dumps(form(**changes)).encode()
    answer = await intake.post(
        "/reports", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert field in {error["field"] for error in errors}, errors
    assert code is None or code in {error["code"] for error in errors}, errors
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


NAMELESS = [("reporter", "contact_missing"), ("reporter.name", "missing")]
LACKING = [
    ({}, [("classification", "missing"), ("body", "missing"), ("title", "missing"), *NAMELESS]),
    (
        {"body": "", "title": " ", "reporter": {"phone_safe": True}},
        [("body", "text_empty"), ("title", "missing"), *NAMELESS],
    ),
    ({"body": "x", "title": "", "reporter": {"name": "S"}}, [("title", "missing"), NAMELESS[0]]),
    (
        {"title": None, "reporter": {"phone": "12"}},
        [("reporter.phone", "phone_invalid"), ("title", "missing"), NAMELESS[1]],
    ),
    (
        {"title": None, "latitude": 1, "reporter": None, "channel": "android"},
        [("", "coordinates_incomplete"), *NAMELESS],
    ),
    (
        {"addressee": "tidak-ada", "reporter": {}, "region_code": "99.99"},
        [*NAMELESS, ("region_code", "region_unknown"), ("addressee", "agency_unknown")],
    ),
]


@pytest.mark.parametrize("path", ["/reports", "/reports/check", "/reports/with-attachments"])
@pytest.mark.parametrize(("changes", "lacking"), LACKING)
async def test_all_that_lacks_is_said_at_once(
    intake: httpx.AsyncClient, path: str, changes: dict[str, Any], lacking: list[tuple[str, str]]
) -> None:
    sent = form(**changes) if changes else {}
    if path.endswith("attachments"):
        answer = await intake.post(path, files={"report": (None, json.dumps(sent))})
    else:
        answer = await intake.post(path, json=sent)
    errors = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert answer.status_code == 422
    assert sorted(errors) == sorted(lacking)


@pytest.mark.parametrize("path", ["/reports", "/reports/check"])
async def test_who_has_an_account_is_not_asked_for_a_contact_with_the_rest(
    intake: httpx.AsyncClient, path: str
) -> None:
    account = {"name": "Siti", "phone": "081234567890", "password": "kata sandi panjang sekali"}
    signed_in = (await intake.post("/reporters", json=account)).json()
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    answer = await intake.post(path, json={"classification": "complaint"}, headers=headers)
    errors = {(error["field"], error["code"]) for error in answer.json()["errors"]}
    assert errors == {("body", "missing"), ("title", "missing")}


@pytest.mark.parametrize("content", [b"null", b"[]", b"{", b"\xff\xfe", b'"\\u0000"', b""])
async def test_what_is_no_form_is_refused(intake: httpx.AsyncClient, content: bytes) -> None:
    answer = await intake.post(
        "/reports", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_ten_megabytes_of_json_are_refused(intake: httpx.AsyncClient) -> None:
    answer = await intake.post("/reports", json=form(body="a" * 10_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_place_and_a_time_are_kept(intake: httpx.AsyncClient, country: Country) -> None:
    place = {
        "region_code": "3204052001",
        "place": " Depan  pasar ",
        "latitude": -6.9,
        "longitude": 107.6,
        "happened_at": "2026-01-05",
    }
    assert (await intake.post("/reports", json=form(**place))).status_code == 201
    row = country.one(
        "SELECT region_code, place, latitude, longitude, happened_at FROM lifecycle.report"
        " JOIN lifecycle.report_text USING (number)"
    )
    assert row == ("32.04.05.2001", "Depan pasar", -6.9, 107.6, "2026-01-05")


async def test_too_many_from_one_address_are_asked_to_wait(
    settings: Settings, country: Country
) -> None:
    async with running(settings) as intake:
        answers = [await intake.post("/reports", json=form()) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [201] * 60 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_without_any_agency_nothing_is_accepted_and_nothing_lost(
    intake: httpx.AsyncClient, country: Country
) -> None:
    country.all("UPDATE routing.agency SET active = false")
    answer = await intake.post("/reports", json=form())
    assert answer.status_code == 503
    assert country.one("SELECT count(*) FROM intake.submission") == 0


@pytest.mark.parametrize("id", ["0002", "٢", "２", "+2", "2.0", "0", "-2", "99999999999"])
async def test_an_id_is_written_as_we_write_it_or_unknown(
    intake: httpx.AsyncClient, country: Country, id: str
) -> None:
    answer = await intake.post("/reports", json=form(addressee=id))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["code"] == "agency_unknown"
    assert (await intake.post("/reports", json=form(addressee=str(CITY)))).status_code == 201


async def test_anonymous_cannot_be_said_twice(intake: httpx.AsyncClient, country: Country) -> None:
    twice = json.dumps(form(anonymous=True))[:-1] + ', "anonymous": false}'
    plain = await intake.post(
        "/reports", content=twice, headers={"content-type": "application/json"}
    )
    with_files = await intake.post("/reports/with-attachments", data={"report": twice})
    for answer in (plain, with_files):
        assert answer.status_code == 422, answer.text
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
            ("anonymous", "sent_twice")
        ]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0
