"""The pure model and the real workflow agree: generated commands, sent through the gateway."""

import uuid
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.lifecycle.apply_clocks import apply_clocks
from shared.lifecycle.check import Refused
from shared.lifecycle.decide import decide
from shared.lifecycle.decision import Decision
from shared.lifecycle.policy import NATIONAL_DEFAULT
from shared.lifecycle.state import ReportState
from shared.temporal.report_gateway import ReportGateway
from tests.lifecycle.random_lives import CALENDAR, commands
from tests.workflows.factory import Reports

COMMANDS_A_LIFE = 15


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_a_generated_life_is_the_same_in_both(
    data: st.DataObject, reports: Reports, worker: None, gateway: ReportGateway
) -> None:
    state = await reports.accept()
    for _ in range(COMMANDS_A_LIFE):
        drawn = data.draw(commands(state, datetime.now(UTC)))
        command = drawn.model_copy(update={"id": uuid.uuid4()})  # one may be drawn again
        await reports.save(command)
        outcome = await gateway.send(command, state)
        stored = await reports.state(state.number)
        assert outcome is not None
        try:
            expected = _settled(state, decide(state, command, stored.last_step_at))
            assert outcome.done, outcome
        except Refused as refusal:
            assert outcome.refusal == refusal.code  # noqa: PT017
            expected = state
        assert stored == expected
        state = stored
    lines = await reports.history(state.number)
    assert [line.entry for line in lines] == list(range(1, state.entries + 1))


def _settled(state: ReportState, decision: Decision) -> ReportState:
    return apply_clocks(state.clocks, decision, CALENDAR, NATIONAL_DEFAULT)
