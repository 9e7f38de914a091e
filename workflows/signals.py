"""Signals as they arrive: from a service with its command, or typed by an operator."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.commands import Command
from shared.lifecycle.people import OPERATOR
from shared.lifecycle.state import ReportState
from shared.temporal.messages import SignalMessage

_Self = TypeVar("_Self")


def tolerant(
    handler: Callable[[_Self, RawValue], Awaitable[None]],
) -> Callable[[_Self, RawValue], Coroutine[Any, Any, None]]:
    """Let a signal handler accept any number of arguments: nobody may break a report by hand."""

    @functools.wraps(handler)
    async def handle(self: _Self, *sent: RawValue) -> None:
        await handler(self, sent[0] if sent else RawValue(Payload()))

    return handle


def read_signal(sent: object) -> SignalMessage:
    """Read a signal; one that cannot be understood gives an empty message."""
    return SignalMessage.read(sent.payload.data) if isinstance(sent, RawValue) else SignalMessage()


def claims(message: SignalMessage, action: Action, number: int) -> bool:
    """Whether the message claims to be a service's command for this report and action."""
    command = message.command
    return command is not None and command.action is action and command.number == number


def by_operator(
    state: ReportState, action: Action, command_id: UUID, at: datetime, code: str | None
) -> Command:
    """The command in the operator's name, whatever the signal claimed."""
    return Command(
        id=command_id,
        number=state.number,
        action=action,
        actor=OPERATOR,
        capacities=frozenset({Capacity.OPERATOR}),
        at=at,
        handler_seen=state.handler_id,
        reason_code=code,
    )
