"""Every figure is what the histories say, and opens the list of just these reports."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest

from services.reporting.statistics.marks import OF_MANY_ALONE, kind_of
from services.reporting.statistics.rebuild import rebuild
from shared.database.engine import Database
from tests.conftest import UrlOf
from tests.reporting.conftest import Bearer
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH,
    PAPUA,
    PUSAT_ADMIN,
    ROADS,
    ROADS_OFFICER,
    ROOT,
)
from tests.reporting.statistics.conftest import LIVES, nothing
from tests.reporting.statistics.lives import TABS, Life, Recount, done

PERIODS = [
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2026, 2, 10), date(2026, 7, 4)),
    (date(2026, 3, 3), date(2026, 3, 29)),
]
AGENCIES = [ROOT, CITY, ROADS, PAPUA]
Scope = tuple[int, date, date]
SCOPES: list[Scope] = [(agency, *period) for agency in AGENCIES for period in PERIODS]


@pytest.fixture(scope="module")
async def counted(lives: list[Life], module_database: UrlOf) -> Recount:
    """Counted once for all tests of this file, which only read."""
    database = Database(module_database("lapor_reporting"))
    assert await rebuild(database, nothing) == LIVES
    await database.dispose()
    return Recount(lives)


class Asking:
    """Pusat reads the statistics of an agency and a period."""

    def __init__(self, reporting: httpx.AsyncClient, bearer: Bearer, scope: Scope) -> None:
        agency, first, last = scope
        self._reporting, self._headers = reporting, bearer(PUSAT_ADMIN)
        self._scope: dict[str, str | int] = {
            "agency": agency,
            "from": first.isoformat(),
            "to": last.isoformat(),
        }

    async def answer(self, page: str, **more: Any) -> httpx.Response:
        return await self._reporting.get(
            f"/statistics/{page}", params={**self._scope, **more}, headers=self._headers
        )

    async def get(self, page: str, **more: Any) -> Any:
        answer = await self.answer(page, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, *marks: str, **more: Any) -> list[int]:
        """The numbers of all pages of a figure's list."""
        numbers: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get("reports", mark=list(marks), limit=40, **cursor, **more)
            numbers += [item["number"] for item in page["items"]]
            if page["next"] is None:
                return numbers
            cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("scope", SCOPES, ids=str)
async def test_management_is_what_the_histories_say(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer, scope: Scope
) -> None:
    figures = await Asking(reporting, bearer, scope).get("management")

    assert figures["received"]["count"] == counted.of(*scope)
    for figure in figures["statuses"]:
        status = figure["mark"].removeprefix("status:")
        assert figure["count"] == counted.of(*scope, _in_status(status)), status
    for figure in figures["tabs"]:
        tab = figure["mark"].removeprefix("tab:")
        assert figure["count"] == counted.of(*scope, _in_tab(tab)), tab
    assert figures["overdue"]["count"] == counted.of(*scope, lambda x: x.overdue)
    events = {figure["mark"]: figure["count"] for figure in figures["events"]}
    assert events["not_authority_asked"] == counted.of(*scope, done("request_not_authority"))
    assert events["not_authority_accepted"] == counted.of(*scope, done("end_request"))
    assert events["not_authority_rejected"] == counted.of(*scope, done("reject_request"))
    assert events["held"] == counted.of(*scope, done("hold")), "no refused signals"
    ratings = [life.rating for life in counted.within(*scope) if life.rating]
    assert figures["satisfaction"]["rated"]["count"] == len(ratings)
    told = [figure["count"] for figure in figures["satisfaction"]["ratings"]]
    if scope[1:] != PERIODS[0]:  # cuts through months
        assert (figures["satisfaction"]["average"], told) == (None, [])
    else:
        assert sum(told) == figures["satisfaction"]["told"] <= len(ratings)
        assert len(ratings) - sum(told) < 10  # the last months have too few together
        assert all(n <= ratings.count(value) for value, n in enumerate(told, 1))
    closings = {one["status"]: one for one in figures["satisfaction"]["closings"]}
    assert closings["CLOSED_BY_REPORTER"]["answered"] == len(ratings)
    assert closings["CLOSED_BY_SYSTEM"]["answered"] == 0
    by_system = counted.of(*scope, _in_status("CLOSED_BY_SYSTEM"))
    assert figures["closed_unanswered"]["count"] == by_system
    if told:
        points = sum(value * n for value, n in enumerate(told, 1))
        assert figures["satisfaction"]["average"] == pytest.approx(points / sum(told), abs=0.01)
    assert sum(point["received"] for point in figures["trend"]) == figures["received"]["count"]
    assert sum(point["overdue"] for point in figures["trend"]) == figures["overdue"]["count"]


