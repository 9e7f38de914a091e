"""What the demo driver plans and fills in, before anything is sent."""

import asyncio
import contextlib
import random
from datetime import UTC, date, datetime

import pytest

from deploy.demo.agencies import AGENCIES, BY_CODE
from deploy.demo.driver import bodies, trial
from deploy.demo.driver.directory import Directory
from deploy.demo.driver.drive import end_all
from deploy.demo.driver.files import letter, photograph
from deploy.demo.driver.plan import LEAVES_AT, reports, steps
from deploy.demo.driver.sending import SMS_LENGTH, SMS_PART_LENGTH, sms_parts
from deploy.demo.driver.staffing import (
    admin_of,
    agency_above,
    agency_with_admin,
    neighbours,
    officer_of,
    stands_in,
)
from deploy.demo.mix import load_mix
from deploy.demo.reference import CATEGORIES, PRIORITY_PROGRAMS
from deploy.demo.reports import DemoReport
from deploy.demo.staff import STAFF
from services.intake.manual import ManualForm
from services.intake.partners.report import PartnerReport
from services.intake.submission import SubmissionForm
from services.intake.x.completing import PostForm
from services.routing.actions.verify import VerificationForm
from shared.attachments.recognition import recognise
from shared.lifecycle.statuses import Status

MIX = load_mix()
TODAY: date = datetime.now(UTC).date()
OF = {one.username: one for one in STAFF}


@pytest.fixture(scope="module")
def some() -> list[DemoReport]:
    return reports(random.Random(1708), MIX, 1_000)


@pytest.fixture(scope="module")
def directory() -> Directory:
    leaves = [one for one in CATEGORIES if one.parent]
    ids = {one.code: number for number, one in enumerate(leaves, 1)}
    tags = [(ids[one.code], tag) for one in leaves for tag in one.tags]
    return Directory(
        {one.code: number for number, one in enumerate(AGENCIES, 1)},
        ids,
        {tag: number for number, tag in enumerate(tags, 1)},
        {one.name: number for number, one in enumerate(PRIORITY_PROGRAMS, 1)},
    )


def test_a_short_demo_has_every_channel_and_every_outcome() -> None:
    few = reports(random.Random(1), MIX, 16)
    assert {one.channel for one in few} == set(MIX.channel)
    assert {one.outcome for one in few} == set(MIX.outcome)
    assert few[:7] == reports(random.Random(1), MIX, 7)


def test_a_plan_leads_to_its_outcome(some: list[DemoReport]) -> None:
    for report in some:
        plan = steps(report)
        status = LEAVES_AT[report.outcome]
        verified = {"verify", "forward"} & set(plan)
        assert bool(verified) is (status in _VERIFIED)
        assert bool({"archive", "withdraw"} & set(plan)) is status.startswith("ARCHIVED")
        if status.startswith("CLOSED"):
            assert plan[-1] in {"close", "accept_close", "declare_satisfied"}
        if "ask_hold" in plan:
            assert plan.index("ask_hold") + 1 == plan.index("accept_hold")
    assert {step for report in some for step in steps(report)} >= {
        "throw",
        "forward",
        "ask_not_authority",
        "disown_elsewhere",
        "hold",
        "reopen",
    }


def test_every_form_is_one_that_the_services_take(
    some: list[DemoReport], directory: Directory
) -> None:
    for report in some:
        corrected = bodies.verification(report, directory, report.destination)
        VerificationForm.model_validate(corrected)
        if report.channel in bodies.PUBLIC:
            form = bodies.submission(report, TODAY, with_account=False)
            SubmissionForm.model_validate(form)
        elif report.channel in bodies.MANUAL:
            ManualForm.model_validate(bodies.manual(report, TODAY, corrected))
        elif report.channel == "open311":
            given = bodies.open311(report, TODAY)
            assert {"service_code", "description", "first_name"} <= given.keys()
            assert ("attribute[anonymous]" in given) is report.anonymous
        elif report.channel == "x":
            PostForm.model_validate(bodies.post_on_x(report, TODAY, 1))
        elif report.channel == "partner":
            own = {"external_id": "a-1", "reporter": bodies.reporter(report)}
            PartnerReport.model_validate(bodies.report_form(report, TODAY) | own)


def test_who_acts_for_an_agency_may() -> None:
    for agency in (one.code for one in AGENCIES if one.connected):
        admin, officer = OF[admin_of(agency)], OF[officer_of(agency)]
        assert admin.role != "liaison_officer"
        assert admin.agency == agency_with_admin(agency)
        assert stands_in(agency, admin.agency)
        assert officer.agency == agency
        if BY_CODE[agency].parent:
            assert agency_above(agency) != agency
        for beside in neighbours(agency, "pusat"):
            assert BY_CODE[beside].parent == BY_CODE[agency].parent
            assert beside != agency


def test_a_long_sms_is_cut_into_parts_that_join_again() -> None:
    assert sms_parts("a" * SMS_LENGTH) == ["a" * SMS_LENGTH]
    text = "".join(str(n % 10) for n in range(400))
    parts = sms_parts(text)
    assert "".join(parts) == text
    assert [len(part) for part in parts] == [SMS_PART_LENGTH, SMS_PART_LENGTH, 94]


def test_what_is_attached_is_what_it_says() -> None:
    rng = random.Random(1)
    for name, content, media_type in (photograph(rng, "foto"), letter(rng, "surat")):
        assert recognise(content) == media_type, name


def test_only_the_reports_on_trial_are_with_the_agency_whose_clocks_run_in_seconds() -> None:
    rng = random.Random(3)
    first, second = trial.trial_reports(rng, MIX)
    for report in (first, second):
        assert stands_in(report.destination, trial.AGENCY)
        assert report.addressee == trial.AGENCY
        assert trial.moved(report).addressee is None
    assert (steps(first), steps(second)) == ((), ("verify", "follow_up"))


async def test_a_life_that_misses_the_first_ctrl_c_does_not_go_on_for_long() -> None:
    async def life() -> None:
        for _ in range(3):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(600)
        await asyncio.sleep(600)

    lives = [asyncio.create_task(life()) for _ in range(20)]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await end_all(lives)
    assert all(life.cancelled() for life in lives)


_VERIFIED = frozenset(
    {
        Status.VERIFIED,
        Status.FOLLOWED_UP,
        Status.REPLIED_BY_REPORTER,
        Status.CLOSED_BY_SYSTEM,
        Status.CLOSED_BY_ADMIN,
        Status.CLOSED_BY_REPORTER,
    }
)
