"""An accepted request is recorded as what it performs, wherever a step is told."""

from pathlib import Path

import orjson
import pytest

import deploy.migrations
from services.reporting.files.reading import _STEPS
from shared.lifecycle.actions import PERFORMED_BY, Action, RequestKind
from tests.workflows.country import DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import Reports
from tests.workflows.life import Life

EVENT = {"hold": "held", "release": "released", "close": "closed", "reopen": "reopened"}
MIGRATION = Path(deploy.migrations.__file__).parent / "sql" / "decisions.sql"


async def test_a_partner_hears_of_every_accepted_request_as_of_what_it_did(life: Life) -> None:
    await life.accept(system="partner-a")
    await life.verify()
    await life.follow_up()
    told_before = len(await _told_to_partner(life))
    for kind in (RequestKind.HOLD, RequestKind.RELEASE, RequestKind.CLOSE, RequestKind.REOPEN):
        request = await _asked_and_accepted(life, kind)
        line = (await life.reports.history(life.number))[-1]
        assert (line.action, line.details["request_id"]) == (kind, request)
        assert line.details["request"] == kind
    assert (await life.happened())[-7::2] == list(EVENT.values())
    assert (await _told_to_partner(life))[told_before:] == list(EVENT.values())


async def test_an_export_counts_reopenings_by_request_and_no_refused_ones(life: Life) -> None:
    await life.accept()
    await life.verify()
    await life.follow_up()
    handle = life.environment.client.get_workflow_handle(f"report-{life.number}")
    await handle.signal("reopen", {"code": "court_order"})  # in process: a recorded no-op
    await _asked_and_accepted(life, RequestKind.CLOSE)
    await _asked_and_accepted(life, RequestKind.REOPEN)
    assert await life.do(Action.CLOSE, PROVINCE_ADMIN) is None
    assert await life.do(Action.REOPEN, PROVINCE_ADMIN) is None
    query = f"SELECT h.reopenings FROM lifecycle.report r {_STEPS} WHERE r.number = :n"  # noqa: S608
    assert await life.reports.value(query, n=life.number) == 2


@pytest.mark.parametrize("kind", PERFORMED_BY)
async def test_what_was_accepted_before_is_carried_over(
    reports: Reports, kind: RequestKind
) -> None:
    state = await reports.accept()
    changes = kind in (RequestKind.CLOSE, RequestKind.REOPEN)
    details = orjson.dumps({"request": kind, "request_id": "of-then"}).decode()
    await reports.value(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind,"
        " from_status, to_status, visibility, details) VALUES (:n, 2, 2, now(), 'accept_request',"
        " 'staff', 'FOLLOWED_UP', 'FOLLOWED_UP', :seen, CAST(:d AS jsonb)) RETURNING entry",
        n=state.number,
        seen="public" if changes else "staff",
        d=details,
    )
    await reports.value(f"{MIGRATION.read_text().rstrip().rstrip(';')} RETURNING entry")
    [_, line] = await reports.history(state.number)
    assert (line.action, line.details["request_id"]) == (kind, "of-then")
    assert line.visibility == ("public" if changes else "reporter")


async def _asked_and_accepted(life: Life, kind: RequestKind) -> str:
    ask = Action(f"request_{kind}")
    assert await life.do(ask, DINAS_OFFICER, decider_id=PROVINCE) is None
    [request] = (await life.state()).requests
    accept = Action.ACCEPT_REQUEST
    assert await life.do(accept, PROVINCE_ADMIN, request_id=request.id) is None
    return str(request.id)


async def _told_to_partner(life: Life) -> list[str]:
    rows = await life.reports.rows(
        "SELECT body FROM lifecycle.outbox WHERE number = :n AND subject LIKE"
        " 'lapor.v1.partner.%' ORDER BY id",
        n=life.number,
    )
    return [orjson.loads(row.body)["data"]["event"] for row in rows]
