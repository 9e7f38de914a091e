"""NATS's system account: pushes accounts to every node, and shows who is connected to them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from deploy.errors import StackError
from deploy.nats.authority import Authority
from shared.bus.connection import Bus, BusUserUnknown, connect

TRIAL: Final = "lapor-trial"
"""The name of our own test connection with credentials that a partner is about to get."""
_PATIENCE: Final = 10.0
_ROLL_CALL: Final = 3.0
"""Seconds to wait for nodes that were there a moment ago."""


class PushError(StackError):
    """A node refuses an account, or no node could be reached."""


@dataclass(frozen=True)
class Reach:
    """The nodes, by name, that have what was pushed, and those that could not be reached, which get
    it from the others when they come back."""

    reached: tuple[str, ...]
    away: tuple[str, ...]

    def __str__(self) -> str:
        known = f"known to {', '.join(self.reached)}"
        if not self.away:
            return known
        return f"{known}; not reached, and told when back: {', '.join(self.away)}"


@dataclass(frozen=True)
class Presence:
    """How many connections an account has, and when one was last active, as far as the nodes
    remember: a node forgets this when it restarts."""

    connections: int
    last_activity: datetime | None


class System:
    """A connection of the system account, made with `open_system`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def push(self, account_token: str) -> Reach:
        """Push an account to every reachable node, which replaces the former one and ends
        connections that are no longer allowed. Raises `PushError`."""
        present, known = await self._nodes()
        answers = await self._gather(
            "$SYS.REQ.CLAIMS.UPDATE",
            account_token.encode(),
            lambda answers: present <= answers.keys(),
            _PATIENCE,
        )
        for name, answer in answers.items():
            if "error" in answer:
                raise PushError(f"{name} refuses the account: {answer['error']['description']}")
        if not answers:
            raise PushError("no NATS node answered the system account")
        return Reach(tuple(sorted(answers)), tuple(sorted(known - answers.keys())))

    async def presence(self, account: str) -> Presence:
        """Return who is or was connected to this account, as far as the nodes remember."""
        present, _ = await self._nodes()
        answers = await self._gather(
            "$SYS.REQ.SERVER.PING.CONNZ",
            orjson.dumps({"acc": account, "auth": True, "state": _ALL_STATES}),
            lambda answers: present <= answers.keys(),
            _ROLL_CALL,
        )
        # A connection that the server refused has no user; our own trial connection does not count.
        seen = [
            connection
            for answer in answers.values()
            for connection in answer["data"]["connections"]
            if connection.get("authorized_user") and connection.get("name") != TRIAL
        ]
        return Presence(
            sum("stop" not in each for each in seen),
            max((datetime.fromisoformat(each["last_activity"]) for each in seen), default=None),
        )

    async def _nodes(self) -> tuple[set[str], set[str]]:
        """Return the nodes that answer, and all that the cluster knows. A node that has just
        started does not know the others yet, but knows how many keep the streams with it."""

        def all_answered(answers: dict[str, Any]) -> bool:
            active = [int(answer["statsz"].get("active_servers", 1)) for answer in answers.values()]
            return bool(active) and len(answers) >= max(active)

        def groups(answers: dict[str, Any]) -> list[dict[str, Any]]:
            return [answer["data"].get("meta_cluster") or {} for answer in answers.values()]

        def streams_answered(answers: dict[str, Any]) -> bool:
            sizes = [int(group.get("cluster_size", 1)) for group in groups(answers)]
            led = len(answers) == 1 or any(group.get("replicas") for group in groups(answers))
            return led and len(answers) >= max([len(present), *sizes])

        present = {*await self._gather("$SYS.REQ.SERVER.PING", b"", all_answered, _ROLL_CALL)}
        answers = await self._gather(
            "$SYS.REQ.SERVER.PING.JSZ", b"{}", streams_answered, _ROLL_CALL
        )
        present |= answers.keys()
        replicas = [replica for group in groups(answers) for replica in group.get("replicas") or ()]
        return present, present | {str(replica["name"]) for replica in replicas}

    async def _gather(
        self,
        subject: str,
        body: bytes,
        complete: Callable[[dict[str, Any]], bool],
        seconds: float,
    ) -> dict[str, Any]:
        """Return the nodes' answers by name, until they are complete or the time is up."""
        inbox = self._bus.nc.new_inbox()
        subscription = await self._bus.nc.subscribe(inbox)
        answers: dict[str, Any] = {}
        try:
            await self._bus.nc.publish(subject, body, inbox)
            async with asyncio.timeout(seconds):
                while not complete(answers):
                    message = await subscription.next_msg(timeout=seconds)
                    if not message.data:  # no one answers on this subject
                        break
                    answer = orjson.loads(message.data)
                    answers[str(answer["server"]["name"])] = answer
        except TimeoutError:
            pass  # the answers so far are used
        finally:
            await subscription.unsubscribe()
        return answers


@asynccontextmanager
async def open_system(authority: Authority, url: str) -> AsyncIterator[System]:
    """Open the system account at these addresses, whatever user they name. Raises `PushError` if
    there is no node, or none accepts us."""
    try:
        bus = await connect(url, "lapor", patience=_PATIENCE, credentials=authority.system_user())
    except TimeoutError as error:
        raise PushError(f"{error}; start it first") from None
    except BusUserUnknown:
        raise PushError(
            "NATS does not know this operator: its configuration must be of `lapor nats config`"
        ) from None
    try:
        yield System(bus)
    finally:
        await bus.close()


_ALL_STATES: Final = 2
"""The value of CONNZ for open and closed connections."""
