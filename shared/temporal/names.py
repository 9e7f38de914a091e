"""The names by which a report's workflow is started, reached and found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

from shared.lifecycle.state import ReportState

TASK_QUEUE = "reports"
WORKFLOW = "ReportWorkflow"
ID_PREFIX = "report-"
"""The start of a workflow's id; the report's number follows."""
DEPLOYMENT = "lapor"
"""The worker deployment to which the versions of the worker belong."""
COMMAND = "command"
"""The update that carries every command. Commands in `shared.lifecycle.actions.SIGNALS` may also
come as a signal with the name of their action, as operators send them by hand."""
RECHECK = "recheck"
"""The signal that the stored deadlines have changed and the run must look again."""
_IDENTITY = "identity"
RECORD = "record"
"""The activity that writes a step."""

STATUS = SearchAttributeKey.for_keyword("LaporStatus")
HANDLER = SearchAttributeKey.for_int("LaporHandler")
CHANNEL = SearchAttributeKey.for_keyword("LaporChannel")
PRIORITY = SearchAttributeKey.for_bool("LaporPriority")
OVERDUE = SearchAttributeKey.for_bool("LaporOverdue")
ON_HOLD = SearchAttributeKey.for_bool("LaporOnHold")
DUE = SearchAttributeKey.for_datetime("LaporDue")

SEARCH_ATTRIBUTES: dict[str, str] = {
    STATUS.name: "Keyword",
    HANDLER.name: "Int",
    CHANNEL.name: "Keyword",
    PRIORITY.name: "Bool",
    OVERDUE.name: "Bool",
    ON_HOLD.name: "Bool",
    DUE.name: "Datetime",
}
"""The type of each search attribute, as the `temporal` command writes it; registered when the stack
starts."""


def workflow_id(number: int) -> str:
    """The id of a report's workflow, the same for every run of it."""
    return f"{ID_PREFIX}{number}"


def number_of(workflow_id: str) -> int | None:
    """The number of the report whose workflow has this id, or None."""
    number = workflow_id.removeprefix(ID_PREFIX)
    return int(number) if number != workflow_id and number.isdecimal() else None


def memo(state: ReportState) -> dict[str, str]:
    """What a run shows in every list: the identity of its row."""
    return {_IDENTITY: str(state.identity)} if state.identity is not None else {}


def is_anothers(run: WorkflowExecutionInfo, identity: UUID | None) -> bool:
    """Whether a run is for another row. A run from before rows had an identity counts as this
    row's."""
    kept = run.memo.fields.get(_IDENTITY)
    return kept is not None and identity is not None and str(identity).encode() not in kept.data


def priority_of(state: ReportState) -> Priority:
    """*Prioritas* goes first in the task queue (1 before the default 3)."""
    return Priority(priority_key=1 if state.priority else 3)


def search_attributes(state: ReportState) -> TypedSearchAttributes:
    """The search attributes of a report in the Temporal UI when its run starts."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(key, value)
        for key, value in _values(state).items()
        if value is not None
    ]
    return TypedSearchAttributes(pairs)


def changed_attributes(before: ReportState, after: ReportState) -> list[SearchAttributeUpdate[Any]]:
    """The search attributes that differ between two states; empty when none does."""
    old, new = _values(before), _values(after)
    return [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in new.items()
        if old[key] != value
    ]


def _values(state: ReportState) -> dict[SearchAttributeKey[Any], Any]:
    values: dict[SearchAttributeKey[Any], str | int | bool | datetime | None] = {
        STATUS: str(state.status),
        HANDLER: state.handler_id,
        CHANNEL: str(state.channel),
        PRIORITY: state.priority,
        OVERDUE: state.overdue,
        ON_HOLD: state.held,
        DUE: state.due_at,
    }
    return values
