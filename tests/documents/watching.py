"""A sandbox that knows whether whoever asks it holds a connection meanwhile."""

import asyncio
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.attachments.sandbox import Sandbox


class WatchingSandbox(Sandbox):
    """`held`: of each job, whether its task had a connection of this pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__()
        self.held: list[bool] = []
        self._holders: dict[Any, asyncio.Task[Any] | None] = {}
        event.listen(engine.sync_engine, "checkout", self._taken)
        event.listen(engine.sync_engine, "checkin", self._given_back)

    async def run(self, *job: Any, **options: Any) -> Any:
        self.held.append(asyncio.current_task() in self._holders.values())
        return await super().run(*job, **options)

    def _taken(self, _: Any, record: Any, __: Any) -> None:
        self._holders[record] = asyncio.current_task()

    def _given_back(self, _: Any, record: Any) -> None:
        self._holders.pop(record, None)
