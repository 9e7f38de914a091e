"""`make pictures`: what the guides for officers and admins show, all people in it invented."""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.portal.conftest import Portal
from tests.portal.person import Person
from tests.portal.prepared import ADMIN, OFFICER, Prepared
from tests.portal.screenshots import chromium, demo

REPORTS = "16"
"""Of the demo, one of each channel."""
WIDTH, HEIGHT = 1100, 760
QUALITY = 55
OWED = (
    "Jalan berlubang di depan SD Tugu Muda",
    "Trotoar pecah di Jalan Pandanaran",
    "Lampu penerangan padam di Simpang Lima",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with demo(REPORTS) as portal, chromium() as browser:
        prepared = Prepared(portal)
        owed = [prepared.verified(title) for title in OWED]
        new = [prepared.submitted(title.lower()) for title in OWED]
        prepared.asked("hold", "Talut longsor di Kali Garang")
        for name, person in _pictures(_new(browser, portal), owed, new):
            shot = Image.open(io.BytesIO(person.page.screenshot()))
            shot.save(folder / f"{name}.webp", quality=QUALITY, method=6)


def _new(browser: Browser, portal: Portal) -> Person:
    context = browser.new_context(
        locale="id-ID",
        viewport={"width": WIDTH, "height": HEIGHT},
        reduced_motion="reduce",
    )
    return Person(context.new_page(), portal)


def _pictures(person: Person, owed: list[int], new: list[int]) -> Iterator[tuple[str, Person]]:
    """By name, the page that is open."""
    person.signs_in(ADMIN)
    _keep_a_template(person)
    yield "templat", person
    person.opens("/panel/tugas?jenis=decide")
    yield "permintaan", person
    person.opens(f"/panel/laporan/{new[0]}/verify")
    yield "verifikasi", person
    person.opens("/panel")
    for number in new:
        person.page.get_by_label(f"Pilih laporan {number}").check()
    yield "massal", person
    person.page.context.clear_cookies()
    person.signs_in("admin.pusat")
    person.opens("/panel/statistik")
    yield "statistik", person
    person.page.context.clear_cookies()
    person.signs_in(OFFICER)
    yield "tugas-saya", person
    person.takes_up(owed[0], "Tindak Lanjut")
    person.chooses("Selesai")
    person.picks("Templat jawaban", "Jalan diperbaiki (Pemerintah Kota Semarang)")
    person.presses("Pakai templat")
    person.page.get_by_role("button", name="Kirim", exact=True).scroll_into_view_if_needed()
    yield "tindak-lanjut", person


def _keep_a_template(admin: Person) -> None:
    admin.opens("/panel/templat")
    admin.fills("Nama templat", "Jalan diperbaiki")
    admin.fills("Teks", "Laporan nomor {nomor} tentang {judul} sudah kami tindak lanjuti.")
    admin.presses("Simpan templat")


if __name__ == "__main__":
    main()
