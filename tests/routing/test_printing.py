"""Reports and answers on paper: as this person reads them, and logged where they name somebody."""

from typing import Any

import pytest

from tests.documents.reading_back import text_of
from tests.documents.watching import WatchingSandbox
from tests.routing.country import Country
from tests.routing.test_owed import followed

ADMIN = "admin.kab.bandung"
OFFICER = "petugas.pupr.kab.bandung"
ANSWER = "Lubang di depan pasar sudah kami tambal."


async def answered(country: Country, **changes: Any) -> tuple[int, str]:
    """A report with a follow-up; its number, and the follow-up's id."""
    number = await country.verified(**changes)
    done = {"kind": "follow_up", "outcome": "done", "text": ANSWER}
    await followed(country, OFFICER, number, "follow-ups", done)
    written = (await country.seen(ADMIN, number))["written"]
    return number, next(one["id"] for one in written if one["action"] == "follow_up")


async def paper(country: Country, who: str, path: str, language: str = "id") -> str:
    headers = country.header(who) | {"Accept-Language": language}
    answer = await country.http.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    return text_of(answer.content)


async def printings(country: Country, number: int) -> list[str]:
    history = (await country.seen(ADMIN, number))["history"]
    return [line["actor"]["staff"]["name"] for line in history if line["action"] == "printed"]


async def test_the_internal_paper_says_all_and_that_it_is_internal(country: Country) -> None:
    number, _ = await answered(country)
    text = await paper(country, ADMIN, f"/reports/{number}/document")
    for shown in ("INTERNAL", "Siti Rahmawati", "+6281234567890", ANSWER, "Jalan berlubang"):
        assert shown in text
    assert len(await printings(country, number)) == 1


async def test_the_labels_of_the_internal_paper_are_in_its_reader_s_language(
    country: Country,
) -> None:
    number, answer = await answered(country)
    text = await paper(country, ADMIN, f"/reports/{number}/document", "en")
    for shown in ("not for the public", "Handled by", "Verified", "Follow-up", "Agency admin"):
        assert shown in text, shown
    for indonesian in ("Ditangani", "Terverifikasi", "Tindak Lanjut", "Pelapor", "Riwayat", "WIB)"):
        assert indonesian not in text, indonesian
    assert ANSWER in text and "Jalan berlubang" in text
    letter = await paper(country, ADMIN, f"/reports/{number}/follow-ups/{answer}/letter", "en")
    assert "Kami menanggapi laporan Anda" in letter


async def test_what_was_asked_is_on_the_internal_paper(country: Country) -> None:
    number, _ = await answered(country)
    asked = {"kind": "hold", "reason": "Menunggu aspal."}
    await followed(country, OFFICER, number, "requests", asked)
    text = await paper(country, ADMIN, f"/reports/{number}/document")
    assert "Permintaan Tahan Laporan" in text and "Menunggu aspal." in text


async def test_a_paper_without_a_name_is_not_logged(country: Country) -> None:
    number, answer = await answered(country, anonymous=True)
    text = await paper(country, ADMIN, f"/reports/{number}/document")
    assert "Siti" not in text and "+62812" not in text and "Anonim" in text
    letter = await paper(country, ADMIN, f"/reports/{number}/follow-ups/{answer}/letter")
    assert "Yth. Pelapor" in letter and "Siti" not in letter
    assert await printings(country, number) == []


async def test_a_letter_is_to_the_reporter_by_name_and_names_no_officer(country: Country) -> None:
    number, answer = await answered(country)
    letter = await paper(country, OFFICER, f"/reports/{number}/follow-ups/{answer}/letter")
    assert "Yth. Siti Rahmawati" in letter and ANSWER in letter and f"#{number}" in letter
    assert "Dinas" in letter.partition("Tanggapan atas laporan Anda")[0], "who writes, on top"
    [printed_by] = await printings(country, number)
    assert printed_by not in letter


async def test_a_secret_report_s_letter_is_to_pelapor(country: Country) -> None:
    number, answer = await answered(country, secret=True)
    letter = await paper(country, ADMIN, f"/reports/{number}/follow-ups/{answer}/letter")
    assert "Yth. Pelapor" in letter and "Siti" not in letter and "Rahasia" in letter


@pytest.mark.parametrize("of", ["taken back", "another report"])
async def test_only_a_follow_up_that_stands_becomes_a_letter(country: Country, of: str) -> None:
    number, answer = await answered(country)
    if of == "taken back":
        reason = {"rectifies": answer, "reason": "Salah ruas."}
        await followed(country, OFFICER, number, "rectify", reason)
    else:
        number = await country.verified()
    path = f"/reports/{number}/follow-ups/{answer}/letter"
    assert (await country.get(ADMIN, path)).status_code == 404


async def test_no_connection_is_held_while_a_paper_waits_for_its_turn(country: Country) -> None:
    number, answer = await answered(country)
    state = country.app.state
    own, state.papers = state.papers, WatchingSandbox(state.database.engine)
    try:
        await paper(country, ADMIN, f"/reports/{number}/document")
        await paper(country, ADMIN, f"/reports/{number}/follow-ups/{answer}/letter")
        assert state.papers.held == [False, False]
    finally:
        state.papers = own
    assert own is not state.sandbox, "files are taken in meanwhile"


async def test_nobody_prints_without_limit(country: Country) -> None:
    path = f"/reports/{await country.report('kemenkes')}/document"
    answers = [(await country.get(OFFICER, path)).status_code for _ in range(40)]
    assert set(answers) == {404, 429}
