"""The escalation ladder: while a report is late, it is escalated step by step up to the root.

A report has one ladder. Its first step is the deadline itself; a pause pauses the ladder, handing
the report over does not set it back, and the step that was owed ends it.
"""

from collections.abc import Iterable, Sequence

from shared.lifecycle.actions import Action
from shared.lifecycle.clocks import PROCESS_CLOCKS, Clock, ClockKind
from shared.lifecycle.effect_builder import Effect
from shared.lifecycle.state import ReportState

_STEPS_OWED = frozenset(
    {
        *(Action.VERIFY, Action.FOLLOW_UP, Action.ARCHIVE, Action.WITHDRAW),
        *(Action.CLOSE, Action.AUTO_CLOSE, Action.DECLARE_SATISFIED),
    }
)


def raise_level(effect: Effect, fired: ClockKind) -> None:
    """Raise the escalation level if the clock that fired does so.

    The first process clock that runs out starts the escalation (or goes on with it after the report
    changed hands). From then on the escalation clock raises it by one level each time. Another
    process clock that runs out meanwhile raises nothing, even if the root has been reached.
    """
    state = effect.before
    on_its_way = state.clock(ClockKind.ESCALATION) is not None
    if fired is ClockKind.ESCALATION or (fired in PROCESS_CLOCKS and not on_its_way):
        been_at_the_root = not on_its_way and state.late and state.escalation_level > 0
        effect.set(escalation_level=state.escalation_level + (0 if been_at_the_root else 1))
        effect.start(ClockKind.ESCALATION)
    if fired is ClockKind.ESCALATION or fired in PROCESS_CLOCKS:
        level = effect.changes.get("escalation_level", state.escalation_level)
        effect.details["level"] = max(level, 1)


def end_if_not_late(state: ReportState, action: Action) -> ReportState:
    """The state with the ladder after the step; its other clocks have been settled."""
    if state.late:
        return state
    over = action in _STEPS_OWED
    clocks = tuple(clock for clock in state.clocks if clock.kind is not ClockKind.ESCALATION)
    level = 0 if over else state.escalation_level
    return state.model_copy(update={"clocks": clocks, "escalation_level": level})


def escalation_runs(clocks: Iterable[Clock]) -> bool:
    """Whether the ladder's clock runs: a process clock is late and not paused."""
    process = (clock for clock in clocks if clock.kind in PROCESS_CLOCKS)
    return any(clock.overdue and clock.deadline is not None for clock in process)


def agency_above(path: Sequence[int], level: int) -> int:
    """The agency `level` steps above the last one of the path (root first), at most the root."""
    return path[max(len(path) - 1 - level, 0)]


def end_at_root(state: ReportState, path: Sequence[int]) -> ReportState:
    """The state without the ladder's clock if the escalation has reached the root.

    `path` is the handler's path, root first.
    """
    if state.escalation_level < len(path) - 1:
        return state
    clocks = tuple(clock for clock in state.clocks if clock.kind is not ClockKind.ESCALATION)
    return state.model_copy(update={"clocks": clocks})
