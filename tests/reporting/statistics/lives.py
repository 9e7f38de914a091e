"""Varied lives of reports, written into the histories, and figures recomputed from these alone."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH,
    HEALTH_ADMIN,
    PAPUA,
    PAPUA_ADMIN,
    PAPUA_UNIT,
    PUSAT_ADMIN,
    ROADS,
    ROADS_OFFICER,
    ROOT,
)

PATHS = {
    ROOT: [ROOT],
    CITY: [ROOT, CITY],
    ROADS: [ROOT, CITY, ROADS],
    HEALTH: [ROOT, CITY, HEALTH],
    PAPUA: [ROOT, PAPUA],
    PAPUA_UNIT: [ROOT, PAPUA, PAPUA_UNIT],
}
ZONES = {agency: 9 if agency in (PAPUA, PAPUA_UNIT) else 7 for agency in PATHS}
TABS = {
    "UNVERIFIED": "unverified",
    "ARCHIVED_BY_ADMIN": "archived",
    "VERIFIED": "awaiting_follow_up",
    "FOLLOWED_UP": "in_process",
    "CLOSED_BY_SYSTEM": "closed",
    "CLOSED_BY_ADMIN": "closed",
    "CLOSED_BY_REPORTER": "closed",
}
VERIFIERS = {CITY: CITY_ADMIN, PAPUA: PAPUA_ADMIN}
RESPONDERS = {ROADS: ROADS_OFFICER, HEALTH: HEALTH_ADMIN, PAPUA_UNIT: PAPUA_ADMIN}


@dataclass
class Life:
    """A report to be written: its row, its lines, its rating."""

    number: int
    at: datetime
    handler: int
    status: str = "UNVERIFIED"
    overdue: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)
    rating: int | None = None
    row: dict[str, Any] = field(default_factory=dict)
    first_handler: int = 0
    held: dict[tuple[int, str], float] = field(default_factory=dict)
    """Hours that a clock ran with an agency, noted as the life goes."""
    late: set[tuple[int, str]] = field(default_factory=set)
    waiting: set[str] = field(default_factory=lambda: {"verification"})

    def __post_init__(self) -> None:
        self.first_handler = self.handler

    def line(
        self, action: str, hours: float, runs: str = "", hand: int | None = None, **more: Any
    ) -> None:
        """After so many hours, in which the clocks of `runs` ran with the present handler."""
        for clock in runs.split():
            key = (self.handler, clock)
            self.held[key] = self.held.get(key, 0) + hours
        details = more.pop("details", {})
        if action == "overdue":
            self.late.add((self.handler, details["clock"]))
        if hand is not None:
            details |= {"from_handler": self.handler, "to_handler": hand}
            self.handler = hand
        last = self.lines[-1]["at"] if self.lines else self.at
        at = last + timedelta(hours=hours)
        line = {"action": action, "at": at, "details": details, "to_status": self.status, **more}
        self.lines.append(line)


def write(connection: psycopg.Connection[Any], life: Life) -> None:
    """Write a report and its history; one that is there is replaced by its further life."""
    version = len(life.lines) + 1
    row = {
        "number": life.number,
        "version": version,
        "status": life.status,
        "tab": TABS[life.status],
        "handler": life.handler,
        "chain": [life.handler],
        "overdue": life.overdue,
        "at": life.at,
        **life.row,
    }
    connection.execute(_REPORT, row)
    connection.execute(_TEXT, row)
    handed = {"to_handler": life.first_handler}
    submitted = {"action": "submit", "at": life.at, "details": handed, "to_status": "UNVERIFIED"}
    lines = [submitted, *life.lines]
    for entry, line in enumerate(lines, 1):
        details = json.dumps(line.get("details", {}))
        values = {"number": life.number, "entry": entry, **line, "details": details}
        values = {"staff_id": None, "agency_id": None, "ref": None, **values}
        connection.execute(_LINE, values)
    if life.rating is not None:
        connection.execute(_RATED, {"number": life.number, "rating": life.rating})


def random_life(number: int, chance: random.Random) -> Life:
    """Somebody's report in 2026, in some state."""
    unit = chance.choice([ROADS, HEALTH, PAPUA_UNIT])
    above = PATHS[unit][1]
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(0, 24 * 300))
    life = Life(number, begin, chance.choice([above, ROOT]))
    life.row = {
        "channel": chance.choice(["website", "android", "sms"]),
        "classification": chance.choice(["information", "complaint_with_oversight", None]),
        "category": chance.choice([1, 2, 3, None]),
        "anonymous": chance.random() < 0.7,
        "secret": chance.random() < 0.4,
        "priority": chance.random() < 0.1,
        "region": chance.choice(["32.73.02.1001", "32.73.05.1002", "32.73", "91.71", None]),
        "tags": chance.choice([[], [1], [1, 2]]),
        "programme": chance.choice([1, None, None]),
    }
    if chance.random() < 0.2:
        life.overdue = chance.random() < 0.5
        return life
    if chance.random() < 0.1:
        life.status, life.waiting = "ARCHIVED_BY_ADMIN", set()
        life.line("archive", 5, runs="verification")
        return life
    if life.handler == ROOT:
        hours = chance.choice([2, 60])
        who = {"staff_id": PUSAT_ADMIN, "agency_id": ROOT}
        life.line("throw", hours, runs="verification", hand=above, **who)
        if chance.random() < 0.2:
            return life
    if chance.random() < 0.2:
        life.line("overdue", 80, runs="verification", details={"clock": "verification"})
    if chance.random() < 0.2:
        who = {"staff_id": CITY_ADMIN, "agency_id": CITY}
        life.line("request_not_authority", 2, runs="verification", **who)
        answer = chance.random() < 0.5
        action = "end_request" if answer else "reject_request"
        life.line(action, 3, details={"request": "not_authority", "accepted": answer})
    if chance.random() < 0.2:
        _deferred(life)
    who = {"staff_id": VERIFIERS[above], "agency_id": above}
    life.status, life.waiting = "VERIFIED", {"follow_up", "settlement"}
    life.line("verify", chance.choice([1, 30, 100.5]), runs="verification", hand=unit, **who)
    owed = "follow_up settlement"
    if chance.random() < 0.3:
        life.line("overdue", 150, runs=owed, details={"clock": "follow_up"})
        life.overdue = True
    if above == CITY and chance.random() < 0.3:
        unit = HEALTH if unit == ROADS else ROADS
        life.line("forward", chance.choice([10, 70]), runs=owed, hand=unit, **who)
    if chance.random() < 0.2:
        return life
    kind = chance.choice(["initial_response", "follow_up"])
    who = {"staff_id": RESPONDERS[unit], "agency_id": unit}
    life.status, life.waiting = "FOLLOWED_UP", {"settlement"}
    details = {"follow_up_kind": kind}
    life.line("follow_up", chance.choice([2, 49]), runs=owed, details=details, **who)
    life.overdue = False
    owed = "settlement"
    if kind == "follow_up":
        owed, life.waiting = "", set()
    if chance.random() < 0.2:
        life.line("hold", 1, runs=owed, details={"refused": "already_held"})
    if chance.random() < 0.2:
        life.line("hold", 1, runs=owed, details={"request": "hold"})
    if chance.random() < 0.5:
        life.status = chance.choice(["CLOSED_BY_SYSTEM", "CLOSED_BY_ADMIN", "CLOSED_BY_REPORTER"])
        life.line("close", 240, runs=owed)
        if life.status == "CLOSED_BY_REPORTER":
            life.rating = chance.randint(1, 5)
    return life


