"""Guessing at a secret slows down who guesses, and locks nobody out who has it.

Failures count by secret and by where they come from. What many addresses together may try on one
password is limited too, in a way that leaves the person a way in: browsers and addresses that
succeeded before, and sign-ins with a second factor, pass; all others take turns (decision 28).
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from fastapi import Request
from prometheus_client import Counter

from shared.http.limits import Limit, RateLimits, client_address, rate_limits
from shared.http.problems import too_many
from shared.http.tokens import Tokens, Whose
from shared.telemetry import registry

KNOWN_FOR = timedelta(days=30)
"""How long a browser or an address that succeeded is known for it."""
TURN = 10.0
"""Seconds between two tries of strangers on a password that many failed at."""
DEVICES = 4
"""Browsers' marks looked at in one request: people who share a browser have one each."""

_turns = Counter(
    "lapor_sign_ins_in_turn",
    "Tries on a password that many had failed at, told to wait for their turn",
    ["whose"],
    registry=registry,
)


class Guard(NamedTuple):
    """What may be tried on one kind of secret."""

    of_source: Limit
    """Failures on one secret from one address, or from one known browser."""
    of_address: Limit
    """Failures on all secrets from one address."""


class PasswordGuard(NamedTuple):
    """What may be tried on the passwords of staff, or of reporters."""

    whose: Whose
    sources: Guard
    strangers: Limit
    """Failures of strangers on one password, after which they take turns."""


class Attempt:
    """One try, counted as a failure until it is taken back."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits
        self._counted: list[tuple[Limit, str]] = []

    async def count(self, limit: Limit, subject: str) -> None:
        """Raises the 429 problem; then nothing of this try is counted any more."""
        if not await self.is_counted(limit, subject):
            await self.take_back()
            await self._limits.take(limit, subject)

    async def is_counted(self, limit: Limit, subject: str) -> bool:
        """Counts it, unless the limit is reached."""
        counted = await self._limits.wait(limit, subject) is None
        if counted:
            self._counted.append((limit, subject))
        return counted

    async def take_back(self) -> None:
        """It was right, or no guess."""
        counted, self._counted = self._counted, []
        for limit, subject in counted:
            await self._limits.give_back(limit, subject)


class PasswordAttempt(Attempt):
    """A try on the password of `name`, which need not be anybody's."""

    def __init__(self, request: Request, guard: PasswordGuard, name: str) -> None:
        self._limits = rate_limits(request)
        super().__init__(self._limits)
        self._guard, self._name = guard, name
        self._address = client_address(request)
        self._tokens: Tokens = request.app.state.tokens
        self._subject = self._limits.digest(guard.strangers.name, name).hex()
        self._marks: Sequence[str] = ()
        self._device: str | None = None

    async def begin(
        self,
        devices: Sequence[str],
        second_factor: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Count it. `devices` are the marks of the browser; `second_factor` tells whether a right
        code came along. Raises the 429 problem, with how long to wait."""
        guard, self._marks = self._guard, devices[:DEVICES]
        self._device = self._tokens.device_of(guard.whose, self._subject, self._marks)
        source = self._device or self._address
        await self.count(guard.sources.of_source, f"{self._name}\0{source}")
        if self._device is not None:
            return
        await self.count(guard.sources.of_address, self._address)
        if await self._limits.remembers(guard.strangers.name, self._place):
            return
        if await self.is_counted(guard.strangers, self._name):
            return
        if second_factor is not None and await second_factor():
            return
        wait = await self._limits.turn(guard.strangers.name, self._name, self._address, TURN)
        if wait:
            _turns.labels(guard.whose).inc()
            await self.take_back()
            raise too_many(wait)

    async def let_in(self) -> list[str]:
        """The password was right, and whatever else was asked: this address is known from now on,
        and the browser by the marks given, which take the place of those it had."""
        await self.take_back()
        await self._limits.remember(self._guard.strangers.name, self._place, KNOWN_FOR)
        whose, subject = self._guard.whose, self._subject
        others = [
            mark for mark in self._marks if self._tokens.device_of(whose, subject, [mark]) is None
        ]
        own = self._tokens.issue_device(whose, subject, KNOWN_FOR, self._device)
        return [own, *others][:DEVICES]

    @property
    def _place(self) -> str:
        return f"{self._name}\0{self._address}"


async def attempt_by_address(request: Request, guard: Guard, secret: str) -> Attempt:
    """A try on a secret that is too long to be guessed by many. Raises the 429 problem."""
    attempt, address = Attempt(rate_limits(request)), client_address(request)
    await attempt.count(guard.of_source, f"{secret}\0{address}")
    await attempt.count(guard.of_address, address)
    return attempt
