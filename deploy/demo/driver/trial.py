"""A trial of process times in seconds: an overdue report and an auto-close within a minute."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from rich.console import Console

from deploy.demo.country import agency_with_admin, is_within
from deploy.demo.driver.stack import PUSAT, Stack
from deploy.demo.reports import DemoReport, generate
from shared.lifecycle.channels import Channel
from shared.lifecycle.statuses import Status

AGENCY = "kota-semarang"
"""The agency whose clocks run in seconds while the trial's reports are driven."""
_TIMES = {
    "verification": {"amount": 25, "unit": "seconds"},
    "auto_close": {"amount": 20, "unit": "seconds"},
}
_PATIENCE = 90.0


def trial_reports(rng: random.Random) -> list[DemoReport]:
    """Return one report to be left unverified, and one to be followed up and then left alone."""
    return [_trial_report(rng, status) for status in (Status.UNVERIFIED, Status.CLOSED_BY_SYSTEM)]


def moved_away(report: DemoReport) -> DemoReport:
    """Return an ordinary report. Its addressee is removed if the agency on trial would have to
    verify it, because its clocks must not run in seconds."""
    on_trial = report.addressee is not None and is_within(report.addressee, AGENCY)
    return replace(report, addressee=None) if on_trial else report


@asynccontextmanager
async def policy_in_seconds(stack: Stack) -> AsyncIterator[None]:
    """Let the agency's clocks that start during the block run in seconds; they continue so.
    Afterwards its policy is as before."""
    token, agency_id = await stack.token(PUSAT), stack.ids.agencies[AGENCY]
    national = await stack.routing.get("/policy", token)
    own = await stack.routing.get("/policy", token, agency_id=agency_id)
    former = _differing(own, national) | {
        "agency_id": agency_id,
        "settlement": _differing(own["settlement"], national["settlement"]),
    }
    former.pop("version", None)

    async def put(policy: dict[str, Any]) -> None:
        await stack.routing.call("PUT", "/policy", token=token, json=policy)

    await put(former | _TIMES)
    try:
        yield
    finally:
        await asyncio.shield(asyncio.ensure_future(put(former)))  # also if it is stopped now


async def watch(stack: Stack, console: Console, numbers: Sequence[int]) -> bool:
    """Print when the first report became overdue and the second was closed by the system; return
    whether both happened within 90 s."""
    deadline, as_expected = time.monotonic() + _PATIENCE, True
    for number, action in zip(numbers, ("overdue", "auto_close"), strict=True):
        while (at := await _time_of(stack, number, action)) is None:
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.5)
        seen = f"{action} at {at}" if at else f"not {action} in time"
        console.print(f"Trial: report {number} {seen}")
        as_expected &= at is not None
    return as_expected


async def _time_of(stack: Stack, number: int, action: str) -> str | None:
    report = await stack.routing.get(f"/reports/{number}", await stack.token(PUSAT))
    return next((entry["at"] for entry in report["history"] if entry["action"] == action), None)


def _trial_report(rng: random.Random, outcome: Status) -> DemoReport:
    while True:
        # Not by SMS: that has no addressee, and another agency would verify it.
        report = generate(rng, Channel.WEBSITE, outcome)
        if is_within(report.destination, AGENCY):
            addressee = agency_with_admin(report.destination)
            return replace(report, addressee=addressee, detours=frozenset())


def _differing(own: dict[str, Any], national: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in own.items() if value != national[name]}
