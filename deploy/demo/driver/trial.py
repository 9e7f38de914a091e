"""A trial of process times in seconds: an overdue report and an auto-close within a minute."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from deploy.demo.agencies import is_within
from deploy.demo.driver.stack import PUSAT, Stack
from deploy.demo.reports import DemoReport, generate
from deploy.demo.staff import agency_with_admin
from shared.lifecycle.channels import Channel
from shared.lifecycle.statuses import Status

AGENCY = "kota-semarang"
"""Whose clocks run in seconds while the trial's reports are driven."""
_TIMES = {
    "verification": {"amount": 25, "unit": "seconds"},
    "auto_close": {"amount": 20, "unit": "seconds"},
}
_PATIENCE = 90.0
EXPECTED = ("overdue", "auto_close")
"""What is to happen to each report on trial."""


def trial_reports(rng: random.Random) -> list[DemoReport]:
    """One report to be left unverified, and one to be followed up and left alone."""
    return [_trial_report(rng, one) for one in (Status.UNVERIFIED, Status.CLOSED_BY_SYSTEM)]


def moved_away(report: DemoReport) -> DemoReport:
    """An ordinary report, addressed to nobody if the agency on trial would have to verify it: its
    clocks may not run in seconds."""
    on_trial = report.addressee is not None and is_within(report.addressee, AGENCY)
    return replace(report, addressee=None) if on_trial else report


@asynccontextmanager
async def policy_in_seconds(stack: Stack) -> AsyncIterator[None]:
    """Clocks of the agency that start meanwhile run in seconds, and keep to that. Afterwards its
    policy is as before."""
    token, agency_id = await stack.token(PUSAT), stack.ids.agencies[AGENCY]
    national = await stack.routing.get("/policy", token)
    own = await stack.routing.get("/policy", token, agency_id=agency_id)
    former = _differing(own, national) | {
        "agency_id": agency_id,
        "settlement": _differing(own["settlement"], national["settlement"]),
    }
    former.pop("version", None)
    await stack.routing.put("/policy", former | _TIMES, token)
    try:
        yield
    finally:
        # Also when the demo is stopped now.
        await asyncio.shield(asyncio.ensure_future(stack.routing.put("/policy", former, token)))


async def wait_for_clocks(stack: Stack, numbers: list[int]) -> list[str | None]:
    """When what is expected of each report happened; None where it did not within 90 s."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        times = [await _time_of(stack, *each) for each in zip(numbers, EXPECTED, strict=True)]
        if all(times) or time.monotonic() > deadline:
            return times
        await asyncio.sleep(0.5)


async def _time_of(stack: Stack, number: int, action: str) -> str | None:
    report = await stack.routing.get(f"/reports/{number}", await stack.token(PUSAT))
    return next((line["at"] for line in report["history"] if line["action"] == action), None)


def _trial_report(rng: random.Random, outcome: Status) -> DemoReport:
    while True:
        # Not by SMS: that has no addressee, and another agency would verify it.
        report = generate(rng, Channel.WEBSITE, outcome)
        if is_within(report.destination, AGENCY):
            addressee = agency_with_admin(report.destination)
            return replace(report, addressee=addressee, detours=frozenset())


def _differing(own: dict[str, Any], national: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in own.items() if value != national[name]}