@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.parametrize(
    ("name", "since", "until"),
    [("verification", "submit", "verify"), ("follow_up", "verify", "follow_up")],
)
async def test_total_times_are_what_the_histories_say(
    counted: Recount,
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    scope: Scope,
    name: str,
    since: str,
    until: str,
) -> None:
    duration = (await Asking(reporting, bearer, scope).get("management"))["totals"][name]
    measured = [(x, counted.took(x, since, until)) for x in counted.within(*scope)]
    took = sorted(math.ceil(days * 10) / 10 for _, days in measured if days is not None)

    assert duration["measured"]["count"] == len(took)
    if took:
        assert duration["median_days"] == took[math.ceil(0.5 * len(took)) - 1]
        assert duration["p90_days"] == took[math.ceil(0.9 * len(took)) - 1]
    else:
        assert duration["median_days"] is None


@pytest.mark.parametrize("scope", [*SCOPES, (HEALTH, *PERIODS[0])], ids=str)
@pytest.mark.parametrize("clock", ["verification", "follow_up", "settlement"])
async def test_a_clock_s_time_is_of_the_agency_that_held_it(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer, scope: Scope, clock: str
) -> None:
    asking = Asking(reporting, bearer, scope)
    duration = (await asking.get("management"))["durations"][clock]
    held = list(counted.held(*scope, clock))
    took = sorted(math.ceil(round(days * 10, 6)) / 10 for days, _ in held)

    assert duration["measured"]["count"] == len(took)
    assert duration["within"]["count"] == sum(not late for _, late in held)
    if took:
        assert duration["median_days"] == took[math.ceil(0.5 * len(took)) - 1]
        assert duration["p90_days"] == took[math.ceil(0.9 * len(took)) - 1]


