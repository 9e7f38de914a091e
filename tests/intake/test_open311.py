"""Open311 by a client that is not ours: `three`, as it is on PyPI, against a real server."""

import itertools
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from PIL import Image

from deploy.local.ports import free_port
from services.intake.app import make_app
from shared.settings import Settings
from tests.intake.conftest import CATEGORY, CITY, ROOT, UNIT, Country
from tests.intake.sample_files import picture, saved
from tests.intake.test_service import until_ready

Client = Callable[..., Any]


@pytest.fixture
def address(settings: Settings, country: Country, tmp_path: Path) -> Iterator[str]:
    """The endpoint of the intake service, over TCP."""
    country.all(
        "INSERT INTO routing.category (id, code, name, parent_id, active) VALUES"
        " (2, 'lubang', 'Jalan Berlubang', 1, true), (3, 'lama', 'Tidak dipakai', NULL, false)"
    )
    country.all("INSERT INTO routing.tag (id, category_id, name) VALUES (1, 2, 'aspal')")
    country.all("INSERT INTO routing.category_alias VALUES (2, 'jalan bolong')")
    port = free_port()
    own = settings.model_copy(
        update={"intake_port": port, "intake_url": f"http://127.0.0.1:{port}"}
    )
    server = uvicorn.Server(uvicorn.Config(make_app(own), port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            until_ready(client)
        yield f"http://127.0.0.1:{port}/open311/v2"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def three(address: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The client's class at the endpoint. It was written for Python 2: what that called `ifilter`
    is given back to it, and dictionaries whose keys are a list; its own files are untouched."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from three import core

    class Listed(dict[str, Any]):
        def keys(self) -> Any:
            return list(super().keys())

    parse = core.xml

    def xml(data: Any) -> Any:
        return Listed(parse(data))

    monkeypatch.setattr(core, "xml", xml)

    def client(**options: Any) -> Any:
        return core.Three(address, **options)

    return client


def verify(country: Country, number: int, *, status: str, tab: str, **changes: Any) -> None:
    """As a verification and what followed it leave a report."""
    at = datetime.now(UTC).replace(microsecond=0)
    country.all(
        "UPDATE lifecycle.report SET status = %s, tab = %s, handler_id = %s, due_at = %s"
        " WHERE number = %s",
        *(status, tab, UNIT, changes.get("due_at"), number),
    )
    country.all(
        "UPDATE lifecycle.report_text SET title = 'Jalan rusak',"
        " body = 'Sudah diperbaiki bahasanya' WHERE number = %s",
        number,
    )
    country.all(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,"
        " visibility, details) VALUES (%s, 2, 2, %s, 'verify', 'staff', %s, 'public', '{}')",
        *(number, at, status),
    )


def follow_up(country: Country, number: int, words: str, *, secret: bool) -> object:
    [(id,)] = country.all(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done)"
        " VALUES (gen_random_uuid(), %s, 'follow_up', now(), '{}', true) RETURNING id",
        number,
    )
    country.all(
        "INSERT INTO followup.message (command_id, number, action, kind, words, secret,"
        " actor_kind, at) VALUES (%s, %s, 'follow_up', 'follow_up', %s, %s, 'staff', now())",
        *(id, number, words, secret),
    )
    country.all(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,"
        " ref, visibility, details)"
        " SELECT number, max(entry) + 1, max(version) + 1, now(), 'follow_up',"
        " 'staff', 'FOLLOWED_UP', %s, 'public', '{}' FROM lifecycle.history WHERE number = %s"
        " GROUP BY number",
        *(id, number),
    )
    return id


def take_back(country: Country, number: int, follow_up_id: object) -> None:
    [(id,)] = country.all(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done)"
        " VALUES (gen_random_uuid(), %s, 'rectify', now(), '{}', true) RETURNING id",
        number,
    )
    country.all(
        "INSERT INTO followup.message (command_id, number, action, words, secret, actor_kind, at,"
        " rectifies) VALUES (%s, %s, 'rectify', 'Salah.', false, 'staff', now(), %s)",
        *(id, number, follow_up_id),
    )


def send(client: Any, **changes: Any) -> int:
    fields = {
        "description": "Jalan di depan pasar berlubang. Sudah sebulan dan membahayakan.",
        "address": "Jl. Dago 12",
        "lat": "-6.88512",
        "long": "107.61344",
        "name": "Siti Rahmawati",
        "phone": "0812 3456 7890",
    } | changes
    answer = client.post("lubang", **fields)
    return int(answer[0]["service_request_id"])


def test_the_client_finds_the_endpoint_and_the_services(three: Client, address: str) -> None:
    client = three()
    endpoint = client.discovery()["endpoints"][0]
    assert endpoint["url"] == address
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert client.discovery(address.removesuffix("/v2") + "/discovery.json")
    [roads, holes] = client.services()
    assert (roads["service_code"], roads["group"]) == ("jalan", "Infrastruktur Jalan")
    assert holes["service_code"] == "lubang"
    assert (holes["group"], holes["keywords"]) == ("Infrastruktur Jalan", "aspal,jalan bolong")
    assert (holes["metadata"], holes["type"]) == (True, "realtime")
    definition = client.services("lubang")
    first = definition["attributes"][0]
    assert (definition["service_code"], first["code"]) == ("lubang", "classification")
    assert [value["key"] for value in first["values"]] == ["complaint", "aspiration", "information"]


def test_the_client_reports_and_follows_the_report_to_its_end(
    three: Client, country: Country
) -> None:
    client = three()
    number = send(client)
    channel, category, classification = country.one(
        "SELECT channel, category_id, classification FROM lifecycle.report WHERE number = %s",
        number,
    )
    assert (channel, category, classification) == ("open311", 2, "complaint")
    title, place = country.one(
        "SELECT original_title, place FROM lifecycle.report_text WHERE number = %s", number
    )
    assert (title, place) == ("Jalan di depan pasar berlubang", "Jl. Dago 12")
    assert client.requests() == []
    [before] = client.request(str(number))
    assert (before["status"], before["description"]) == ("open", None)
    assert before["status_notes"].startswith("Belum Terverifikasi")
    assert "Dago" not in str(before) and before["lat"] is None

    due = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
    verify(country, number, status="FOLLOWED_UP", tab="in_process", due_at=due)
    follow_up(country, number, "Kami tambal hari Senin.", secret=False)
    follow_up(country, number, "Hanya untuk pelapor.", secret=True)
    wrong = follow_up(country, number, "Milik Bu Siti.", secret=False)
    take_back(country, number, wrong)
    [after] = client.requests("lubang")
    assert after["description"] == "Jalan rusak\n\nSudah diperbaiki bahasanya"
    assert after["status_notes"] == "Ditindaklanjuti oleh Instansi: Kami tambal hari Senin."
    assert after["expected_datetime"] == "2027-01-04T09:00:00Z"
    assert after["agency_responsible"] == "Dinas Bina Marga"
    assert (after["service_code"], after["service_name"]) == ("lubang", "Jalan Berlubang")
    assert (after["address"], after["lat"], after["long"]) == ("Jl. Dago 12", -6.885, 107.613)
    assert "Siti" not in str(after) and "berlubang. Sudah" not in str(after)
    assert client.request(str(number)) == [after]
    assert client.requests("jalan") == []
    assert client.requests(status="closed") == []
    assert client.requests(status="open") == [after]

    verify_closed = "UPDATE lifecycle.report SET status = 'CLOSED_BY_ADMIN', tab = 'closed'"
    country.all(verify_closed)
    [closed] = client.requests(status="closed", count=5)
    assert closed["status"] == "closed"


def test_the_client_reads_xml(three: Client, country: Country) -> None:
    number = send(three())
    verify(country, number, status="VERIFIED", tab="awaiting_follow_up")
    client = three(format="xml")
    services = client.services()["service"]
    assert [service["service_code"] for service in services] == ["jalan", "lubang"]
    request = client.request(str(number))["request"]
    assert (request["service_request_id"], request["status"]) == (str(number), "open")
    assert client.discovery()["endpoints"]["endpoint"]["type"] == "production"
    answer = client.post("lubang", description="Lampu jalan mati sejak kemarin malam.")
    assert int(answer["request"]["service_request_id"]) == number + 1
    error = client.request("999")["error"]
    assert (error["code"], bool(error["description"])) == ("404", True)


def test_a_picture_comes_along(three: Client, country: Country) -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 40), "brown").save(picture, "PNG")
    picture.name = "lubang.png"
    picture.seek(0)
    number = send(three(), media=picture)
    assert country.one("SELECT name FROM intake.attachment WHERE number = %s", number)


