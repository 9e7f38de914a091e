"""A trial policy measured in seconds: an overdue and an auto-close within a minute."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from deploy.demo.driver.api import Api
from deploy.demo.driver.staffing import agency_with_admin, stands_in
from deploy.demo.mix import Mix
from deploy.demo.reports import DemoReport, Outcome, generate

AGENCY = "kota-semarang"
"""Whose clocks run in seconds while the trial's reports are driven."""
VERIFICATION_SECONDS = 25
AUTO_CLOSE_SECONDS = 20
PATIENCE = 90.0

_LENGTHS = ("verification", "follow_up", "auto_close", "request", "question")


@dataclass
class Awaited:
    """What a trial waits to see of a report, and when it happened, once it has."""

    number: int
    what: str
    at: str | None = None


def trial_reports(rng: random.Random, mix: Mix) -> list[DemoReport]:
    """One report to be left unverified and one to be followed up and left alone."""
    return [_of_the_agency(rng, mix, "unverified"), _of_the_agency(rng, mix, "closed_by_system")]


def moved(report: DemoReport) -> DemoReport:
    """An ordinary report, addressed to nobody if the agency on trial would be asked to verify it:
    its clocks may not run in seconds."""
    if report.addressee is not None and stands_in(report.addressee, AGENCY):
        return replace(report, addressee=None)
    return report


@asynccontextmanager
async def in_seconds(routing: Api, token: str, agency_id: int) -> AsyncIterator[None]:
    """The agency's clocks started meanwhile run in seconds; afterwards its policy is as before.

    Clocks that run keep the policy they started with.
    """
    national = await routing.get("/policy", token)
    before = await routing.get("/policy", token, agency_id=agency_id)
    trial = {
        **_override(national, before),
        "agency_id": agency_id,
        "verification": {"amount": VERIFICATION_SECONDS, "unit": "seconds"},
        "auto_close": {"amount": AUTO_CLOSE_SECONDS, "unit": "seconds"},
    }
    await routing.put("/policy", trial, token)
    try:
        yield
    finally:
        former = {**_override(national, before), "agency_id": agency_id}
        # Also when the demo is stopped now.
        await asyncio.shield(asyncio.ensure_future(routing.put("/policy", former, token)))


async def wait_for(routing: Api, token: str, overdue: int, closed: int) -> list[Awaited]:
    """Waits until the one report is overdue and the other closed by the system, some 90 s at
    most; what did not happen has no time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    awaited = [Awaited(overdue, "overdue"), Awaited(closed, "auto_close")]
    while loop.time() < deadline:
        for one in awaited:
            report = await routing.get(f"/reports/{one.number}", token)
            happened = [line["at"] for line in report["history"] if line["action"] == one.what]
            one.at = happened[0] if happened else None
        if all(one.at for one in awaited):
            break
        await asyncio.sleep(0.5)
    return awaited


def _of_the_agency(rng: random.Random, mix: Mix, outcome: Outcome) -> DemoReport:
    # Not by SMS: that has no addressee, and would be verified elsewhere.
    mix = replace(mix, channel={"website": 1.0}, outcome={outcome: 1.0})
    while True:
        report = generate(rng, mix)
        if stands_in(report.destination, AGENCY):
            addressee = agency_with_admin(report.destination)
            return replace(report, addressee=addressee, detours=frozenset())


def _override(national: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """What the agency has that is not the nation's."""
    found = {name: own[name] for name in _LENGTHS if own[name] != national[name]}
    settlement = {
        code: length
        for code, length in own["settlement"].items()
        if length != national["settlement"][code]
    }
    return {**found, **({"settlement": settlement} if settlement else {})}
