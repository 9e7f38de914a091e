"""*Unduh Grafik*: pages that can be printed. What they look like was looked at by people."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import httpx
import pypdfium2
import pytest
from PIL import Image

from services.reporting.files import charts
from services.reporting.files.columns import Context
from services.reporting.files.job import Format
from services.reporting.files.names import Names
from services.reporting.files.selection import DownloadTab
from services.reporting.files.summary import Summary
from shared.labels import labels
from shared.lifecycle.calendar import WorkingCalendar, Zone
from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY_ADMIN, PUSAT_ADMIN


async def chart(
    reporting: httpx.AsyncClient, header: dict[str, str], format: str, **selection: object
) -> bytes:
    answer = await reporting.post(
        "/downloads", json={"format": format, "selection": selection}, headers=header
    )
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("tab", ["incoming", "disposed", "users"])
async def test_the_picture_fills_an_a4_page_for_print(
    reporting: httpx.AsyncClient, bearer: Bearer, tab: str
) -> None:
    picture = Image.open(BytesIO(await chart(reporting, bearer(PUSAT_ADMIN), "png", tab=tab)))
    assert picture.size == (1654, 2338)
    assert round(picture.info["dpi"][0]) == 200


async def test_a_short_period_is_shown_by_the_day(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    page = await chart(
        reporting,
        bearer(CITY_ADMIN),
        "png",
        tab="incoming",
        submitted_from="2026-02-01",
        submitted_to="2026-02-28",
    )
    assert Image.open(BytesIO(page)).size == (1654, 2338)


async def test_vectors_for_documents(reporting: httpx.AsyncClient, bearer: Bearer) -> None:
    svg = await chart(reporting, bearer(CITY_ADMIN), "svg", tab="disposed")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314
    pdf = await chart(reporting, bearer(CITY_ADMIN), "pdf", tab="disposed")
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")


async def test_no_reports_are_no_error(reporting: httpx.AsyncClient, bearer: Bearer) -> None:
    page = await chart(
        reporting, bearer(CITY_ADMIN), "png", tab="archived", submitted_from="2031-01-01"
    )
    assert Image.open(BytesIO(page)).size == (1654, 2338)


def test_a_page_of_nothing_says_so(tmp_path: Path) -> None:
    known = Names({}, {}, {}, {}, {}, {}, WorkingCalendar(frozenset()))
    empty = Summary(DownloadTab.ARCHIVED, Context(known, Zone.WIB, ""))
    drawn = printed(tmp_path, [("Instansi", "Kota Bandung")], empty)
    assert [words for words, _ in drawn][-1] == "Tidak ada data untuk pilihan ini."


LONG = "Dinas Pekerjaan Umum, Penataan Ruang, Perumahan dan Kawasan Permukiman Kabupaten"


@pytest.mark.parametrize("groups", [1, 2, 30])
def test_no_name_covers_another_however_long_and_many_they_are(groups: int, tmp_path: Path) -> None:
    names = {i: f"{LONG} Ogan Komering Ulu {i}" for i in range(groups)}
    known = Names(names, {}, names, {}, {}, {}, WorkingCalendar(frozenset()))
    summary = Summary(DownloadTab.INCOMING, Context(known, Zone.WIB, ""))
    statuses, channels = [*labels("status")], [*labels("channel")]
    for i in range(groups * 12):
        at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=7 * i)
        summary.add(
            SimpleNamespace(
                handler_id=i % groups,
                category_id=i % groups,
                status=statuses[i % min(groups, 12)],
                channel=channels[i % min(groups, len(channels))],
                classification=None,
                submitted_at=at,
                verified_at=at + timedelta(days=2),
                first_follow_up_at=at + timedelta(days=9),
            )
        )
    block = [("Instansi", names[0]), ("Saringan", "; ".join([LONG] * 3)), ("Data per", "2026")]
    drawn = printed(tmp_path, block, summary)
    assert len(drawn) > 10
    words = [(text, box) for text, box in drawn if re.search("[a-zA-Z]{3}", text)]
    for (one, a), (other, b) in combinations(words, 2):
        height = min(a[3], b[3]) - max(a[1], b[1])
        width = min(a[2], b[2]) - max(a[0], b[0])
        assert height < 1 or width < 1, (one, other)
    shortened = [text for text, _ in drawn if text.startswith("…")]
    ends = {text for text in shortened if text.endswith((" 0", " 1"))}
    assert groups == 1 or len(ends) == 2


@pytest.mark.parametrize(
    ("most", "figures"),
    [
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (99, [0, 20, 40, 60, 80]),
        (1_000, [0, 200, 400, 600, 800, 1_000]),
        (123_456, [0, 50_000, 100_000]),
    ],
)
def test_the_axis_has_round_figures(most: int, figures: list[int]) -> None:
    assert [*charts.axis_figures(most)] == figures


Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


def printed(folder: Path, block: list[tuple[str, str]], summary: Summary) -> list[tuple[str, Box]]:
    """What can be read on the one page of the PDF, piece by piece, and where it stands."""
    charts.draw(folder / "chart.pdf", Format.PDF, "Laporan Ringkas", block, summary)
    with pypdfium2.PdfDocument(folder / "chart.pdf") as pdf:
        assert len(pdf) == 1
        text = pdf[0].get_textpage()
        boxes = [text.get_rect(index) for index in range(text.count_rects())]
        return [(text.get_text_bounded(*box).strip(), box) for box in boxes]
