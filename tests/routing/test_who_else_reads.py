"""The staff's page says beside each text who else reads it now."""

from uuid import uuid4

import pytest

from shared.lifecycle.actions import RequestKind
from shared.lifecycle.state import PendingRequest, ReportState
from shared.lifecycle.statuses import Status
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_printing import ADMIN, answered


@pytest.mark.parametrize(
    ("flags", "readers", "label"),
    [
        ({}, ["copy", "public", "reporter"], "Dapat dibaca publik"),
        ({"anonymous": True}, ["copy", "public", "reporter"], "Dapat dibaca publik"),
        ({"secret": True}, ["copy", "reporter"], "Dapat dibaca pelapor"),
    ],
)
async def test_nobody_of_the_public_is_said_to_read_an_answer_to_a_secret_report(
    country: Country, flags: dict[str, bool], readers: list[str], label: str
) -> None:
    number, _ = await answered(country, **flags)
    written = (await country.seen(ADMIN, number))["written"]
    assert [line["read_by"] for line in written if line["action"] == "follow_up"] == [readers]
    async with signed_in(country, ADMIN) as panel:
        assert await panel.opens(f"/panel/laporan/{number}") == 200
        assert label in panel.reads
        assert ("Dapat dibaca publik" in panel.reads) is ("public" in readers)
        await panel.opens(f"/panel/laporan/{number}/rectify")
        assert "dan publik bila tidak rahasia" in panel.reads


async def test_whoever_refuses_an_objection_is_told_that_its_reporter_reads_why(
    country: Country,
) -> None:
    number, _ = await answered(country)
    row = await country.one("SELECT state FROM lifecycle.report WHERE number = :n", n=number)
    state = ReportState.model_validate(row)
    objection = PendingRequest(
        id=uuid4(),
        kind=RequestKind.OBJECTION,
        asked_at=state.last_step_at,
        staff_id=None,
        agency_id=state.handler_id,
        decider_id=state.chain[0],
    )
    closed = {"status": Status.CLOSED_BY_SYSTEM, "clocks": (), "requests": (objection,)}
    await country.rows(
        "UPDATE lifecycle.report SET status = 'CLOSED_BY_SYSTEM', state = CAST(:s AS jsonb)"
        " WHERE number = :n",
        s=state.model_copy(update=closed).model_dump_json(),
        n=number,
    )
    await country.rows(
        "INSERT INTO lifecycle.request"
        " (id, number, kind, asked_at, agency_id, decider_id, overdue)"
        " VALUES (:id, :n, 'objection', :at, :handler, :decider, false)",
        id=objection.id,
        n=number,
        at=objection.asked_at,
        handler=objection.agency_id,
        decider=objection.decider_id,
    )
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        assert "Catatan pembukaan kembali Dapat dibaca pelapor" in panel.reads
        assert "Alasan Dapat dibaca pelapor" in panel.reads
