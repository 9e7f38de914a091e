"""What is typed into a form of a report is kept on the server for whoever types it."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.routing.reading import form_drafts
from shared import clock
from shared.database.engine import Database
from tests.routing.country import Country
from tests.routing.panel import signed_in

OFFICER, ADMIN = "petugas.pupr.kab.bandung", "admin.kab.bandung"
WORDS = "Lubang di depan rumah Ibu Siti sudah kami ukur."
ROWS = "SELECT fields FROM routing.form_draft WHERE number = :n"


def path_of(number: int, action: str = "follow_up") -> str:
    return f"/reports/{number}/form-drafts/{action}"


async def keep(
    country: Country, number: int, who: str = OFFICER, action: str = "follow_up", **fields: Any
) -> httpx.Response:
    body = {"fields": {name: [value] for name, value in fields.items()}}
    path = path_of(number, action)
    return await country.http.put(path, json=body, headers=country.header(who))


async def test_a_draft_is_its_writers_alone_and_encrypted(country: Country) -> None:
    number = await country.verified()
    assert (await keep(country, number, text="Mulai")).status_code == 200
    assert (await keep(country, number, text=WORDS)).status_code == 200
    read = (await country.get(OFFICER, path_of(number))).json()
    assert read["fields"] == {"text": [WORDS]}
    assert (await country.get(ADMIN, path_of(number))).json()["code"] == "form_draft_not_found"
    assert [each["action"] for each in (await country.seen(OFFICER, number))["form_drafts"]] == [
        "follow_up"
    ]
    seen = await country.seen(ADMIN, number)
    assert seen["form_drafts"] == []
    assert WORDS not in json.dumps(seen)
    [kept] = await country.rows(ROWS, n=number)
    assert b"Siti" not in bytes(kept.fields)


async def test_a_draft_goes_when_it_is_discarded_or_a_week_old(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await country.verified()
    for action in ("follow_up", "coordinate"):
        await keep(country, number, action=action, text=WORDS)
    await country.http.delete(path_of(number), headers=country.header(ADMIN))
    assert len(await country.rows(ROWS, n=number)) == 2, "it is not theirs"
    gone = await country.http.delete(path_of(number), headers=country.header(OFFICER))
    assert gone.status_code == 204
    assert (await country.get(OFFICER, path_of(number))).status_code == 404
    later = clock.now() + form_drafts.KEPT + timedelta(seconds=1)
    monkeypatch.setattr(form_drafts, "now", lambda: later)
    assert (await country.get(OFFICER, path_of(number, "coordinate"))).status_code == 404
    assert (await country.seen(OFFICER, number))["form_drafts"] == []
    routing: Database = country.app.state.database
    assert await form_drafts.DraftKeeper(routing).forget_expired() > 0
    assert await country.rows(ROWS, n=number) == []


async def test_whoever_may_not_read_the_report_any_more_reads_no_draft_of_it(
    country: Country,
) -> None:
    number = await country.verified()
    await keep(country, number, ADMIN, "forward", note=WORDS)
    body = {"agency_id": country.agencies["kota-bandung"]}
    await country.done("admin.pusat", number, "forward", body)
    answer = await country.get(ADMIN, path_of(number, "forward"))
    assert answer.json()["code"] == "report_not_found"
    refused = await keep(country, number, ADMIN, "forward", note=WORDS)
    assert refused.status_code == 404
    gone = await country.http.delete(path_of(number, "forward"), headers=country.header(ADMIN))
    assert gone.status_code == 204
    assert await country.rows(ROWS, n=number) == []


async def test_what_is_too_long_or_one_too_many_is_refused(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, other = await country.verified(), await country.verified()
    long = await keep(country, number, text="x" * 20_001, note="x" * 20_000)
    assert long.status_code == 413
    assert long.json()["code"] == "form_draft_too_long"
    assert "40000" in long.json()["detail"] or "40.000" in long.json()["detail"]
    monkeypatch.setattr(form_drafts, "MOST", 1)
    await country.rows("DELETE FROM routing.form_draft")
    assert (await keep(country, number, text=WORDS)).status_code == 200
    assert (await keep(country, number, text=f"{WORDS} Ya.")).status_code == 200
    assert (await keep(country, other, text=WORDS)).json()["code"] == "too_many_form_drafts"


async def test_a_draft_is_kept_offered_used_and_gone_once_sent(country: Country) -> None:
    number = await country.verified()
    path = f"/panel/laporan/{number}/follow_up"
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(path)
        assert "Draf Anda" not in panel.reads
        await panel.sends(path, langkah="simpan-draf", text=WORDS, outcome="done")
        assert "Draf disimpan" in panel.page.text_content()
        assert "Draf Anda" not in panel.reads, "it stands in the form"
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        assert "Draf Anda: Tindak Lanjut" in panel.reads
        await panel.opens(path)
        assert "Draf Anda dari" in panel.reads
        assert WORDS not in panel.reads
        # Another step of the form leaves the choice.
        await panel.sends(path, langkah="diam")
        await panel.sends(path, langkah="pakai-draf")
        assert "Draf Anda dari" not in panel.reads
        [form] = (form for form in panel.page.forms if form.get("action") == path)
        assert form.fields["text"].strip() == WORDS
        assert form.fields["outcome"] == "done"
        await panel.sends(path, langkah="kirim")
        assert panel.path == f"/panel/laporan/{number}", panel.reads
        assert "Draf Anda" not in panel.reads
    assert await country.rows(ROWS, n=number) == []


async def test_a_draft_of_before_others_did_something_says_what_they_did(
    country: Country,
) -> None:
    number = await country.verified()
    path = f"/panel/laporan/{number}/amend"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        await panel.sends(path, langkah="simpan-draf", title="Judul dari draf")
        await country.done("admin.pusat", number, "amend", {"title": "Judul dari pusat"})
        await panel.opens(path)
        await panel.sends(path, langkah="pakai-draf")
        assert "Laporan ini berubah:" in panel.reads
        [form] = (form for form in panel.page.forms if form.get("action") == path)
        assert form.fields["title"] == "Judul dari draf"
        await panel.sends(path, langkah="buang-draf")
        assert "Draf dibuang." in panel.page.text_content()
    assert await country.rows(ROWS, n=number) == []


async def test_the_script_is_told_in_words_why_nothing_was_kept(country: Country) -> None:
    number = await country.verified()
    path = f"/panel/laporan/{number}/follow_up"
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(path)
        [form] = (form for form in panel.page.forms if form.get("action") == path)
        typed = dict(form.form_values()) | {"langkah": "ketikan", "text": WORDS}
        kept = await panel.http.post(path, data=typed)
        assert (kept.status_code, [*kept.json()]) == (200, ["kept_at"])
        refused = await panel.http.post(path, data=typed | {"text": "x" * 40_001})
        assert refused.status_code == 413
        assert refused.json()["wrong"].startswith("Draf terlalu panjang. Semua isian")
        await panel.opens(path)
        assert "Draf Anda dari" in panel.reads
