"""`make screenshots`: every kind of page as a picture, on a phone, a tablet and a desk, light and
dark, in both languages; and sheets of them, to be looked at side by side."""

import argparse
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.portal.conftest import ARGUMENTS, CHROMIUM, Person, Portal, portal_of
from tests.portal.crawling import pages
from tests.portal.prepared import ADMIN, OFFICER, Prepared
from tests.portal.test_one_story import submit
from tests.stack.lapor_up import LAPOR, Stack

WIDTHS = (390, 768, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TALLEST = 2_400
"""Pixels of a picture: what comes further down looks like what is above."""
THUMBNAIL = (320, 480)
ON_A_SHEET = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--only", default="", help="addresses that match this pattern alone")
    parser.add_argument("--reports", default="16", help="how many reports of the demo there are")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with demo(wanted.reports) as portal, chromium() as browser:
        context = browser.new_context(locale="id-ID")
        taken = set[str]()
        for path in _visited(context, portal):
            if re.search(wanted.only, path) and _name(path) not in taken:
                taken.add(_name(path))
                _take(context, portal.address, path, wanted.folder)
    for name in product(("id", "en"), WIDTHS, SCHEMES):
        _sheets(wanted.folder, "-".join(map(str, name)))


@contextmanager
def demo(reports: str) -> Iterator[Portal]:
    """A stack with so many reports of the demo."""
    with tempfile.TemporaryDirectory() as place:
        stack = Stack(Path(place) / "stack")
        stack.start()
        try:
            stack.wait_ready()
            filling = [LAPOR, "demo", "--reports", reports]
            subprocess.run(filling, env=stack.environment, check=True)
            yield portal_of(stack)
        finally:
            stack.end(signal.SIGINT)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def _visited(context: BrowserContext, portal: Portal) -> Iterator[str]:
    """Pages of a citizen with a report of their own, of an agency with late reports, requests and
    conversations, of others that have less, of pusat and of an overseer."""
    person = Person(context.new_page(), portal)
    talked_about = at_work(portal)
    number, _ = submit(person)
    public = pages(person, "/", "/buat-laporan", f"/laporan/{number}", "/lacak", "/daftar")
    # Of the panel a citizen sees the page to sign in, whatever the address: pictured once.
    yield from (path for path in public if not re.match(r"/panel(?!/masuk)", path))
    bulk = f"/panel/massal?jenis=archive&nomor={number}"
    for name in (OFFICER, ADMIN):
        person.signs_in(name)
        tabs = [f"/panel?tab={tab}" for tab in ("awaiting_follow_up", "in_process", "requests")]
        yield from pages(person, "/panel/tugas", *tabs, f"/panel/laporan/{talked_about}")
        context.clear_cookies(name="lapor_panel")
    for name in ("admin.kab.bandung", "koordinator.kab.bandung", "admin.pusat", "pengawas.jabar"):
        context.clear_cookies(name="lapor_panel")
        person.signs_in(name)
        yield from pages(person, "/panel", "/panel?tab=in_process", "/panel?tab=closed", bulk)


def at_work(portal: Portal) -> int:
    """The reports of a city on an ordinary day; one about which people wrote to each other."""
    prepared = Prepared(portal)
    prepared.submitted("Pohon tumbang menutup Jalan Veteran")
    prepared.verified("Lampu penerangan padam di Simpang Lima")
    prepared.late("Trotoar pecah di Jalan Pandanaran")
    prepared.asked("hold", "Talut longsor di Kali Garang")
    return prepared.talked_about("Jalan berlubang di depan SD Tugu Muda")


def _take(context: BrowserContext, address: str, path: str, folder: Path) -> None:
    """The page at every width and in both schemes, and so in both languages."""
    page = context.new_page()
    for language in ("id", "en"):
        context.add_cookies([{"name": "lapor_bahasa", "value": language, "url": address}])
        page.goto(address + path)
        for width, scheme in product(WIDTHS, SCHEMES):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            tall = page.evaluate("document.documentElement.scrollHeight")
            page.screenshot(
                path=folder / f"{_name(path)}-{language}-{width}-{scheme}.jpg",
                type="jpeg",
                quality=60,
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": min(max(tall, 900), TALLEST)},
            )
    context.clear_cookies(name="lapor_bahasa")
    page.close()


def _name(path: str) -> str:
    return (
        re.sub(r"[^a-z0-9]+", "_", re.sub(r"[0-9a-f-]{36}|\d{3,}", "n", path)).strip("_") or "home"
    )


def _sheets(folder: Path, kind: str) -> None:
    pictures = sorted(folder.glob(f"*-{kind}.jpg"))
    across, (width, height) = 6, THUMBNAIL
    for start in range(0, len(pictures), ON_A_SHEET):
        some = pictures[start : start + ON_A_SHEET]
        rows = -(-len(some) // across)
        sheet = Image.new("RGB", (across * width, rows * (height + 20)), "#888")
        for at, path in enumerate(some):
            with Image.open(path) as picture:
                scaled = picture.resize((width - 8, picture.height * (width - 8) // picture.width))
                cut = scaled.crop((0, 0, width - 8, min(scaled.height, height)))
            corner = (at % across * width, at // across * (height + 20))
            ImageDraw.Draw(sheet).text(corner, path.stem.removesuffix(f"-{kind}"), fill="white")
            sheet.paste(cut, (corner[0], corner[1] + 16))
        sheet.save(folder / f"sheet-{kind}-{start // ON_A_SHEET + 1}.png")


if __name__ == "__main__":
    main()
