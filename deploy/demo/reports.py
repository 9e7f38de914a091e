"""One demo report: what a citizen submits, and what happens to it, step by step."""

import random
from dataclasses import dataclass
from itertools import cycle

from deploy.demo.country import AGENCIES, BY_CODE, LEAVES, PROGRAMMES, ROOT
from deploy.demo.mix import MIX, assignments, draw, draw_length
from deploy.demo.writing import (
    TITLE_LIMIT,
    DemoReporter,
    Writer,
    invent_reporter,
    make_awkward,
    pick_village,
    roughen,
)
from shared.lifecycle.actions import Classification
from shared.lifecycle.channels import Channel
from shared.lifecycle.statuses import CLOSED, WITH_AGENCY, Status
from shared.values.text import BODY_LIMIT

_NOT_CONNECTED = tuple(agency.code for agency in AGENCIES if not agency.connected)


@dataclass(frozen=True, slots=True)
class DemoReport:
    """Agencies and categories are named by code, the region by Kemendagri code.

    `title`, `body`, `classification` (one of the public's three) and `category` are as sent, the
    `verified_…` fields as the verifier sets them. `addressee` is whom the reporter names,
    `destination` the agency that will handle the report in `village`, and `awaited_agency` the one
    not connected yet that an AGENCY_NOT_CONNECTED report waits for. `happened_days_ago` counts
    back from submission. `detours` is what happens on the way to the outcome.
    """

    channel: Channel
    title: str
    body: str
    classification: str
    category: str | None
    anonymous: bool
    secret: bool
    priority: bool
    happened_days_ago: int | None
    region_code: str | None
    place: str | None
    addressee: str | None
    reporter: DemoReporter
    outcome: Status
    detours: frozenset[str]
    destination: str
    village: str
    awaited_agency: str | None
    verified_title: str
    verified_body: str
    verified_classification: Classification
    verified_category: str
    tags: tuple[str, ...]
    programme: str | None

    def writer(self, rng: random.Random) -> Writer:
        """Return a writer of further texts about the report."""
        return Writer(rng, self.verified_category, self.village, self.destination)


def generate(
    rng: random.Random, channel: Channel | None = None, outcome: Status | None = None
) -> DemoReport:
    """Return the next report of this generator: the same seed gives the same reports."""
    category, destination = draw(rng, assignments())
    at = pick_village(rng, destination)
    writer = Writer(rng, category, at, destination)
    classification = draw(rng, MIX.classification)
    outcome = outcome or draw(rng, MIX.outcome)
    flags = draw(rng, MIX.flags)
    verified_title = writer.title(draw_length(rng, MIX.title_length))
    verified_body = writer.body(draw_length(rng, MIX.body_length), classification)
    title, body = _as_typed(rng, verified_title, verified_body)
    region_code, place = _place(rng, writer, destination, at)
    return DemoReport(
        channel=channel or draw(rng, MIX.channel),
        title=title,
        body=body,
        classification="complaint" if "complaint" in classification else classification,
        category=None if rng.random() < MIX.category_missing else category,
        anonymous="anonymous" in flags,
        secret="secret" in flags,
        priority=rng.random() < 0.05,
        happened_days_ago=rng.choice((None, None, None, 0, 0, 1, 1, 2, 3, 5, 7, 14, 30, 90)),
        region_code=region_code,
        place=place,
        addressee=_addressee(rng, destination),
        reporter=invent_reporter(rng, at),
        outcome=outcome,
        detours=frozenset(detour for detour, share in MIX.detour.items() if rng.random() < share),
        destination=destination,
        village=at,
        awaited_agency=(
            rng.choice(_NOT_CONNECTED) if outcome is Status.AGENCY_NOT_CONNECTED else None
        ),
        verified_title=verified_title,
        verified_body=verified_body,
        verified_classification=classification,
        verified_category=category,
        tags=tuple(rng.sample(LEAVES[category].tags, rng.randint(1, len(LEAVES[category].tags)))),
        programme=_programme(rng, category),
    )


def _as_typed(rng: random.Random, title: str, body: str) -> tuple[str, str]:
    """Return title and text as the reporter typed them, within their limits."""
    typed_title, typed_body = title, body
    if rng.random() < MIX.body_corrected:
        typed_title, typed_body = roughen(rng, title), roughen(rng, body)
    if rng.random() < MIX.awkward_characters:
        typed_title, typed_body = make_awkward(rng, typed_title), make_awkward(rng, typed_body)
    return (
        typed_title if len(typed_title) <= TITLE_LIMIT else title,
        typed_body if len(typed_body) <= BODY_LIMIT else body,
    )