def test_nobody_finds_a_secret_report(three: Client, address: str, country: Country) -> None:
    client = three()
    number = send(client, **{"attribute[secret]": "true", "attribute[anonymous]": "true"})
    assert country.one("SELECT secret, anonymous FROM lifecycle.report") == (True, True)
    verify(country, number, status="VERIFIED", tab="awaiting_follow_up")
    assert client.requests() == []
    assert client.requests(service_request_id=str(number)) == []
    assert client.request(str(number)) == client.request("9")
    assert httpx.get(f"{address}/requests/{number}.json").status_code == 404


def test_where_an_anonymous_report_is_only_to_some_kilometre(
    three: Client, country: Country
) -> None:
    client = three()
    number = send(client, **{"attribute[anonymous]": "true"})
    verify(country, number, status="VERIFIED", tab="awaiting_follow_up")
    [request] = client.requests()
    assert (request["lat"], request["long"]) == (-6.89, 107.61)


def test_dates_and_numbers_narrow_what_is_found(
    three: Client, address: str, country: Country
) -> None:
    client = three()
    numbers = [send(client) for _ in range(5)]
    now = datetime.now(UTC)
    for age, number in zip((400, 100, 50, 20, 0), numbers, strict=True):
        verify(country, number, status="VERIFIED", tab="awaiting_follow_up")
        country.all(
            "UPDATE lifecycle.report SET submitted_at = %s WHERE number = %s",
            *(now - timedelta(days=age), number),
        )

    def found(**query: Any) -> list[int]:
        return [int(each["service_request_id"]) for each in client.requests(**query)]

    def day(age: int) -> str:
        return (now - timedelta(days=age)).strftime("%m-%d-%Y")

    assert found() == [numbers[4], numbers[3], numbers[2]]
    assert found(start=day(60), end=day(10)) == [numbers[3], numbers[2]]
    assert found(between=[day(101), day(49)]) == [numbers[2], numbers[1]]
    assert found(end_date=f"{now - timedelta(days=390):%Y-%m-%dT%H:%M:%SZ}") == [numbers[0]]
    wide = {"start_date": f"{now - timedelta(days=500):%Y-%m-%dT%H:%M:%SZ}"}
    assert found(**wide, end_date=f"{now:%Y-%m-%dT%H:%M:%S+00:00}")[-1] == numbers[2]
    assert found(service_request_id=f"{numbers[0]},{numbers[1]},x,7") == [numbers[1], numbers[0]]
    assert found(count=1) == [numbers[4]]


