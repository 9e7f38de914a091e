"""`lapor after-restore`: a backup goes on beside a Temporal and a NATS that are ahead of it."""

import asyncio
from datetime import UTC, datetime

import orjson
from temporalio.client import Client

from deploy.restoring import MARGIN, after_restore
from shared.bus.connection import Bus
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.state import ReportState
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import PROVINCE_ADMIN
from tests.workflows.factory import Reports

INTAKE = "http://intake.example"


async def test_numbers_go_on_above_any_that_temporal_or_nats_has_heard_of(
    reports: Reports, owner: Database, gateway: ReportGateway, client: Client, bus: Bus
) -> None:
    kept, lost, told_only = await reports.accept(), await reports.accept(), await reports.accept()
    for state in (kept, lost):
        await gateway.launch(state)
    await _tell(reports, bus, told_only)
    for state in (lost, told_only):
        await reports.lose(state.number)
    await reports.value("SELECT setval('lifecycle.report_number', :n)", n=kept.number)
    restored = await after_restore(owner, client, bus, INTAKE)
    while lost.number not in restored.lost:  # the list comes a little after the start
        await asyncio.sleep(0.2)
        restored = await after_restore(owner, client, bus, INTAKE)
    assert kept.number not in restored.lost
    next_number = await reports.value("SELECT nextval('lifecycle.report_number')")
    assert next_number == restored.next_number
    assert next_number > max(lost.number, told_only.number) + MARGIN


async def test_a_step_done_again_is_no_repeat_of_the_one_that_was_lost(
    reports: Reports,
    worker: None,
    owner: Database,
    gateway: ReportGateway,
    client: Client,
    bus: Bus,
) -> None:
    before = await reports.accept()
    await _verify(reports, gateway, before)
    await _tell(reports, bus, before)
    first = await _message_ids(reports, before)
    untouched = await reports.accept()
    await _tell(reports, bus, untouched)
    await reports.lose(before.number)  # and the row as it was is restored
    await reports.accept(number=before.number, identity=before.identity, at=before.submitted_at)
    restored = await after_restore(owner, client, bus, INTAKE)
    assert restored.renewed == (before.number,)
    assert [(s.number, s.version, s.event) for s in restored.steps] == [
        (before.number, 2, "verified")
    ]
    assert (await reports.state(untouched.number)).identity == untouched.identity
    await _verify(reports, gateway, await reports.state(before.number))
    # To who leaves out the versions that they have seen it is news.
    assert (await reports.state(before.number)).version == 3
    assert (await _message_ids(reports, before))[-1] not in first
    assert (await after_restore(owner, client, bus, INTAKE)).renewed == ()


async def test_a_step_that_no_stream_has_heard_of_is_told_again_by_its_id(
    reports: Reports,
    worker: None,
    owner: Database,
    gateway: ReportGateway,
    client: Client,
    bus: Bus,
) -> None:
    """The streams were restored as they were before it; what waited for the relay is kept."""
    report = await reports.accept()
    await _tell(reports, bus, report)
    await _verify(reports, gateway, report)
    before = (await reports.rows(_MESSAGES, n=report.number))[-1]
    await reports.value(_TAKEN_OUT, n=report.number)
    restored = await after_restore(owner, client, bus, INTAKE)
    assert restored.republished == (report.number,)
    assert restored.renewed == ()
    [again] = await reports.rows(_MESSAGES, n=report.number)
    assert again.message_id == before.message_id
    assert orjson.loads(bytes(again.body)) == orjson.loads(bytes(before.body))
    await _tell(reports, bus, report)
    assert (await after_restore(owner, client, bus, INTAKE)).republished == ()


_TAKEN_OUT = """
WITH gone AS (DELETE FROM lifecycle.outbox WHERE number = :n RETURNING 1) SELECT count(*) FROM gone
"""
_MESSAGES = "SELECT message_id, body FROM lifecycle.outbox WHERE number = :n ORDER BY id"


async def _verify(reports: Reports, gateway: ReportGateway, state: ReportState) -> None:
    command = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC))
    outcome = await gateway.send(command, state, timeout=60)
    assert outcome is not None and outcome.done


async def _tell(reports: Reports, bus: Bus, state: ReportState) -> None:
    query = "SELECT subject, body, message_id, headers FROM lifecycle.outbox WHERE number = :n"
    for row in await reports.rows(query, n=state.number):
        await bus.publish(row.subject, bytes(row.body), msg_id=row.message_id, headers=row.headers)


async def _message_ids(reports: Reports, state: ReportState) -> list[str]:
    query = "SELECT message_id FROM lifecycle.outbox WHERE number = :n ORDER BY id"
    return [row.message_id for row in await reports.rows(query, n=state.number)]