def _deferred(life: Life) -> None:
    """The reporter is asked, and answers: the time between is nobody's."""
    life.status = "AWAITING_INFORMATION"
    life.line("defer", 4, runs="verification")
    life.status = "INFORMATION_TO_EVALUATE"
    life.line("complete_information", 200)


@dataclass
class Recount:
    """Figures from reports and histories alone, by another way than the statistics take."""

    lives: list[Life]

    def of(
        self, agency: int, first: date, last: date, counts: Callable[[Life], bool] = lambda _: True
    ) -> int:
        return sum(counts(life) for life in self.within(agency, first, last))

    def within(self, agency: int, first: date, last: date) -> Iterator[Life]:
        for life in self.lives:
            day = (life.at + timedelta(hours=ZONES[life.handler])).date()
            if agency in PATHS[life.handler] and first <= day <= last:
                yield life

    def took(self, life: Life, since: str, until: str) -> float | None:
        """Days from the first such line to the first such line."""
        times = {"submit": life.at}
        for line in reversed(life.lines):
            times[line["action"]] = line["at"]
        if since not in times or until not in times:
            return None
        return (times[until] - times[since]).total_seconds() / 86_400

    def held(
        self, agency: int, first: date, last: date, clock: str
    ) -> Iterator[tuple[float, bool]]:
        """The days that the clock ran with the agency or below, where it is over there, and
        whether it ran out there; wherever the reports are now."""
        for life in self.lives:
            day = (life.at + timedelta(hours=ZONES[life.handler])).date()
            here = [key for key in life.held if key[1] == clock and agency in PATHS[key[0]]]
            waits = clock in life.waiting and agency in PATHS[life.handler]
            if here and not waits and first <= day <= last:
                yield sum(life.held[key] for key in here) / 24, not life.late.isdisjoint(here)

    def column(self, agency: int, first: date, last: date, name: str) -> Counter[str]:
        lives = self.within(agency, first, last)
        return Counter(str(life.row[name]) for life in lives if life.row[name] is not None)