def test_refusals_are_in_the_form_of_the_standard(address: str, country: Country) -> None:
    with httpx.Client(base_url=address) as client:
        for path, code in (
            ("/services/tidak-ada.json", 404),
            ("/services/lama.json", 404),
            ("/requests/abc.json", 404),
            ("/requests.json?status=lost", 400),
            ("/requests.json?start_date=kemarin", 400),
            ("/requests.json?page_size=5000", 400),
            ("/services.csv", 404),
        ):
            answer = client.get(path)
            assert (answer.status_code, answer.json()[0]["code"]) == (code, code), path
            assert answer.json()[0]["description"]
        for sent, code, word in (
            ({"service_code": "tidak-ada", "description": "x y z"}, 404, "service_code"),
            ({"service_code": "lubang"}, 400, "description"),
            ({"service_code": "lubang", "description": "a" * 3001}, 400, "description"),
            ({"service_code": "lubang", "description": "a", "lat": "91", "long": "1"}, 400, "lat"),
            ({"service_code": "lubang", "description": "a", "email": "x"}, 400, "email"),
            ({"service_code": "lubang", "description": "a", "api_key": "x"}, 403, "api_key"),
            (
                {"service_code": "lubang", "description": "a", "attribute[secret]": "hm"},
                *(400, "attribute[secret]"),
            ),
        ):
            answer = client.post("/requests.json", data=sent)
            assert (answer.status_code, answer.json()[0]["code"]) == (code, code), sent
            assert word in answer.json()[0]["description"], answer.text
        answer = client.post("/requests.xml", data={})
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert "<errors><error><code>400</code>" in answer.text
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


