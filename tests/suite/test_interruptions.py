"""An interruption by Temporal's SDK that falls into a collection of garbage fails no test."""

import sys
import warnings

import pytest
from temporalio.worker._workflow import _InterruptDeadlockError


class _Left:
    def __del__(self) -> None:
        raise _InterruptDeadlockError


def test_an_interrupted_workflow_task_fails_no_test() -> None:
    assert "unraisable_hook" in repr(sys.unraisablehook), "pytest would not have noticed"
    left = _Left()
    del left


def test_what_else_nobody_could_catch_is_an_error() -> None:
    with pytest.raises(pytest.PytestUnraisableExceptionWarning):
        warnings.warn(pytest.PytestUnraisableExceptionWarning("ours"), stacklevel=1)
