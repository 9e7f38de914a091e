"""What an operator reads of a report in the Temporal UI."""

from datetime import UTC, datetime

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from shared.lifecycle.actions import Action
from shared.temporal.door import Door
from shared.temporal.names import workflow_id
from tests.workflows.country import DINAS, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import Reports


async def _card(client: Client, number: int) -> str:
    handle = client.get_workflow_handle(workflow_id(number))
    told = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(told.current_details)


async def test_the_card_names_status_agencies_and_what_is_owed_until_when(
    reports: Reports, worker: None, door: Door, client: Client
) -> None:
    state = await reports.accept()
    await door.launch(state)
    province = f"A{PROVINCE} ({PROVINCE})"
    card = (await _card(client, state.number)).splitlines()
    assert card[0] == "**Belum Terverifikasi**"
    assert f"- Instansi: {province}" in card
    assert any(line.startswith(f"- Verifikasi: {province}, 20") for line in card)

    verify = await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, datetime.now(UTC))
    outcome = await door.send(verify, state)
    assert outcome is not None and outcome.done
    card = (await _card(client, state.number)).splitlines()
    assert f"- Instansi: {province} → A{DINAS} ({DINAS})" in card
    assert any(line.startswith(f"- Tindak Lanjut: A{DINAS} ({DINAS}), 20") for line in card)
