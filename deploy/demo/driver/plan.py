"""The steps that bring a demo report to its outcome. Pure."""

import random
from collections.abc import Iterator
from itertools import cycle

from deploy.demo.mix import MIX
from deploy.demo.reports import DemoReport, generate
from shared.lifecycle.statuses import CLOSED, Status


def plan_reports(rng: random.Random, count: int) -> list[DemoReport]:
    """This many reports in the shares of the mix, but the first of them by every channel and with
    every outcome once, so that a short demo shows them all."""
    channels = sorted(MIX.channel, key=lambda channel: -MIX.channel[channel])
    varied = list(zip(channels, cycle(MIX.outcome), strict=False))[:count]
    first = [generate(rng, channel, outcome) for channel, outcome in varied]
    return first + [generate(rng) for _ in range(count - len(first))]


def plan_steps(report: DemoReport) -> tuple[str, ...]:
    """Everything that is done to the report once it is in: see `Life`."""
    return tuple(_steps(report))


def _steps(report: DemoReport) -> Iterator[str]:
    if "thrown" in report.detours:
        yield "throw"
    match report.outcome:
        case Status.UNVERIFIED:
            return
        case Status.ARCHIVED_BY_ADMIN:
            yield "archive"
        case Status.ARCHIVED_BY_REPORTER:
            yield "withdraw"
        case Status.AWAITING_INFORMATION:
            yield "request_information"
        case Status.INFORMATION_TO_EVALUATE:
            yield from ("request_information", "complete_information")
        case Status.AGENCY_NOT_CONNECTED:
            yield "await_agency"
        case _:
            yield from _verified(report)


def _verified(report: DemoReport) -> Iterator[str]:
    detours = report.detours
    if "information_requested" in detours:
        yield from ("request_information", "complete_information")
    if "not_authority_accepted" in detours:
        yield from ("verify_elsewhere", "not_authority_elsewhere", "verify")
    elif "forwarded" in detours:
        yield from ("verify_elsewhere", "forward")
    else:
        yield "verify"
    if "not_authority_rejected" in detours:
        yield from ("request_not_authority", "reject_not_authority")
    for detour, step in (("copied", "copy"), ("amended", "amend"), ("coordinated", "coordinate")):
        if detour in detours:
            yield step
    if report.outcome is not Status.VERIFIED:
        # On the way to a status in process, nothing but the follow-up happens.
        yield from _followed_up(report, detours if report.outcome in CLOSED else frozenset())


def _followed_up(report: DemoReport, detours: frozenset[str]) -> Iterator[str]:
    if "initial_response" in detours:
        yield "initial_response"
    yield "follow_up"
    if report.outcome is Status.REPLIED_BY_REPORTER:
        yield "reply"
    if "replied" in detours:
        yield from ("reply", "follow_up")
    if "hold_requested" in detours:
        yield from ("request_hold", "accept_request", "release")
    elif "held" in detours:
        yield from ("hold", "release")
    closing = _closing(report)
    yield from closing
    if closing and "reopened" in detours:
        yield from ("reopen", "follow_up", *closing)


def _closing(report: DemoReport) -> tuple[str, ...]:
    """How it is closed; the ten days until the system closes it go on when the demo ends."""
    match report.outcome:
        case Status.CLOSED_BY_REPORTER:
            return ("declare_satisfied",)
        case Status.CLOSED_BY_ADMIN if "close_requested" in report.detours:
            return ("request_close", "accept_request")
        case Status.CLOSED_BY_ADMIN:
            return ("close",)
        case _:
            return ()
