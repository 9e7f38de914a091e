"""Pictures of a report stand small on the pages of whoever may read them."""

import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from shared.attachments import AttachmentMissing, AttachmentStore, StoredAttachment
from tests.privacy import marked_files
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.sample_pdf import PDF

ADMIN, OFFICER, COPY = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.kemensos"
LOGGED = "SELECT staff_id FROM routing.access_log WHERE number = :n AND kind = 'attachment'"


def picture(colour: str, size: tuple[int, int] = (1600, 900)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


async def _upload(content: bytes) -> AsyncIterator[bytes]:
    yield content


def store_of(country: Country) -> AttachmentStore:
    store: AttachmentStore = country.app.state.attachments
    return store


async def kept(country: Country, content: bytes, name: str) -> StoredAttachment:
    return await store_of(country).put(_upload(content), name)


async def test_a_picture_is_shown_small_and_logged_once_a_day(country: Country) -> None:
    photo = await kept(country, picture("red"), "foto.png")
    letter = await kept(country, PDF, "surat.pdf")
    number = await country.report(attachments=(photo, letter))
    files = (await country.seen(ADMIN, number))["attachments"]
    small = {file["name"]: file["preview"] for file in files}
    assert small["surat.pdf"] is None
    for _ in range(2):
        shown = await country.get(ADMIN, small["foto.png"])
        assert shown.headers["Content-Type"] == "image/jpeg"
        with Image.open(io.BytesIO(shown.content)) as opened:
            assert opened.size == (480, 270)
    assert len(await country.rows(LOGGED, n=number)) == 1
    [other] = (file["href"] for file in files if file["name"] == "surat.pdf")
    assert (await country.get(ADMIN, f"{other}/preview")).status_code == 404


async def test_whoever_may_not_read_the_picture_sees_none(country: Country) -> None:
    photo = await kept(country, picture("blue"), "foto.png")
    number = await country.report(attachments=(photo,))
    [file] = (await country.seen(ADMIN, number))["attachments"]
    assert (await country.get(COPY, file["preview"])).status_code == 404
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})
    assert (await country.seen(COPY, number))["attachments"] == []
    assert (await country.get(COPY, file["preview"])).status_code == 404
    form = country.verification() | {"released_attachments": [file["id"]]}
    await country.done(ADMIN, number, "verify", form)
    assert (await country.get(COPY, file["preview"])).status_code == 200


async def test_of_what_is_sealed_nothing_is_shown(country: Country) -> None:
    sealed = await store_of(country).put_anonymous(_upload(marked_files.xlsx()), "daftar.xlsx")
    number = await country.report(anonymous=True, attachments=(sealed,))
    [file] = (await country.seen(ADMIN, number))["attachments"]
    assert file["preview"] is None
    path = f"/reports/{number}/attachments/{file['id']}/preview"
    assert (await country.get(ADMIN, path)).status_code == 409


async def test_a_preview_goes_with_its_picture_and_follows_what_is_put_in_its_place(
    country: Country,
) -> None:
    store = store_of(country)
    photo = await kept(country, picture("red"), "foto.png")
    before = await store.preview(photo.key, photo.media_type)
    await store.replace(photo.key, picture("green", (30, 60)))
    after = await store.preview(photo.key, photo.media_type)
    assert after != before
    with Image.open(io.BytesIO(after)) as opened:
        assert opened.size == (30, 60), "a small one stays as it is"
    await store.delete(photo.key)
    with pytest.raises(AttachmentMissing):
        await store.preview(photo.key, photo.media_type)


async def test_pictures_stand_beside_the_verification_form_and_on_the_page(
    country: Country,
) -> None:
    photo = await kept(country, picture("red"), "foto.png")
    number = await country.report(attachments=(photo,))
    async with signed_in(country, ADMIN) as panel:
        for path in (f"/panel/laporan/{number}/verify", f"/panel/laporan/{number}"):
            await panel.opens(path)
            [image] = panel.page.xpath("//main//a[@class='picture']/img")
            assert image.get("alt") and image.get("loading") == "lazy"
            assert (image.get("width"), image.get("height")) == ("240", "180")
            answer = await panel.http.get(image.get("src"))
            assert answer.headers["Content-Type"] == "image/jpeg"
            full = await panel.http.get(image.getparent().get("href"))
            assert full.headers["Content-Disposition"].startswith("inline")
