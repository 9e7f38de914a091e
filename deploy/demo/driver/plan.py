"""What is to happen to a demo report, step by step, and where that leaves it. Pure."""

import dataclasses
import random
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Literal

from deploy.demo.mix import Mix
from deploy.demo.reports import DemoReport, Outcome, generate
from shared.lifecycle.statuses import Status

Step = Literal[
    "ask_for_information",
    "complete_information",
    "await_agency",
    "throw",
    "archive",
    "withdraw",
    "verify_elsewhere",
    "disown_elsewhere",
    "forward",
    "verify",
    "ask_not_authority",
    "reject_not_authority",
    "copy",
    "amend",
    "coordinate",
    "initial_response",
    "follow_up",
    "reply",
    "ask_hold",
    "accept_hold",
    "hold",
    "release",
    "ask_close",
    "accept_close",
    "close",
    "declare_satisfied",
    "reopen",
]

LEAVES_AT: dict[Outcome, Status] = {
    # The ten days after the last follow-up go on when the demo ends.
    "closed_by_system": Status.FOLLOWED_UP,
    "closed_by_admin": Status.CLOSED_BY_ADMIN,
    "closed_by_reporter": Status.CLOSED_BY_REPORTER,
    "archived_by_admin": Status.ARCHIVED_BY_ADMIN,
    "archived_by_reporter": Status.ARCHIVED_BY_REPORTER,
    "awaiting_information": Status.AWAITING_INFORMATION,
    "information_to_evaluate": Status.INFORMATION_TO_EVALUATE,
    "agency_not_connected": Status.AGENCY_NOT_CONNECTED,
    "unverified": Status.UNVERIFIED,
    "verified": Status.VERIFIED,
    "followed_up": Status.FOLLOWED_UP,
    "replied": Status.REPLIED_BY_REPORTER,
}
"""The status in which the driver leaves a report of each outcome."""


def reports(rng: random.Random, mix: Mix, count: int) -> list[DemoReport]:
    """This many reports in the shares of the mix, but the first of them by every channel and
    with every outcome once, so that a short demo shows them all."""
    channels = sorted(mix.channel, key=lambda code: -mix.channel[code])
    outcomes = cycle(mix.outcome)
    varied = [
        dataclasses.replace(mix, channel={channel: 1.0}, outcome={outcome: 1.0})
        for channel, outcome in zip(channels, outcomes, strict=False)
    ]
    first = [generate(rng, one) for one in islice(varied, count)]
    return first + [generate(rng, mix) for _ in range(count - len(first))]


def steps(report: DemoReport) -> tuple[Step, ...]:
    """Everything that is done to the report once it is in."""
    return tuple(_steps(report))


def _steps(report: DemoReport) -> Iterator[Step]:
    detours = report.detours
    if "thrown" in detours:
        yield "throw"
    match report.outcome:
        case "unverified":
            return
        case "archived_by_admin":
            yield "archive"
        case "archived_by_reporter":
            yield "withdraw"
        case "awaiting_information":
            yield "ask_for_information"
        case "information_to_evaluate":
            yield from ("ask_for_information", "complete_information")
        case "agency_not_connected":
            yield "await_agency"
        case _:
            yield from _verified(report)


def _verified(report: DemoReport) -> Iterator[Step]:
    detours = report.detours
    if "information_asked" in detours:
        yield from ("ask_for_information", "complete_information")
    if "not_authority_accepted" in detours:
        yield from ("verify_elsewhere", "disown_elsewhere", "verify")
    elif "forwarded" in detours:
        yield from ("verify_elsewhere", "forward")
    else:
        yield "verify"
    if "not_authority_rejected" in detours:
        yield from ("ask_not_authority", "reject_not_authority")
    if "copied" in detours:
        yield "copy"
    if "amended" in detours:
        yield "amend"
    if "coordinated" in detours:
        yield "coordinate"
    if report.outcome != "verified":
        yield from _in_process(report)


def _in_process(report: DemoReport) -> Iterator[Step]:
    detours = report.detours
    if "initial_response" in detours:
        yield "initial_response"
    yield "follow_up"
    if report.outcome == "replied":
        yield "reply"
        return
    if "replied" in detours:
        yield from ("reply", "follow_up")
    if "hold_asked" in detours:
        yield from ("ask_hold", "accept_hold", "release")
    elif "held_and_released" in detours:
        yield from ("hold", "release")
    closing = _closing(report)
    yield from closing
    if closing and "reopened" in detours:
        yield from ("reopen", "follow_up", *closing)


def _closing(report: DemoReport) -> tuple[Step, ...]:
    match report.outcome:
        case "closed_by_reporter":
            return ("declare_satisfied",)
        case "closed_by_admin":
            asked = "close_asked" in report.detours
            return ("ask_close", "accept_close") if asked else ("close",)
        case _:
            return ()
