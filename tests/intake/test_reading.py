"""Who reads what of a report: the public, its reporter, its partner."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.intake.app import make_app
from services.intake.reading import published
from shared.http.auth import new_partner_token
from shared.lifecycle.statuses import TAB_OF, Status
from shared.settings import Settings
from tests.documents.reading_back import text_of
from tests.documents.watching import WatchingSandbox
from tests.intake.conftest import ADMIN, CITY, UNIT, Country, form

CORRECTED = "Jalan di depan Pasar Dago berlubang."
ORIGINAL = "jalan brlubang di dpn pasar dago!!!"


async def submitted(intake: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await intake.post("/reports", json=form(body=ORIGINAL, addressee=CITY, **changes))
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.json()
    return report


def stands(country: Country, number: int, status: str, *, corrected: bool = True) -> None:
    """What the worker would have recorded."""
    country.all(
        "UPDATE lifecycle.report SET status = %s, tab = %s, handler_id = %s,"
        " state = state || jsonb_build_object('status', %s::text) WHERE number = %s",
        *(status, TAB_OF[Status(status)], UNIT, status, number),
    )
    if corrected:
        country.all(
            "UPDATE lifecycle.report_text SET title = 'Jalan Dago', body = %s WHERE number = %s",
            *(CORRECTED, number),
        )


def step(
    country: Country, number: int, action: str, visibility: str = "reporter", **details: Any
) -> UUID:
    """A recorded step of staff, and its command done."""
    command = uuid4()
    country.all(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done)"
        " VALUES (%s, %s, %s, now(), '{}', true)",
        *(command, number, action),
    )
    country.all(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, staff_id,"
        " role, agency_id, from_status, to_status, visibility, ref, details)"
        " SELECT number, max(entry) + 1, max(version) + 1, now(), %s, 'staff', %s, 'agency_admin',"
        " %s, 'VERIFIED', 'FOLLOWED_UP', %s, %s, %s FROM lifecycle.history WHERE number = %s"
        " GROUP BY number",
        *(action, ADMIN, CITY, visibility, command, json.dumps(details), number),
    )
    return command


def message(country: Country, number: int, action: str, words: str, **columns: Any) -> UUID:
    command = step(country, number, action, **columns.pop("details", {}))
    country.all(
        "INSERT INTO followup.message (command_id, number, action, kind, words, secret, rectifies,"
        " actor_kind, agency_id, at) VALUES (%s, %s, %s, %s, %s, %s, %s, 'staff', %s, now())",
        *(command, number, action, columns.get("kind"), words, columns.get("secret", False)),
        *(columns.get("rectifies"), UNIT),
    )
    return command


def note(country: Country, number: int, action: str, words: str, **details: Any) -> None:
    command = step(country, number, action, **details)
    country.all(
        "INSERT INTO routing.note (command_id, number, action, words, staff_id, at)"
        " VALUES (%s, %s, %s, %s, %s, now())",
        *(command, number, action, words, ADMIN),
    )


async def opened(intake: httpx.AsyncClient, report: dict[str, Any]) -> dict[str, str]:
    """The header of whoever has number and access code."""
    answer = await intake.post(
        f"/reports/{report['number']}/access", json={"access_code": report["access_code"].lower()}
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("status", list(Status))
async def test_the_public_reads_the_status_and_what_is_published(
    intake: httpx.AsyncClient, country: Country, status: Status, anonymous: bool
) -> None:
    report = await submitted(intake, anonymous=anonymous)
    stands(country, report["number"], status)
    answer = await intake.get(f"/reports/{report['number']}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == status
    published = answer.json()["published"]
    assert (published is not None) is (
        TAB_OF[status] in {"awaiting_follow_up", "in_process", "closed"}
    )
    if published:
        assert (published["title"], published["body"]) == ("Jalan Dago", CORRECTED)
    listed = (await intake.get("/reports")).json()["items"]
    assert [item["title"] for item in listed] == (["Jalan Dago"] if published else [])
    for words in (ORIGINAL, "Siti", "6281234567890", report["access_code"]):
        assert words not in answer.text


async def test_the_public_gets_what_is_published_on_paper(
    intake: httpx.AsyncClient, country: Country
) -> None:
    number = (await submitted(intake))["number"]
    path = f"/reports/{number}/document"
    assert (await intake.get(path)).status_code == 404, "not verified yet"
    stands(country, number, "VERIFIED")
    paper = await intake.get(path)
    assert paper.status_code == 200 and paper.headers["content-type"] == "application/pdf"
    text = text_of(paper.content)
    assert CORRECTED in text and "Versi publik" in text and ORIGINAL not in text
    country.all("UPDATE lifecycle.report SET secret = true WHERE number = %s", number)
    assert (await intake.get(path)).status_code == 404


async def test_whoever_waits_for_a_paper_keeps_nobody_from_reading(
    settings: Settings, country: Country
) -> None:
    app = make_app(settings)
    state = app.state
    state.papers = WatchingSandbox(state.database.engine)
    transport = httpx.ASGITransport(app, client=("198.51.100.70", 4711))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://intake") as intake,
    ):
        number = (await submitted(intake))["number"]
        stands(country, number, "VERIFIED")
        assert (await intake.get(f"/reports/{number}/document")).status_code == 200
    assert state.papers.held == [False]
    assert make_app(settings).state.papers is not state.resources.store.sandbox


@pytest.mark.parametrize("status", list(Status))
async def test_a_secret_report_is_not_there_for_the_public(
    intake: httpx.AsyncClient, country: Country, status: Status
) -> None:
    report = await submitted(intake, secret=True)
    stands(country, report["number"], status)
    secret = await intake.get(f"/reports/{report['number']}")
    unknown = await intake.get("/reports/99999999")
    assert secret.status_code == unknown.status_code == 404
    assert secret.json()["code"] == unknown.json()["code"]
    assert (await intake.get("/reports")).json()["items"] == []


async def test_its_reporter_reads_all_but_the_affairs_of_staff(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake, secret=True, anonymous=True)
    number = report["number"]
    stands(country, number, "FOLLOWED_UP")
    message(country, number, "follow_up", "Kami perbaiki besok.", kind="follow_up", secret=True)
    message(country, number, "close", "Sudah selesai.")
    note(country, number, "archive", "Di luar wewenang.", archive_category="too_general")
    note(country, number, "defer", "Di RT mana?", deferral="incomplete_data")
    note(country, number, "defer", "Menunggu instansi.", deferral="agency_not_connected")
    note(country, number, "throw", "Ini urusan dinas.")
    message(country, number, "coordinate", "Tolong cek.", details={"visibility": "staff"})
    accepted = {"request": "close"}
    message(country, number, "close", "Disetujui ditutup.", details=accepted)
    answer = await intake.get(f"/reports/{number}", headers=await opened(intake, report))
    read = answer.json()
    assert read["view"] == "reporter", answer.text
    assert answer.headers["etag"] == '"1"'
    assert (read["original_body"], read["body"]) == (ORIGINAL, CORRECTED)
    assert (read["handler"], read["status"]) == ("Dinas Bina Marga", "FOLLOWED_UP")
    assert read["addressee"] == "Pemerintah Kota Bandung"
    assert read["countdown"].startswith("sisa") or read["countdown"] == "hari ini"
    assert {"reply", "declare_satisfied"} <= set(read["allowed_actions"])
    words = [(line["action"], line["words"]) for line in read["history"]]
    assert words == [
        ("submit", None),
        ("follow_up", "Kami perbaiki besok."),
        ("close", "Sudah selesai."),
        ("archive", "Di luar wewenang."),
        ("defer", "Di RT mana?"),
        ("defer", None),
        ("throw", None),
        ("close", "Disetujui ditutup."),
    ]
    archive = read["history"][3]
    assert archive["archive_category_label"] == "Masukan terlalu umum"
    assert (archive["actor"], archive["agency"]) == ("Admin Instansi", "Pemerintah Kota Bandung")
    assert "Admin Bandung" not in answer.text


async def test_the_public_reads_follow_ups_that_are_not_secret(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake)
    stands(country, report["number"], "FOLLOWED_UP")
    message(country, report["number"], "follow_up", "Untuk semua.", kind="initial_response")
    message(country, report["number"], "follow_up", "Hanya Anda.", kind="follow_up", secret=True)
    message(country, report["number"], "reply", "Kata pelapor.")
    answer = await intake.get(f"/reports/{report['number']}")
    [follow_up] = answer.json()["published"]["follow_ups"]
    assert (follow_up["words"], follow_up["kind_label"]) == ("Untuk semua.", "Respon Awal")
    assert follow_up["agency"] == "Dinas Bina Marga"
    for words in ("Hanya Anda.", "Kata pelapor."):
        assert words not in answer.text


async def test_a_refused_command_shows_no_words(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake)
    command = message(country, report["number"], "follow_up", "Ditolak.", kind="follow_up")
    country.all("UPDATE lifecycle.command SET done = false WHERE id = %s", command)
    answer = await intake.get(f"/reports/{report['number']}", headers=await opened(intake, report))
    assert "Ditolak." not in answer.text


async def test_one_reports_code_opens_no_other(intake: httpx.AsyncClient, country: Country) -> None:
    first, second = await submitted(intake, secret=True), await submitted(intake, secret=True)
    header = await opened(intake, first)
    assert (await intake.get(f"/reports/{second['number']}", headers=header)).status_code == 404
    wrong = await intake.post(
        f"/reports/{second['number']}/access", json={"access_code": first["access_code"]}
    )
    unknown = await intake.post("/reports/5/access", json={"access_code": first["access_code"]})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json()["code"] == unknown.json()["code"]


async def test_codes_are_not_guessed_for_long(intake: httpx.AsyncClient) -> None:
    report = await submitted(intake)
    path = f"/reports/{report['number']}/access"
    answers = [await intake.post(path, json={"access_code": "22222222"}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [404] * 20 + [429]


async def test_staff_read_here_only_what_the_public_reads(
    intake: httpx.AsyncClient, bearer: Callable[[int], dict[str, str]]
) -> None:
    report = await submitted(intake)
    read = (await intake.get(f"/reports/{report['number']}", headers=bearer(ADMIN))).json()
    assert (read["view"], read["published"]) == ("public", None)


async def test_a_partner_reads_its_own_reports_and_no_other(
    intake: httpx.AsyncClient, country: Country
) -> None:
    token, digest = new_partner_token()
    country.all(
        "INSERT INTO intake.partner (system, name, nkey_public, http_token_hash, created_at,"
        " active) VALUES ('mitra', 'Mitra', 'U', %s, now(), true)",
        digest.hex(),
    )
    own, other = await submitted(intake, secret=True), await submitted(intake, secret=True)
    country.all(
        "UPDATE lifecycle.report SET system = 'mitra', external_id = 'a-1' WHERE number = %s",
        own["number"],
    )
    header = {"Authorization": f"Bearer {token}"}
    read = (await intake.get(f"/reports/{own['number']}", headers=header)).json()
    assert (read["view"], read["external_id"]) == ("reporter", "a-1")
    assert (await intake.get(f"/reports/{other['number']}", headers=header)).status_code == 404


async def test_published_reports_are_searched_and_paged(
    intake: httpx.AsyncClient, country: Country
) -> None:
    numbers = []
    for _ in range(5):
        report = await submitted(intake, region_code="32.04")
        stands(country, report["number"], "VERIFIED")
        numbers.append(report["number"])
    query: dict[str, str | int] = {"limit": 2, "q": "pasar", "agency": CITY, "region": "32.0"}
    seen = []
    while True:
        page = (await intake.get("/reports", params=query)).json()
        seen += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == numbers[::-1]
    worded = (await intake.get("/reports", params={"q": "dari pasar yang untuk"})).json()
    assert [item["number"] for item in worded["items"]] == seen
    for name, value in (("q", "sapi"), ("tab", "closed"), ("agency", "4"), ("region", "33")):
        assert (await intake.get("/reports", params={name: value})).json()["items"] == []
    assert (await intake.get("/reports", params={"cursor": "x"})).status_code == 422


@pytest.mark.parametrize("where", [{"region": "91.71"}, {"category": 2}, {"tab": "unverified"}])
async def test_what_is_rare_is_looked_for_among_so_many_at_a_time(
    intake: httpx.AsyncClient,
    country: Country,
    monkeypatch: pytest.MonkeyPatch,
    where: dict[str, str | int],
) -> None:
    """Else a few who ask for what is nowhere keep all connections from others, for seconds."""
    monkeypatch.setattr(published, "LOOKED_AT", 2)
    numbers = [(await submitted(intake))["number"] for _ in range(3)]
    # A gap, as a restored backup leaves one, is no page of its own.
    country.all("SELECT setval('lifecycle.report_number', %s)", numbers[-1] + 1_000)
    numbers += [(await submitted(intake))["number"] for _ in range(3)]
    for number in numbers:
        stands(country, number, "VERIFIED")
    rare = "UPDATE lifecycle.report SET region_code = '91.71.01', category_id = 2 WHERE number = %s"
    country.all(rare, numbers[0])
    pages: list[list[int]] = []
    query, more = dict(where), True
    while more:
        page = (await intake.get("/reports", params=query)).json()
        pages.append([item["number"] for item in page["items"]])
        query["cursor"], more = page["next"], page["next"] is not None
    assert pages == [[], [] if "tab" in where else [numbers[0]]]
    everything = (await intake.get("/reports")).json()
    assert len(everything["items"]) == 6 and everything["next"] is None


@pytest.mark.parametrize("few", [0, published.FEW], ids=["among all reports", "agency by agency"])
async def test_the_published_reports_of_an_agency_and_of_those_below_are_listed_newest_first(
    intake: httpx.AsyncClient, country: Country, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(published, "_SMALL", published._SMALL.bindparams(few=few))
    numbers = [(await submitted(intake))["number"] for _ in range(4)]
    for number, status in zip(numbers, ("VERIFIED", "CLOSED_BY_SYSTEM", "VERIFIED"), strict=False):
        stands(country, number, status)
    country.all("UPDATE lifecycle.report SET secret = true WHERE number = %s", numbers[2])
    country.all("UPDATE lifecycle.report SET handler_id = %s WHERE number = %s", CITY, numbers[0])

    async def listed(**query: int | str) -> list[int]:
        page = (await intake.get("/reports", params=query)).json()
        return [item["number"] for item in page["items"]]

    assert await listed(agency=CITY) == [numbers[1], numbers[0]]
    first = (await intake.get("/reports", params={"agency": CITY, "limit": 1})).json()
    assert [item["number"] for item in first["items"]] == [numbers[1]]
    assert await listed(agency=CITY, limit=1, cursor=first["next"]) == [numbers[0]]
    assert await listed(agency=CITY, tab="closed") == [numbers[1]]
    monkeypatch.setattr(published, "_OF_FEW", "false")
    assert (await listed(agency=CITY) == []) is (few > 0)


async def test_the_reporter_reads_to_which_agency_the_report_was_handed(
    intake: httpx.AsyncClient, country: Country
) -> None:
    report = await submitted(intake)
    stands(country, report["number"], "VERIFIED")
    step(country, report["number"], "forward", from_handler=CITY, to_handler=UNIT)
    step(country, report["number"], "amend", from_handler=UNIT, to_handler=UNIT)
    headers = await opened(intake, report)
    answer = await intake.get(f"/reports/{report['number']}", headers=headers)
    handed = {line["action"]: line["handed_to"] for line in answer.json()["history"]}
    assert handed == {"submit": None, "forward": "Dinas Bina Marga", "amend": None}