def done(action: str) -> Callable[[Life], bool]:
    """Ever, refused signals apart."""
    return lambda life: any(
        line["action"] == action and "refused" not in line.get("details", {}) for line in life.lines
    )


_REPORT = """
INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,
    classification, category_id, anonymous, secret, priority, held, overdue, region_code,
    submitted_at, last_step_at, state)
VALUES (%(number)s, %(version)s, %(status)s, %(tab)s, %(handler)s, %(chain)s, %(channel)s,
    %(classification)s, %(category)s, %(anonymous)s, %(secret)s, %(priority)s, false, %(overdue)s,
    %(region)s, %(at)s, %(at)s, '{}')
ON CONFLICT (number) DO UPDATE SET version = excluded.version, status = excluded.status,
    tab = excluded.tab, handler_id = excluded.handler_id, overdue = excluded.overdue
"""
_TEXT = """
INSERT INTO lifecycle.report_text (number, original_title, original_body, tag_ids, programme_id)
VALUES (%(number)s, 'Jalan rusak', 'Rusak sekali', %(tags)s, %(programme)s)
ON CONFLICT DO NOTHING
"""
_LINE = """
INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, staff_id,
    agency_id, to_status, visibility, ref, details)
VALUES (%(number)s, %(entry)s, %(entry)s, %(at)s, %(action)s, 'staff', %(staff_id)s,
    %(agency_id)s, %(to_status)s, 'public', %(ref)s, %(details)s)
ON CONFLICT DO NOTHING
"""
_RATED = """
WITH command AS (
    INSERT INTO lifecycle.command (id, number, action, at, body, done)
    VALUES (gen_random_uuid(), %(number)s, 'declare_satisfied', now(), '{}', true) RETURNING id
), message AS (
    INSERT INTO followup.message (command_id, number, action, words, secret, rating, actor_kind, at)
    SELECT id, %(number)s, 'declare_satisfied', '', false, %(rating)s, 'reporter', now()
    FROM command
)
INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,
    visibility, ref, details)
SELECT %(number)s, (SELECT max(entry) + 1 FROM lifecycle.history WHERE number = %(number)s), 99,
    now(), 'declare_satisfied', 'reporter', 'CLOSED_BY_REPORTER', 'public', id, '{}' FROM command
"""
