"""One demo report: what a citizen sends in, and what everybody will do about it."""

import random
from dataclasses import dataclass
from typing import Literal, cast

from deploy.demo.agencies import AGENCIES, BY_CODE, ROOT
from deploy.demo.mix import Mix, draw, draw_length
from deploy.demo.people import DemoReporter, reporter
from deploy.demo.places import DemoPlace, Village, place, village
from deploy.demo.reference import CATEGORIES, PRIORITY_PROGRAMS
from deploy.demo.texts import DemoTexts, write_texts
from deploy.demo.topics import category_shares, destinations_of, themes
from deploy.demo.writing import BODY_LIMIT, TITLE_LIMIT, Writer, roughen, spice

Outcome = Literal[
    "closed_by_system",
    "closed_by_admin",
    "closed_by_reporter",
    "archived_by_admin",
    "archived_by_reporter",
    "awaiting_information",
    "information_to_evaluate",
    "agency_not_connected",
    "unverified",
    "verified",
    "followed_up",
    "replied",
]
"""Where the life of a report is to end, or to stand when the demo is looked at."""

Detour = Literal[
    "thrown",
    "information_asked",
    "not_authority_accepted",
    "not_authority_rejected",
    "forwarded",
    "initial_response",
    "coordinated",
    "hold_asked",
    "held_and_released",
    "replied",
    "close_asked",
    "reopened",
    "amended",
    "copied",
]
"""What happens on the way; one that does not fit the outcome is not drawn."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """Agencies and categories are named by the codes of `agencies` and `reference`.

    `title` and `body` are as sent, the `verified_…` fields as the verifier sets them;
    `classification` is one of the public's three, `category` None where nobody chose one.
    `addressee` is whom the reporter names, `destination` who will handle it, and `awaited_agency`
    the one not connected yet that an `agency_not_connected` report waits for. `happened_days_ago`
    counts days back from submission.
    """

    channel: str
    title: str
    body: str
    classification: str
    category: str | None
    anonymous: bool
    secret: bool
    priority: bool
    happened_days_ago: int | None
    place: DemoPlace | None
    addressee: str | None
    reporter: DemoReporter
    outcome: Outcome
    detours: frozenset[Detour]
    destination: str
    awaited_agency: str | None
    verified_title: str
    verified_body: str
    verified_classification: str
    verified_category: str
    tags: tuple[str, ...]
    priority_program: str | None
    texts: DemoTexts


def generate(rng: random.Random, mix: Mix) -> DemoReport:
    """The next report of this generator: the same seed gives the same reports."""
    category = draw(rng, category_shares(mix))
    destination = draw(rng, destinations_of(mix, category))
    at = village(rng, destination)
    writer = Writer(rng, themes()[category], at, destination)
    classification = draw(rng, mix.classification)
    outcome = cast(Outcome, draw(rng, mix.outcome))
    flags = draw(rng, mix.flags)
    verified_title, verified_body, title, body = _words(rng, mix, writer, classification)
    return DemoReport(
        channel=draw(rng, mix.channel),
        title=title,
        body=body,
        classification=_as_the_public_says(classification),
        category=None if rng.random() < mix.category_not_given else category,
        anonymous="anonymous" in flags,
        secret="secret" in flags,
        priority=rng.random() < 0.05,
        happened_days_ago=rng.choice((0, 0, 1, 1, 2, 3, 5, 7, 14, 30, 90)) if _most(rng) else None,
        place=_place(rng, mix, destination, at),
        addressee=_addressee(rng, destination),
        reporter=reporter(rng, at.code[:5]),
        outcome=outcome,
        detours=_detours(rng, outcome),
        destination=destination,
        awaited_agency=rng.choice(_UNCONNECTED) if outcome == "agency_not_connected" else None,
        verified_title=verified_title,
        verified_body=verified_body,
        verified_classification=classification,
        verified_category=category,
        tags=tuple(rng.sample(_TAGS[category], rng.randrange(1, len(_TAGS[category]) + 1))),
        priority_program=_program(rng, category),
        texts=write_texts(rng, writer),
    )


def _words(
    rng: random.Random, mix: Mix, writer: Writer, classification: str
) -> tuple[str, str, str, str]:
    """Title and text corrected, then both as sent."""
    clean_title = writer.title(draw_length(rng, mix.title_chars))
    clean_body = writer.body(draw_length(rng, mix.body_chars), classification)
    title, body = clean_title, clean_body
    if rng.random() < mix.body_corrected:
        title, body = roughen(rng, title), roughen(rng, body)
    if rng.random() < 0.04:
        title, body = spice(rng, title), spice(rng, body)
    if len(title) > TITLE_LIMIT:
        title = clean_title
    return clean_title, clean_body, title, body if len(body) <= BODY_LIMIT else clean_body


def _as_the_public_says(classification: str) -> str:
    return "complaint" if classification.startswith("complaint") else classification


def _place(rng: random.Random, mix: Mix, destination: str, at: Village) -> DemoPlace | None:
    if rng.random() < mix.place_missing or BY_CODE[destination].kind == "mission":
        return None
    return place(rng, at)


def _addressee(rng: random.Random, destination: str) -> str | None:
    """Mostly the government above the office; some name nobody, the office, or the wrong one."""
    chance = rng.random()
    if chance < 0.30:
        return None
    if chance < 0.45:
        return destination
    if chance < 0.48:
        return rng.choice(_UNCONNECTED)
    if chance < 0.53:
        return rng.choice(AGENCIES).code
    return BY_CODE[destination].parent or ROOT


def _detours(rng: random.Random, outcome: Outcome) -> frozenset[Detour]:
    likely = _BEFORE_VERIFICATION if outcome in _NEVER_VERIFIED else _ANYWHERE
    if outcome.startswith("closed"):
        likely = {**likely, **_IN_PROCESS}
    if outcome == "closed_by_admin":
        likely = {**likely, "close_asked": 0.7}
    return frozenset(detour for detour, share in likely.items() if rng.random() < share)


def _program(rng: random.Random, category: str) -> str | None:
    if category == "free_meals":
        return "mbg"
    return rng.choice(PRIORITY_PROGRAMS).code if rng.random() < 0.04 else None


def _most(rng: random.Random) -> bool:
    return rng.random() < 0.8


_UNCONNECTED = tuple(agency.code for agency in AGENCIES if not agency.connected)
_TAGS = {category.code: category.tags for category in CATEGORIES if category.parent}

_NEVER_VERIFIED = frozenset(
    {
        "archived_by_admin",
        "archived_by_reporter",
        "awaiting_information",
        "information_to_evaluate",
        "agency_not_connected",
        "unverified",
    }
)
_BEFORE_VERIFICATION: dict[Detour, float] = {"thrown": 0.1}
_ANYWHERE: dict[Detour, float] = {
    **_BEFORE_VERIFICATION,
    "information_asked": 0.05,
    "not_authority_accepted": 0.04,
    "not_authority_rejected": 0.02,
    "forwarded": 0.03,
    "coordinated": 0.1,
    "amended": 0.03,
    "copied": 0.04,
}
_IN_PROCESS: dict[Detour, float] = {
    "initial_response": 0.25,
    "hold_asked": 0.03,
    "held_and_released": 0.03,
    "replied": 0.12,
    "reopened": 0.02,
}