def test_the_access_code_of_the_notice_opens_the_report(address: str, country: Country) -> None:
    sent = {"service_code": "lubang", "description": "Lampu mati", "address_id": "32.73"}
    key = {"Idempotency-Key": "7f4d8f2e-0000-4000-8000-000000000001"}
    first, second = (
        httpx.post(f"{address}/requests.json", data=sent, headers=key) for _ in range(2)
    )
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    [answer] = first.json()
    assert "http://lapor.test/laporan/" in answer["service_notice"]
    assert country.one("SELECT handler_id, region_code FROM lifecycle.report") == (ROOT, "32.73")
    addressed = sent | {"attribute[addressee]": "kota-bandung", "service_code": "jalan"}
    httpx.post(f"{address}/requests.json", data=addressed)
    rows = country.all("SELECT handler_id, category_id FROM lifecycle.report ORDER BY number")
    assert rows[1] == (CITY, CATEGORY)


def test_a_contact_is_safe_to_write_to_only_where_that_is_said(
    address: str, country: Country
) -> None:
    sent = {
        "service_code": "lubang",
        "description": "Lampu mati",
        "first_name": "Ani",
        "phone": "081234567890",
        "email": "ani@example.org",
    }
    for said in ({}, {"attribute[email_safe]": "true"}, {"attribute[phone_safe]": "true"}):
        assert httpx.post(f"{address}/requests.json", data=sent | said).status_code == 201
    wrong = httpx.post(f"{address}/requests.json", data=sent | {"attribute[phone_safe]": "mungkin"})
    assert wrong.status_code == 400
    assert "attribute[phone_safe]" in wrong.json()[0]["description"]
    kept = country.all("SELECT phone_safe, email_safe FROM intake.submission ORDER BY number")
    assert kept == [(False, False), (False, True), (True, False)]


def test_a_token_is_the_number_and_there_is_one_jurisdiction(
    three: Client, address: str, country: Country
) -> None:
    client = three(jurisdiction="lapor.go.id")
    number = send(client)
    assert client.token(str(number))[0]["service_request_id"] == str(number)
    assert httpx.get(f"{address}/tokens/999.json").status_code == 404
    hidden = send(client, **{"attribute[secret]": "true"})
    assert httpx.get(f"{address}/tokens/{hidden}.json").status_code == 404
    assert "<token>" in httpx.get(f"{address}/tokens/{number}.xml").text
    for answer in (
        httpx.get(f"{address}/services.json?jurisdiction_id=sf.gov"),
        httpx.post(
            f"{address}/requests.json",
            data={"service_code": "lubang", "description": "a", "jurisdiction_id": "sf.gov"},
        ),
    ):
        assert (answer.status_code, answer.json()[0]["code"]) == (404, 404)
        assert "jurisdiction_id" in answer.json()[0]["description"]
    assert httpx.get(f"{address}/services.json?jurisdiction_id=lapor.go.id").is_success


