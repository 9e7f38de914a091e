"""Runs that began under earlier code go on under this one: recorded lives, replayed.

`LAPOR_RECORD_HISTORIES=1 pytest tests/workflows` records them again. A change that breaks the
replay needs `workflow.patched`, not new recordings, once reports run in production.
"""

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from shared.lifecycle.actions import Action
from shared.lifecycle.rules import RULES
from workflows.report import ReportWorkflow
from workflows.sandbox import sandbox

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def test_every_kind_of_life_is_recorded() -> None:
    """Each step that the table knows is taken in one of them at least."""
    steps = " ".join(step for path in HISTORIES for step in _steps(path))
    told_as_performed = {Action.ACCEPT_REQUEST}
    missing = [a for a in RULES if f" {a} → " not in steps and a not in told_as_performed]
    assert missing == []


def _steps(path: Path) -> Iterator[str]:
    """The summaries of what a life had recorded, as the Temporal UI shows them."""
    for event in json.loads(path.read_text())["events"]:
        if summary := event.get("userMetadata", {}).get("summary"):
            yield " " + json.loads(base64.b64decode(summary["data"]))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_life_replays(path: Path) -> None:
    recorded = await asyncio.to_thread(path.read_text)
    replayer = Replayer(
        workflows=[ReportWorkflow],
        workflow_runner=sandbox(),
        data_converter=pydantic_data_converter,
    )
    history = WorkflowHistory.from_json("report-10000020", recorded)
    await replayer.replay_workflow(history)
