"""What the demo driver plans and fills in, before anything is sent."""

import asyncio
import contextlib
import random
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast, get_args

import pytest

from deploy.demo.country import (
    AGENCIES,
    BY_CODE,
    LEAVES,
    PROGRAMMES,
    STAFF,
    admin_of,
    agency_above,
    agency_with_admin,
    is_within,
    officer_of,
    siblings,
)
from deploy.demo.driver import forms, trial
from deploy.demo.driver.api import File
from deploy.demo.driver.forms import Ids, letter, photograph
from deploy.demo.driver.report_run import DemoReportRun
from deploy.demo.driver.run import end_all
from deploy.demo.driver.sending import SMS_LENGTH, SMS_PART_LENGTH, Sent, sms_parts
from deploy.demo.driver.stack import Stack
from deploy.demo.mix import MIX
from deploy.demo.reports import DemoReport, plan_reports, plan_steps
from services.intake.manual import ManualChannel, ManualForm
from services.intake.partners.report import PartnerReport
from services.intake.social_posts import PostForm
from services.intake.submission_form import SubmissionForm
from services.routing.actions.verify import VerificationForm
from shared.attachments.recognition import recognise
from shared.lifecycle.statuses import Status

TODAY: date = datetime.now(UTC).date()
OF = {one.username: one for one in STAFF}


@pytest.fixture(scope="module")
def some() -> list[DemoReport]:
    return plan_reports(random.Random(1708), 1_000)


@pytest.fixture(scope="module")
def ids() -> Ids:
    categories = {code: number for number, code in enumerate(LEAVES, 1)}
    tags = [(categories[leaf.code], tag) for leaf in LEAVES.values() for tag in leaf.tags]
    return Ids(
        {agency.code: number for number, agency in enumerate(AGENCIES, 1)},
        categories,
        {tag: number for number, tag in enumerate(tags, 1)},
        {name: number for number, name in enumerate(PROGRAMMES, 1)},
    )


def test_a_short_demo_has_every_channel_and_every_outcome() -> None:
    few = plan_reports(random.Random(1), 16)
    assert {report.channel for report in few} == set(MIX.channel)
    assert {report.outcome for report in few} == set(MIX.outcome)
    assert few[:7] == plan_reports(random.Random(1), 7)


def test_a_plan_leads_to_its_outcome(some: list[DemoReport]) -> None:
    for report in some:
        plan = plan_steps(report)
        status = report.outcome
        verified = {"verify", "forward"} & set(plan)
        assert bool(verified) is (status in _VERIFIED)
        assert bool({"archive", "withdraw"} & set(plan)) is status.startswith("ARCHIVED")
        if status is Status.CLOSED_BY_SYSTEM:
            # The ten days after the last follow-up go on when the demo ends.
            assert {"close", "accept_request", "declare_satisfied"}.isdisjoint(plan[-1:])
        elif status.startswith("CLOSED"):
            assert {"close", "accept_request", "declare_satisfied"} & set(plan[-3:])
        if "request_hold" in plan:
            assert plan[plan.index("request_hold") + 1] == "accept_request"
    assert {step for report in some for step in plan_steps(report)} >= {
        "throw",
        "forward",
        "request_not_authority",
        "not_authority_elsewhere",
        "hold",
        "reopen",
        "rate",
        "object",
    }


async def test_a_life_can_do_every_step_of_every_plan(some: list[DemoReport], ids: Ids) -> None:
    commands: set[str] = set()

    class Service:
        async def get(self, path: str, token: str) -> dict[str, Any]:
            return {"chain": [{"code": "pusat"}], "attachments": [], "items": [{"id": 1}]}

        async def post(self, path: str, *_: Any, token: str) -> dict[str, Any]:
            commands.add(path.removeprefix("/reports/1/"))
            return {"command_id": "c"}

    async def token(username: str) -> str:
        return OF[username].username

    async def write(kind: str, files: list[File], **fields: Any) -> None:
        commands.add(kind)

    service = Service()
    stack = SimpleNamespace(routing=service, followup=service, ids=ids, token=token)
    for report in some:
        life = DemoReportRun(cast(Stack, stack), report, Sent(1, write), random.Random(1))
        await life.begin()
        for step in plan_steps(report):
            await life.do(step)
    assert commands == set(
        "throw defer archive verify forward copies amend not-authority requests/c/reject requests"
        " requests/c/accept coordination follow-ups hold release close reopen information reply"
        " withdrawal satisfaction rating objection".split()
    )


def test_every_form_is_one_that_the_services_take(some: list[DemoReport], ids: Ids) -> None:
    for report in some:
        corrected = forms.verification(report, ids, report.destination)
        VerificationForm.model_validate(corrected)
        if report.channel in forms.PUBLIC:
            form = forms.public_form(report, TODAY, signed_in=False)
            SubmissionForm.model_validate(form)
        elif report.channel in get_args(ManualChannel):
            ManualForm.model_validate(forms.manual_form(report, TODAY, corrected))
        elif report.channel == "open311":
            given = forms.open311_form(report, TODAY)
            assert {"service_code", "description", "first_name"} <= given.keys()
            assert ("attribute[anonymous]" in given) is report.anonymous
        elif report.channel == "x":
            PostForm.model_validate(forms.post_on_x(report, TODAY, 1))
        elif report.channel == "partner":
            PartnerReport.model_validate(forms.partner_report(report, TODAY, "a-1"))


def test_who_acts_for_an_agency_may() -> None:
    for agency in (one.code for one in AGENCIES if one.connected):
        admin, officer = OF[admin_of(agency)], OF[officer_of(agency)]
        assert admin.role != "liaison_officer"
        assert admin.agency == agency_with_admin(agency)
        assert is_within(agency, admin.agency)
        assert officer.agency == agency
        if BY_CODE[agency].parent:
            assert agency_above(agency) != agency
        for beside in siblings(agency, "pusat"):
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
    first, second = trial.trial_reports(rng)
    for report in (first, second):
        assert is_within(report.destination, trial.AGENCY)
        assert report.addressee == trial.AGENCY
        assert trial.moved_away(report).addressee is None
    assert (plan_steps(first), plan_steps(second)) == ((), ("verify", "follow_up"))


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
