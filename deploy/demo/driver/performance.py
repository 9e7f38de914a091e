"""The whole of `lapor demo`: what is played, in which order, and what is shown at the end."""

import asyncio
import random
import signal
from datetime import UTC, datetime, timedelta

from rich.console import Console

from deploy.demo.driver import plan, trial
from deploy.demo.driver.drive import Driven, drive
from deploy.demo.driver.final_statuses import FinalStatuses, read_final_statuses
from deploy.demo.driver.screen import Bar, show_failures
from deploy.demo.driver.stack_access import StackAccess, open_stack
from deploy.demo.driver.staffing import PUSAT
from deploy.demo.mix import load_mix


async def perform(console: Console, count: int, with_trial: bool, seed: int) -> bool:
    """Drives the reports and shows where they are. Whether all went as it was to go.

    SIGTERM cancels it as Ctrl-C does, so that a trial's policy does not stay. Ctrl-C is heard also
    where a shell started it in the background, with that signal ignored.
    """
    myself = asyncio.current_task()
    assert myself is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, myself.cancel)
    async with open_stack() as access:
        if myself.cancelling():  # see `end_all`
            raise asyncio.CancelledError
        since = datetime.now(UTC) - timedelta(minutes=1)
        driven = Driven()
        try:
            shown = await _drive(access, console, count, with_trial, random.Random(seed), driven)
        finally:
            show_failures(console, driven.failures)
        statuses = await _final_statuses(access, driven, since)
        statuses.show(console)
        return shown and not driven.failures and statuses.total == len(driven.numbers)


async def _drive(
    access: StackAccess,
    console: Console,
    count: int,
    with_trial: bool,
    rng: random.Random,
    driven: Driven,
) -> bool:
    """Whether what a trial is to show was seen; without one, true."""
    on_trial = trial.trial_reports(rng, load_mix()) if with_trial else []
    ordinary = plan.reports(rng, load_mix(), count)
    if with_trial:
        ordinary = [trial.moved(report) for report in ordinary]
    with Bar(console, len(on_trial) + len(ordinary)) as bar:
        if with_trial:
            token = await access.sign_ins.token(PUSAT)
            agency_id = access.directory.agencies[trial.AGENCY]
            async with trial.in_seconds(access.routing, token, agency_id):
                await drive(access, on_trial, bar, driven)
        await drive(access, ordinary, bar, driven)
    if not with_trial or len(on_trial) > len(driven.numbers.keys() & set(range(len(on_trial)))):
        return not with_trial
    overdue, closed = (driven.numbers[index] for index in range(len(on_trial)))
    return await _watch(access, console, overdue, closed)


async def _watch(access: StackAccess, console: Console, overdue: int, closed: int) -> bool:
    token = await access.sign_ins.token(PUSAT)
    with console.status("Waiting for the trial's clocks …"):
        awaited = await trial.wait_for(access.routing, token, overdue, closed)
    for one in awaited:
        seen = f"{one.what} at {one.at}" if one.at else f"not {one.what} in time"
        console.print(f"Trial: report {one.number} {seen}")
    return all(one.at for one in awaited)


async def _final_statuses(access: StackAccess, driven: Driven, since: datetime) -> FinalStatuses:
    token = await access.sign_ins.token(PUSAT)
    numbers = set(driven.numbers.values())
    return await read_final_statuses(access.routing, token, numbers, since.isoformat())