async def test_an_agency_that_handed_on_in_time_is_not_late_for_whom_it_handed_to(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    handed = [
        life
        for life in counted.lives
        if life.first_handler == ROOT and (CITY, "verification") in life.late
    ]
    asking = Asking(reporting, bearer, (ROOT, *PERIODS[0]))
    late_below = await asking.listed("verification_measured", agency=CITY)
    in_time_below = await asking.listed("verification_within", agency=CITY)
    numbers = {life.number for life in handed}
    assert numbers
    assert numbers <= set(late_below) - set(in_time_below)
    figures = (await asking.get("management"))["durations"]["verification"]
    assert figures["measured"]["count"] > figures["within"]["count"]


async def test_hand_overs_are_counted(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    scope = (ROOT, *PERIODS[0])
    figures = (await Asking(reporting, bearer, scope).get("management"))["hand_overs"]
    times = Counter(
        sum("from_handler" in line["details"] for line in life.lines)
        for life in counted.within(*scope)
    )
    assert [figure["count"] for figure in figures] == [times[n] for n in range(5)]
    assert times[3] > 0


async def test_who_handed_a_report_on_does_not_read_on_in_the_list_of_its_time(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    """Roads held it, Health has it now: in the figure of Roads, which lists what Roads may read."""
    params = {
        "from": "2026-01-01",
        "to": "2026-12-31",
        "mark": "follow_up_measured",
        "limit": "100",
    }
    path, headers = "/statistics/reports", bearer(ROADS_OFFICER)
    answer = await reporting.get(path, params=params, headers=headers)
    listed = {item["number"] for item in answer.json()["items"]}
    passed = {
        life.number
        for life in counted.lives
        if (ROADS, "follow_up") in life.held and life.handler == HEALTH
    }
    figures = await Asking(reporting, bearer, (ROADS, *PERIODS[0])).get("management")
    assert passed
    assert listed.isdisjoint(passed)
    assert figures["durations"]["follow_up"]["measured"]["count"] == len(listed | passed)


async def test_the_list_tells_all_below_pusat_the_hour_in_which_a_report_came(
    counted: Recount,
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    owner: psycopg.Connection[Any],
) -> None:
    shift = "UPDATE lifecycle.report SET submitted_at = submitted_at {} '17 s'::interval"
    minutes: dict[int, set[str]] = {}
    owner.execute(shift.format("+").encode())
    try:
        for who in (ROADS_OFFICER, CITY_ADMIN, PUSAT_ADMIN):
            params = {"from": "2026-01-01", "to": "2026-12-31", "limit": "100"}
            path, headers = "/statistics/reports", bearer(who)
            listed = (await reporting.get(path, params=params, headers=headers)).json()["items"]
            minutes[who] = {item["submitted_at"][14:19] for item in listed}
    finally:
        owner.execute(shift.format("-").encode())
    # Of the anonymous in a list the hour to pusat too.
    assert minutes[PUSAT_ADMIN] == {"00:00", "00:17"}
    assert minutes[ROADS_OFFICER] == minutes[CITY_ADMIN] == {"00:00"}


@pytest.mark.parametrize("scope", SCOPES, ids=str)
async def test_usage_is_what_the_reports_say(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer, scope: Scope
) -> None:
    asking = Asking(reporting, bearer, scope)
    figures = await asking.get("usage")

    assert figures["total"] == counted.of(*scope)
    for page, kind, column in (
        ("channels", "channel", "channel"),
        ("classifications", "classification", "classification"),
        ("categories", "category", "category"),
        ("programmes", "programme", "programme"),
    ):
        groups = {figure["mark"]: figure["count"] for figure in figures[page] if figure["count"]}
        groups.pop(f"{kind}:none", None)
        wanted = counted.column(*scope, column)
        assert groups == {f"{kind}:{code}": count for code, count in wanted.items()}
    assert sum(hour["count"] for hour in figures["hours"]) == figures["total"]
    assert sum(day["count"] for day in figures["weekdays"]) == figures["total"]
    for flag in figures["flags"]:
        name = flag["mark"].removeprefix("flag:")
        assert flag["count"] == counted.of(*scope, _marked(name))
    for within, length in ((None, 2), ("32", 5), ("32.73", 8), ("32.73.02", 13)):
        places = await asking.get("places", **({"within": within} if within else {}))
        regions = [x.row["region"] for x in counted.within(*scope)]
        begin = f"{within}." if within else ""
        wanted_places = {
            code[:length]
            for code in regions
            if code and code.startswith(begin) and len(code) >= length
        }
        known = [place for place in places["items"] if place["mark"] != "place:none"]
        assert {place["mark"] for place in known} == {f"place:{code}" for code in wanted_places}
        for place in known:
            code = place["mark"].removeprefix("place:")
            assert place["count"] == sum(
                region is not None and (region == code or region.startswith(f"{code}."))
                for region in regions
            )


def _in_status(status: str) -> Callable[[Life], bool]:
    return lambda life: life.status == status


def _in_tab(tab: str) -> Callable[[Life], bool]:
    return lambda life: TABS[life.status] == tab


def _marked(flag: str) -> Callable[[Life], bool]:
    return lambda life: bool(life.row[flag])


def figures_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Every figure in an answer, however deep."""
    if isinstance(answer, dict):
        if "mark" in answer:
            yield answer
        for value in answer.values():
            yield from figures_in(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from figures_in(value)


@pytest.mark.parametrize("scope", [SCOPES[0], SCOPES[4], SCOPES[8]], ids=str)
@pytest.mark.parametrize("page", ["management", "usage", "places", "staff"])
async def test_every_figure_opens_the_list_of_its_reports_but_those_of_ratings(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer, scope: Scope, page: str
) -> None:
    asking = Asking(reporting, bearer, scope)
    figures = await asking.get(page)
    if page == "staff":
        figures = [[row["verified"], row["followed_up"]] for row in figures["items"]]
    for figure in figures_in(figures):
        if kind_of(figure["mark"]) in OF_MANY_ALONE:
            assert (await asking.answer("reports", mark=figure["mark"])).status_code == 422
            continue
        numbers = await asking.listed(figure["mark"])
        assert len(numbers) == figure["count"], figure
        assert numbers == sorted(set(numbers), reverse=True)


async def test_agencies_below_are_ranked(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    scope = (ROOT, *PERIODS[0])
    asking = Asking(reporting, bearer, scope)
    ranking = await asking.get("agencies")

    ranked = [(row["agency_id"], row["received"]["count"]) for row in ranking["items"]]
    wanted = [(agency, counted.of(agency, *PERIODS[0])) for agency in (CITY, PAPUA)]
    assert ranked == sorted(wanted, key=lambda row: -row[1])
    for row in ranking["items"]:
        numbers = await asking.listed("received", agency=row["agency_id"])
        assert len(numbers) == row["received"]["count"]


def did_follow_up(life: Life, staff_id: int) -> bool:
    return any(x["action"] == "follow_up" and x["staff_id"] == staff_id for x in life.lines)


async def test_a_person_s_figures_are_of_what_they_did_for_the_agency(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    period = PERIODS[0]
    asking = Asking(reporting, bearer, (ROADS, *period))
    [officer] = (await asking.get("staff"))["items"]

    answered = [x for x in counted.lives if did_follow_up(x, ROADS_OFFICER)]
    assert officer["staff_id"] == ROADS_OFFICER
    assert officer["followed_up"]["count"] == len(answered) > 0
    assert officer["follow_up"]["within"]["count"] == sum(
        (ROADS, "follow_up") not in x.late for x in answered
    )
    marks = officer["followed_up"]["mark"], "follow_up_within"
    assert len(await asking.listed(*marks)) == officer["follow_up"]["within"]["count"]


async def test_what_rises_is_told_by_the_period_before(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    asking = Asking(reporting, bearer, (ROOT, date(2026, 4, 1), date(2026, 6, 30)))
    figures = await asking.get("usage")
    before = (date(2026, 1, 1), date(2026, 3, 31))

    assert figures["total_before"] == counted.of(ROOT, *before)
    for figure in figures["categories"]:
        code = figure["mark"].removeprefix("category:")
        if code != "none":
            assert figure["before"] == counted.column(ROOT, *before, "category")[code]
    growth = figures["total"] / figures["total_before"]
    assert figures["rising"]
    assert all(figure["count"] > figure["before"] * growth for figure in figures["rising"])


async def test_nobody_reads_of_agencies_beside_or_above(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    for page in ("management", "usage", "places", "agencies", "staff", "reports"):
        for who, agency, wanted in (
            (CITY_ADMIN, PAPUA, 404),
            (CITY_ADMIN, ROOT, 404),
            (ROADS_OFFICER, CITY, 404),
            (CITY_ADMIN, ROADS, 200),
        ):
            answer = await reporting.get(
                f"/statistics/{page}", params={"agency": agency}, headers=bearer(who)
            )
            assert answer.status_code == wanted, (page, who, agency)


async def test_an_overseer_is_told_no_more_of_a_place_and_a_channel_than_a_copy_tells(
    counted: Recount,
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    owner: psycopg.Connection[Any],
) -> None:
    owner.execute(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (16, 'irban', 'Inspektur', 'overseer', 2, 'x', true, 1)"
    )

    async def asked(who: int, page: str, **more: str) -> httpx.Response:
        return await reporting.get(f"/statistics/{page}", params=more, headers=bearer(who))

    village = {"within": "32.73.02"}
    assert (await asked(CITY_ADMIN, "places", **village)).json()["items"]
    refused = await asked(16, "places", **village)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "within"
    assert (await asked(16, "places", within="32.73")).json()["items"]
    whole, told = [(await asked(who, "usage")).json() for who in (CITY_ADMIN, 16)]
    assert whole["channels"]
    assert told == {**whole, "channels": []}


async def test_a_period_that_makes_no_sense_is_refused(
    counted: Recount, reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    for first, last, code in (
        ("2026-02-02", "2026-02-01", "period_backwards"),
        ("2001-01-01", "2026-01-01", "period_invalid"),
        ("1999-12-31", "2000-01-01", "period_invalid"),
    ):
        answer = await reporting.get(
            "/statistics/usage", params={"from": first, "to": last}, headers=bearer(CITY_ADMIN)
        )
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == code
