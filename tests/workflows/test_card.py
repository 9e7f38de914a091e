"""What an operator reads of a report in the Temporal UI."""

from datetime import UTC, datetime

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from shared.lifecycle.actions import Action
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import DINAS, DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports


async def _card(client: Client, number: int) -> str:
    handle = client.get_workflow_handle(workflow_id(number))
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(metadata.current_details)


async def test_the_card_names_status_agencies_and_what_is_owed_until_when(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    state = await reports.accept()
    await gateway.launch(state)
    province = f"A{PROVINCE} ({PROVINCE})"
    card = (await _card(client, state.number)).splitlines()
    assert card[0] == "**Belum Terverifikasi**"
    assert f"- Instansi: {province}" in card
    assert any(line.startswith(f"- Verifikasi: {province}, 20") for line in card)

    verify = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC))
    outcome = await gateway.send(verify, state)
    assert outcome is not None and outcome.done
    card = (await _card(client, state.number)).splitlines()
    assert f"- Instansi: {province} → A{DINAS} ({DINAS})" in card
    assert any(line.startswith(f"- Tindak Lanjut: A{DINAS} ({DINAS}), 20") for line in card)


async def test_a_timer_that_is_kept_names_no_clock_and_the_card_says_what_is_awaited(
    reports: Reports, worker: None, gateway: ReportGateway, client: Client
) -> None:
    """The first timer is kept when a later deadline takes over, or none: its summary stays."""
    state = await reports.accept()
    await gateway.launch(state)
    awaited = [await _awaited(client, state.number)]
    for action, who, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (Action.HOLD, PROVINCE_ADMIN, {}),
        (Action.CLOSE, PROVINCE_ADMIN, {}),
    ):
        stored = await reports.state(state.number)
        command = await reports.command(stored, action, who, datetime.now(UTC), **details)
        outcome = await gateway.send(command, stored, timeout=60)
        assert outcome is not None and outcome.done
        awaited.append(await _awaited(client, state.number))
    assert [line.partition(" sampai ")[0] for line in awaited] == [
        "- Menunggu: Verifikasi",
        "- Menunggu: Tindak Lanjut",
        "- Menunggu: Pemberitahuan Penutupan",
        "- Menunggu: tidak ada tenggat, laporan ditahan",
        "- Menunggu: akhir alur kerja",
    ]
    history = await client.get_workflow_handle(workflow_id(state.number)).fetch_history()
    timers = [e for e in history.events if e.HasField("timer_started_event_attributes")]
    assert timers
    for timer in timers:
        summary = timer.user_metadata.summary.data.decode()
        assert "ada di kartu" in summary
        assert not any(name in summary for name in ("Verifikasi", "Tindak Lanjut", "Penutupan"))


async def _awaited(client: Client, number: int) -> str:
    card = (await _card(client, number)).splitlines()
    [line] = [line for line in card if line.startswith("- Menunggu: ")]
    return line
