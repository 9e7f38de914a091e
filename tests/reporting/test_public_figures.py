"""Public figures: public reports only, and nothing that tells of a few."""

from collections import Counter
from typing import Any

import httpx
import psycopg
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.public_figures import answered_closings, suppressed, suppressed_statuses
from shared.lifecycle.statuses import STATUSES_OF, Tab

PUBLIC = [s for t in (Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS, Tab.CLOSED) for s in STATUSES_OF[t]]


async def test_everybody_reads_how_many_public_reports_there_are(
    reporting: httpx.AsyncClient, owner_url: str
) -> None:
    answer = await reporting.get("/figures/public")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    figures = answer.json()
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute(
            "SELECT status, CASE WHEN NOT anonymous THEN channel END,"
            " to_char(submitted_at AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM')"
            " FROM lifecycle.report WHERE NOT secret AND verified_at IS NOT NULL"
        ).fetchall()
    for place, name in enumerate(("status", "channel", "month")):
        wanted: Counter[Any] = Counter(row[place] for row in rows if row[place] is not None)
        assert {g["code"]: g["count"] for g in figures[name]} == dict(wanted)
    assert sum(g["count"] for g in figures["tab"]) == len(rows)
    assert figures["answered"] == []  # nobody has rated
    assert {g["label"] for g in figures["tab"]} == {
        *["Belum Ditindaklanjuti", "Sedang Diproses", "Selesai"]
    }


def test_the_share_of_rated_closings_is_told_by_who_closed_and_of_no_few() -> None:
    """Of the closed, and not where either figure is hidden."""
    system, admin, reporter = "CLOSED_BY_SYSTEM", "CLOSED_BY_ADMIN", "CLOSED_BY_REPORTER"
    rated = {f"answered:{system}": 60, f"answered:{admin}": 20, f"answered:{reporter}": 4}
    closed = {system: 300, admin: None, reporter: 40}
    told = {group.code: (group.count, group.share) for group in answered_closings(rated, closed)}
    assert told == {system: (60, 0.2), admin: (None, None), reporter: (None, None)}
    [group] = answered_closings({f"answered:{admin}": 20}, closed)
    assert (group.count, group.share) == (20, None)
    assert group.label == "Ditutup oleh Admin"


def test_a_small_group_takes_another_with_it() -> None:
    assert suppressed({"sms": 3, "website": 90, "x": 12}) == {
        "sms": None,
        "website": 90,
        "x": None,
    }
    assert suppressed({"sms": 3, "x": 2, "website": 90}) == {"sms": None, "x": None, "website": 90}
    assert suppressed({"sms": 30, "x": 20}) == {"sms": 30, "x": 20}


@given(st.dictionaries(st.sampled_from(PUBLIC), st.integers(1, 30)))
def test_no_small_group_follows_from_the_others(counts: dict[Any, int]) -> None:
    """Whatever the figures: a hidden status cannot be had from its tab and the other statuses,
    nor a hidden tab from its statuses or from the other tabs."""
    tabs, statuses = suppressed_statuses({str(s): n for s, n in counts.items()})
    assert all(n is None or n >= 5 for n in (*tabs.values(), *statuses.values()))
    hidden_tabs = [tab for tab, n in tabs.items() if n is None]
    assert len(hidden_tabs) != 1 or len(tabs) == 1
    for tab in tabs:
        own = [str(s) for s in STATUSES_OF[Tab(tab)] if s in counts]
        hidden = [s for s in own if statuses[s] is None]
        if tabs[tab] is None:
            assert hidden
        else:
            assert len(hidden) != 1
