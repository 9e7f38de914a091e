"""The messages of a report's workflow. None of them can contain words or identities."""

import json
import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from shared.lifecycle.commands import Command
from shared.lifecycle.state import ReportState

RETIRE_AFTER = timedelta(days=30)
REFUSED = "refused"
"""The detail that marks a failed update as a refusal; its type is the refusal's code."""

ANOTHER_REPORT = "another_report"
"""The error with which a run ends, and fails waiting messages, when its row is another report's."""


class Start(BaseModel):
    """What a run starts from: the state as Postgres has it, and the codes of the agencies in it.

    The codes are for people who read the Temporal UI. The run ends `retire_after` after the report
    was closed or archived.
    """

    model_config = ConfigDict(frozen=True)

    stored: ReportState
    retire_after: timedelta = RETIRE_AFTER
    agencies: dict[int, str] = {}
    records_locally: bool = True
    """Steps are tried in the workflow task first."""

    @model_validator(mode="before")
    @classmethod
    def _from_before(cls, value: Any) -> Any:
        """Read the `state` of runs that began before 29 November 2026.

        Those runs record by ordinary activities as long as they last. An older worker cannot read
        `stored`: it leaves newer runs to newer workers, so they never take a path that it cannot
        follow.
        """
        if isinstance(value, dict) and "state" in value:
            value = {**value, "stored": value["state"], "records_locally": False}
            del value["state"]
        return value


class SignalMessage(BaseModel):
    """A signal: a service's command, or an operator's own, with the code of its reason."""

    model_config = ConfigDict(frozen=True)

    command: Command | None = None
    code: str | None = None

    @classmethod
    def read(cls, data: bytes) -> "SignalMessage":
        """Read whatever was sent, perhaps by hand. What is no command or code is dropped."""
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(value, dict):
            return cls()
        code = value.get("code")
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            code = None
        try:
            command = Command.model_validate(value.get("command"))
        except ValidationError:
            command = None
        return cls(command=command, code=code)


_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