def _place(
    rng: random.Random, writer: Writer, destination: str, village: str
) -> tuple[str | None, str | None]:
    """Return region and place, if given; some people only know the district."""
    if rng.random() < MIX.place_missing or BY_CODE[destination].kind == "mission":
        return None, None
    if rng.random() < 0.15:
        return village.rpartition(".")[0], writer.write("landmark")
    return village, writer.write("place")


def _addressee(rng: random.Random, destination: str) -> str | None:
    """Return the addressee: mostly the government above the office; some name nobody, the office,
    or the wrong one."""
    above = BY_CODE[destination].parent or ROOT
    wrong, unconnected = rng.choice(AGENCIES).code, rng.choice(_NOT_CONNECTED)
    named = (above, None, destination, wrong, unconnected)
    return rng.choices(named, (47, 30, 15, 5, 3))[0]


def _programme(rng: random.Random, category: str) -> str | None:
    if category == "free_meals":
        return "Makan Bergizi Gratis"
    return rng.choice(PROGRAMMES) if rng.random() < 0.04 else None


def plan_reports(rng: random.Random, count: int) -> list[DemoReport]:
    """Return `count` reports in the shares of the mix, except that the first use every channel and
    every outcome once, so that a short demo shows them all."""
    channels = sorted(MIX.channel, key=lambda channel: -MIX.channel[channel])
    varied = list(zip(channels, cycle(MIX.outcome), strict=False))[:count]
    first = [generate(rng, channel, outcome) for channel, outcome in varied]
    return first + [generate(rng) for _ in range(count - len(first))]


def plan_steps(report: DemoReport) -> tuple[str, ...]:
    """Return all steps of the report after its submission: see `Life`."""
    outcome, detours = report.outcome, report.detours
    if outcome not in WITH_AGENCY | CLOSED:
        before = ["throw"] if "thrown" in detours else []
        return (*before, *_NOT_VERIFIED[outcome].split())
    closing = _CLOSING.get(outcome, "")
    if outcome is Status.CLOSED_BY_ADMIN and "close_requested" in detours:
        closing = "request_close accept_request"
    if outcome not in CLOSED:  # nothing but the follow-up happens after verification
        detours &= _BEFORE_FOLLOW_UP
    elsewhere = {"not_authority_accepted", "forwarded"} & detours
    steps = [
        ("throw", "thrown" in detours),
        ("request_information complete_information", "information_requested" in detours),
        ("verify_elsewhere", elsewhere),
        ("not_authority_elsewhere", "not_authority_accepted" in detours),
        ("forward", elsewhere == {"forwarded"}),
        ("verify", elsewhere != {"forwarded"}),
        ("request_not_authority reject_not_authority", "not_authority_rejected" in detours),
        ("copy", "copied" in detours),
        ("amend", "amended" in detours),
        ("coordinate", "coordinated" in detours),
        ("initial_response", "initial_response" in detours),
        ("follow_up", outcome is not Status.VERIFIED),
        ("reply", outcome is Status.REPLIED_BY_REPORTER),
        ("reply follow_up", "replied" in detours),
        ("request_hold accept_request release", "hold_requested" in detours),
        ("hold release", "held" in detours and "hold_requested" not in detours),
        (closing, True),
        (f"reopen follow_up {closing}", closing and "reopened" in detours),
    ]
    if outcome is Status.CLOSED_BY_ADMIN:
        chance = random.Random(report.body)  # the same report, the same plan
        steps += [(step, chance.random() < share) for step, share in MIX.after_closing.items()]
    return tuple(step for names, happens in steps if happens for step in names.split())


_NOT_VERIFIED = {
    Status.UNVERIFIED: "",
    Status.ARCHIVED_BY_ADMIN: "archive",
    Status.ARCHIVED_BY_REPORTER: "withdraw",
    Status.AWAITING_INFORMATION: "request_information",
    Status.INFORMATION_TO_EVALUATE: "request_information complete_information",
    Status.AGENCY_NOT_CONNECTED: "await_agency",
}
# Closings by the system come ten days after the last follow-up, so these reports are still open
# when the demo ends.
_CLOSING = {Status.CLOSED_BY_ADMIN: "close", Status.CLOSED_BY_REPORTER: "declare_satisfied"}
_BEFORE_FOLLOW_UP = frozenset(
    "thrown information_requested not_authority_accepted not_authority_rejected forwarded copied"
    " amended coordinated".split()
)
