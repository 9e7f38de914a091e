"""A Temporal server whose time jumps to the next timer when nothing else is to do."""

import sysconfig
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

STARTS = 6
"""The SDK gives a server five seconds to answer, which a full machine does not always keep."""


async def start_time_skipping() -> WorkflowEnvironment:
    """Start one; it ends with `async with`. Raises RuntimeError where it does not start in half a
    minute."""
    binary = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
    for start in range(1, STARTS + 1):
        try:
            return await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=str(binary), data_converter=pydantic_data_converter
            )
        except RuntimeError:
            if start == STARTS:
                raise
    raise AssertionError
