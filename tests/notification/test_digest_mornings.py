"""A morning's digests are written for all, whatever happens to some, and on its day alone."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client, ScheduleActionStartWorkflow, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError

from services.notification import worker
from services.notification.digest import mornings as digest_mornings
from services.notification.digest import names as digest_names
from services.notification.digest.mornings import DigestActivities, write_letters_of_this_week
from services.notification.digest.names import DigestRun
from services.notification.sending.retry_names import TASK_QUEUE
from services.notification.worker import LOOK_EVERY
from shared.lifecycle.calendar import DAY, Zone
from shared.settings import Settings
from shared.telemetry import registry
from tests.intake.conftest import Country
from tests.notification.conftest import Reported, working
from tests.notification.digests import (
    ADDRESS,
    counts,
    facts,
    owed,
    soon,
    staff,
    today,
    writing,
    written,
)
from tests.notification.providers import MailServer
from tests.notification.staff import ADMIN, OFFICER, StaffTold
from tests.times import noon

__all__ = ["noon", "soon", "staff", "writing"]

pytestmark = pytest.mark.usefixtures("noon")


async def test_people_of_an_agency_whose_digests_cannot_be_made_keep_no_other_agency_s(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    await owed(reported, staff, timedelta(days=-1))
    staff.prove(ADMIN, "admin@binamarga.example")
    staff.prove(OFFICER, ADDRESS)
    staff.country.all(
        """UPDATE notification.preference SET kinds = '{"new": "weekly"}' WHERE holder = %s""",
        f"staff-{ADMIN.id}",
    )
    aside = {"loop": "digests", "reason": "ValueError"}
    before = registry.get_sample_value("lapor_set_aside_total", aside) or 0.0
    await written(writing)
    assert counts(staff.country, OFFICER.id) == {"late": 1}
    assert registry.get_sample_value("lapor_set_aside_total", aside) == before + 1


async def test_an_agency_of_thousands_has_all_its_digests_in_one_morning(
    reported: Reported, staff: StaffTold, writing: DigestActivities
) -> None:
    people = 4_000  # a statement takes 65,535 parameters
    await owed(reported, staff, timedelta(days=-1))
    for statement in (
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) SELECT 1000 + n, 'p' || n, 'p', 'liaison_officer', 3, 'x', true, 1"
        " FROM generate_series(1, %s) n",
        "INSERT INTO notification.contact (id, holder, channel, proven_at)"
        " SELECT gen_random_uuid(), 'staff-' || 1000 + n, 'email', now()"
        " FROM generate_series(1, %s) n",
    ):
        staff.country.all(statement, people)
    ended = {"zone": "WIB", "outcome": "written"}
    before = registry.get_sample_value("lapor_digest_mornings_total", ended) or 0.0
    await written(writing)
    rows = "SELECT count(*) FROM notification.message WHERE template = 'digest'"
    assert staff.country.one(rows) == people
    assert registry.get_sample_value("lapor_digest_mornings_total", ended) == before + 1


async def test_a_morning_is_scheduled_for_each_zone_and_its_workflow_writes_in_batches(
    reported: Reported,
    staff: StaffTold,
    settings: Settings,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digest_mornings, "AGENCIES_A_BATCH", 1)
    await owed(reported, staff, timedelta(days=-1))
    staff.prove(OFFICER, ADDRESS)
    staff.country.all("DELETE FROM routing.closed_day")
    client = await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
    )
    monday = today() + timedelta(days=-today().weekday())
    async with mail_server.there(), working(settings):
        for day, outcome in ((monday + timedelta(days=5), "not_due"), (monday, "written")):
            run = DigestRun(zone=Zone.WIB, day=day)
            ended = await client.execute_workflow(
                digest_names.WORKFLOW, run, id=f"morning-{uuid4()}", task_queue=TASK_QUEUE
            )
            assert ended == outcome
        letters = {zone: await begins(client, f"letter-{zone}") for zone in Zone}
        hours = {zone: await begins(client, f"digest-{zone}") for zone in Zone}
        description = await client.get_schedule_handle(f"digest-{Zone.WIB}").describe()
    assert isinstance(description.schedule.action, ScheduleActionStartWorkflow)
    assert description.schedule.action.execution_timeout == timedelta(hours=6)
    assert letters == hours == {Zone.WIB: (0, 30), Zone.WITA: (23, 30), Zone.WIT: (22, 30)}
    assert [digest["day"] for digest in facts(staff.country, OFFICER.id)] == [monday.isoformat()]


async def test_letters_asked_for_twice_at_once_are_written_once_for_both(
    settings: Settings, country: Country
) -> None:
    country.all("DELETE FROM routing.closed_day")
    client = await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
    )
    both = [asyncio.create_task(write_letters_of_this_week(client)) for _ in range(2)]
    monday = today() - today().weekday() * DAY
    async with working(settings):
        await asyncio.gather(*both)
    described = await client.get_workflow_handle(f"letter-{Zone.WIB}-{monday}").describe()
    assert described.status == WorkflowExecutionStatus.COMPLETED


async def begins(client: Client, schedule: str) -> tuple[int, int]:
    """Hour and minute in UTC, once there is such a schedule."""
    async with asyncio.timeout(60):
        while True:
            try:
                description = await client.get_schedule_handle(schedule).describe()
            except RPCError:  # not there yet
                await asyncio.sleep(0.05)
                continue
            [calendar] = description.schedule.spec.calendars
            return calendar.hour[0].start, calendar.minute[0].start


async def test_a_process_that_is_told_to_stop_while_it_schedules_mornings_ends_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def scheduling(_: Client) -> None:
        begun.set()
        await goes_on.wait()

    monkeypatch.setattr(worker, "schedule_mornings", scheduling)
    service = working(settings)
    await service.__aenter__()
    await begun.wait()
    ending = asyncio.create_task(service.__aexit__(None, None, None))
    await asyncio.sleep(0.5)  # so that it has been told; were it later, there is nothing to see
    goes_on.set()
    async with asyncio.timeout(LOOK_EVERY / 2):
        await ending
