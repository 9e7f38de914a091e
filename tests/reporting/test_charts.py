"""*Unduh Grafik*: pages that can be printed. What they look like was looked at by people."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import combinations
from types import SimpleNamespace

import httpx
import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from services.reporting.files import charts
from services.reporting.files.columns import Context
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


def test_a_page_of_nothing_says_so() -> None:
    known = Names({}, {}, {}, {}, {}, {}, WorkingCalendar(frozenset()))
    empty = Summary(DownloadTab.ARCHIVED, Context(known, Zone.WIB, ""))
    drawn = charts.page("Laporan Ringkas – Arsip", [("Instansi", "Kota Bandung")], empty)
    assert drawn.texts[-1].get_text() == "Tidak ada data untuk pilihan ini."


LONG = "Dinas Pekerjaan Umum, Penataan Ruang, Perumahan dan Kawasan Permukiman Kabupaten"


@pytest.mark.parametrize("groups", [1, 2, 30])
def test_no_name_covers_another_however_long_and_many_they_are(groups: int) -> None:
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
    with mpl.rc_context(charts._STYLE):
        figure = charts.page("Laporan Ringkas", block, summary)
        renderer = FigureCanvasAgg(figure).get_renderer()
        drawn = [
            text.get_window_extent(renderer)
            for axes in figure.axes
            for text in [*axes.get_yticklabels(), axes.title]
            if text.get_text() and axes.yaxis.get_visible()
        ]
        drawn += [text.get_window_extent(renderer) for text in figure.texts]
    assert len(drawn) > 10
    for one, other in combinations(drawn, 2):
        shared = one.intersection(one, other)
        assert shared is None or shared.height < 2 or shared.width < 2
    shown = {t.get_text() for axes in figure.axes for t in axes.get_yticklabels()}
    assert groups == 1 or len({name for name in shown if name.endswith((" 0", " 1"))}) == 2
