"""An agency's letterhead stands on its letters."""

import io

import pypdfium2
from PIL import Image

from tests.documents.reading_back import text_of
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_owed import followed
from tests.sample_pdf import PDF

ADMIN = "admin.kab.bandung"
OFFICER = "petugas.pupr.kab.bandung"


def logo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (200, 200), "navy").save(picture, "PNG")
    return picture.getvalue()


async def test_an_admin_keeps_it_in_the_panel_and_letters_have_it(country: Country) -> None:
    async with signed_in(country, ADMIN) as panel:
        await panel.opens("/panel/kop-surat")
        address = "Jalan Raya Soreang Km 17"
        assert await panel.sends("/panel/kop-surat", address=address) == 200
        assert "Kop surat disimpan" in panel.reads
    header = country.header(ADMIN)
    form = {"name": "Pemkab Bandung", "address": address}
    files = {"logo": ("logo.png", logo(), "image/png")}
    kept = await country.http.put("/letterhead", headers=header, data=form, files=files)
    assert kept.json() == form | {"logo": True}, kept.text

    number = await country.verified()
    done = {"kind": "follow_up", "outcome": "done", "text": "Selesai."}
    await followed(country, ADMIN, number, "follow-ups", done)
    written = (await country.seen(ADMIN, number))["written"]
    answer = next(one["id"] for one in written if one["action"] == "follow_up")
    letter = await country.get(ADMIN, f"/reports/{number}/follow-ups/{answer}/letter")
    text = text_of(letter.content)
    assert "Pemkab Bandung" in text and address in text
    [page] = pypdfium2.PdfDocument(letter.content)
    assert len(list(page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) == 1

    gone = await country.http.put(
        "/letterhead", headers=header, data=form | {"without_logo": "true"}
    )
    assert gone.json()["logo"] is False


async def test_a_logo_is_a_picture_and_officers_keep_none(country: Country) -> None:
    form = {"name": "Pemkab"}
    files = {"logo": ("logo.txt", b"halo", "text/plain")}
    of_no_kind = await country.http.put(
        "/letterhead", headers=country.header(ADMIN), data={"name": "Dinas"}, files=files
    )
    assert of_no_kind.json()["errors"][0]["code"] == "logo_not_taken"
    files = {"logo": ("logo.png", PDF, "image/png")}
    header = country.header(ADMIN)
    refused = await country.http.put("/letterhead", headers=header, data=form, files=files)
    assert refused.status_code == 422 and "PNG atau JPEG" in refused.text
    header = country.header(OFFICER)
    assert (await country.http.put("/letterhead", headers=header, data=form)).status_code == 403


async def test_the_head_of_a_letter_is_words_that_one_sees(country: Country) -> None:
    header = country.header(ADMIN)
    form = {"name": "\u202ePem\x00kab", "address": "Jalan Raya\u200b\nSoreang "}
    kept = await country.http.put("/letterhead", headers=header, data=form)
    assert kept.json() == {"name": "Pemkab", "address": "Jalan Raya\nSoreang", "logo": False}
    for nothing in ("", " ", "\u200b"):
        refused = await country.http.put("/letterhead", headers=header, data={"name": nothing})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "name"