FIELDS = {"service_code": "lubang", "description": "Jalan di depan pasar berlubang."}
PICTURE = saved(picture(), "PNG")


def posted(address: str, *parts: tuple[str, Any]) -> httpx.Response:
    fields = [(name, (None, value)) for name, value in FIELDS.items()]
    with httpx.Client(base_url=address) as client:
        return client.post("/requests.json", files=[*fields, *parts])


def test_all_that_is_sent_as_media_is_kept(address: str, country: Country) -> None:
    answer = posted(
        address,
        ("media", ("a.png", PICTURE)),
        ("media[]", ("b.png", PICTURE)),
        ("media", ("", b"")),
        ("media_url", (None, "https://example.org/satu.jpg")),
        ("media_url", (None, "https://example.org/dua.jpg")),
        ("media_url[]", (None, "https://example.org/tiga.jpg")),
        ("device_id", (None, "telepon-1")),
    )
    assert answer.status_code == 201, answer.text
    assert country.one("SELECT count(*) FROM intake.attachment") == 2
    body = country.one("SELECT original_body FROM lifecycle.report_text")
    assert [f"{n}.jpg" in body for n in ("satu", "dua", "tiga")] == [True] * 3


@pytest.mark.parametrize(
    ("part", "word"),
    [
        (("photo", ("a.png", PICTURE)), "photo"),
        (("media[0]", ("a.png", PICTURE)), "media[0]"),
        (("media", ("kosong.png", b"")), "media.0: Lampiran 1 (kosong.png)"),
        (("media", (None, "https://example.org/a.jpg")), "media"),
        (("media_url", ("a.png", PICTURE)), "media_url"),
        (("descripton", (None, "salah ketik")), "descripton"),
        (("description", (None, "yang kedua")), "description"),
        (("attribute[titel]", (None, "x")), "attribute[titel]"),
        (("attribute[secret]", ("a.png", PICTURE)), "attribute[secret]"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_what_would_be_lost_is_named(
    address: str, country: Country, part: tuple[str, Any], word: str
) -> None:
    answer = posted(address, part)
    assert answer.status_code == 400, answer.text
    assert word in answer.json()[0]["description"]
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


def test_files_are_opened_after_key_and_fields_were_looked_at(address: str) -> None:
    page = ("media", ("a.html", b"<html>"))
    assert posted(address, page, ("api_key", (None, "x"))).status_code == 403
    assert "long" in posted(address, page, ("lat", (None, "6")), ("long", (None, "x"))).text


@pytest.mark.parametrize(
    "query",
    ["attribute[anonymous]=true", "attribute%5Bsecret%5D=true", "foo=bar", "email=b@uji.id"],
)
async def test_a_field_in_the_address_is_not_passed_over(
    intake: httpx.AsyncClient, country: Country, query: str
) -> None:
    body = {"service_code": "lubang", "description": "Banjir besar", "email": "a@uji.id"}
    answer = await intake.post(f"/open311/v2/requests.json?{query}", data=body)
    assert answer.status_code == 400, answer.text
    assert query.split("=")[0].replace("%5B", "[").replace("%5D", "]") in answer.text
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0


@pytest.mark.parametrize("text", ["caf%E9+mati+total", "%ff%fe", "%80%81", "Banjir%c3"])
async def test_bytes_that_are_not_utf8_are_not_replaced(
    intake: httpx.AsyncClient, country: Country, text: str
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = f"service_code=lubang&description={text}&email=a@uji.id"
    answer = await intake.post("/open311/v2/requests.json", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert country.one("SELECT count(*) FROM lifecycle.report") == 0
