"""Guessing at a secret slows down who guesses, and locks nobody out who has it.

Failures count by secret and by where they come from. What many addresses together may try on one
password is limited too, in a way that leaves the person a way in: browsers that succeeded before
pass, of staff also addresses that did and sign-ins with a second factor; all others take turns
(decision 28).
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, get_args

from fastapi import Request
from prometheus_client import Counter

from shared.http.callers import client_address, client_place
from shared.http.limits import Limit, RateLimits, rate_limits
from shared.http.problems import too_many
from shared.http.tokens import Device, Tokens, Whose
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
for _whose in get_args(Whose):
    _turns.labels(_whose)  # there from the start, at nothing


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

    def keep_counted(self) -> None:
        """It was wrong so far, whatever else is tried."""
        self._counted = []

    async def take_back(self) -> None:
        """It was right, or no guess."""
        counted, self._counted = self._counted, []
        for limit, subject in counted:
            await self._limits.give_back(limit, subject)


class StrangersAttempt(Attempt):
    """A try on the password of `name`, which need not be anybody's, by somebody not known."""

    def __init__(self, request: Request, guard: PasswordGuard, name: str) -> None:
        self._limits = rate_limits(request)
        super().__init__(self._limits)
        self._guard, self._name = guard, name
        self._address, self._place = client_address(request), client_place(request)
        self._tokens: Tokens = request.app.state.tokens

    async def count_as_stranger(self) -> None:
        """Raises the 429 problem, with how long to wait."""
        await self._count_by_address()
        await self._count_by_name()

    async def _count_by_address(self) -> None:
        sources = self._guard.sources
        await self.count(sources.of_source, f"{self._name}\0{self._address}")
        await self.count(sources.of_address, self._address)

    async def _count_by_name(
        self, second_factor: Callable[[], Awaitable[bool]] | None = None
    ) -> None:
        guard = self._guard
        if await self.is_counted(guard.strangers, self._name):
            return
        if second_factor is not None and await second_factor():
            return
        wait = await self._limits.turn(guard.strangers.name, self._name, self._place, TURN)
        if wait:
            _turns.labels(guard.whose).inc()
            await self.take_back()
            raise too_many(wait)

    def _subject(self, name: str) -> str:
        return self._limits.digest(self._guard.strangers.name, name).hex()


class PasswordAttempt(StrangersAttempt):
    """A try on the password of a name that is one account's, or nobody's."""

    _device: Device | None = None
    _marks: Sequence[str] = ()

    async def begin(
        self,
        devices: Sequence[str],
        second_factor: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Count it. `devices` are the marks of the browser; `second_factor` tells whether a right
        code came along. Raises the 429 problem, with how long to wait."""
        guard, self._marks = self._guard, devices[:DEVICES]
        known = self._tokens.devices_of(guard.whose, self._marks)
        subject = self._subject(self._name)
        self._device = next((device for device in known if device.subject == subject), None)
        if self._device is not None:
            await self.count(guard.sources.of_source, f"{self._name}\0{self._device.id}")
            return

        await self._count_by_address()
        if not await self._limits.remembers(guard.strangers.name, self._here):
            await self._count_by_name(second_factor)

    async def let_in(self) -> list[str]:
        """The password was right, and whatever else was asked: this address is known from now on,
        and the browser by the marks given, which take the place of those it had."""
        await self.take_back()
        await self._limits.remember(self._guard.strangers.name, self._here, KNOWN_FOR)
        own = self._tokens.issue_device(
            self._guard.whose,
            self._subject(self._name),
            KNOWN_FOR,
            self._device.id if self._device else None,
        )
        return _marks_with(own, self._marks, self._device)

    @property
    def _here(self) -> str:
        return f"{self._name}\0{self._address}"


class SharedNameAttempt(StrangersAttempt):
    """A try on the passwords of all accounts that share a name, which anybody may give theirs: a
    browser is known to the account it signed in to, and to no other; an address to none."""

    _known: Sequence[Device] = ()
    _marks: Sequence[str] = ()

    async def begin(self, devices: Sequence[str]) -> frozenset[int]:
        """Count it, and give the accounts the browser is known to. What it is known to none of is
        a stranger's try, and may raise the 429 problem."""
        guard, self._marks = self._guard, devices[:DEVICES]
        known = []
        for device in self._tokens.devices_of(guard.whose, self._marks):
            if device.account is None or device.subject != self._of(device.account):
                continue
            if await self.is_counted(guard.sources.of_source, f"{self._name}\0{device.id}"):
                known.append(device)
        self._known = known
        if not known:
            await self.count_as_stranger()
        return frozenset(device.account for device in known if device.account is not None)

    async def go_on_as_stranger(self) -> None:
        """It was the password of none of those accounts: that stays counted. Raises the 429
        problem where a stranger may not try any other."""
        self.keep_counted()
        await self.count_as_stranger()

    async def let_in(self, account: int) -> list[str]:
        """It was this account's password: the browser is known to it by the marks given."""
        await self.take_back()
        before = next((device for device in self._known if device.account == account), None)
        own = self._tokens.issue_device(
            self._guard.whose,
            self._of(account),
            KNOWN_FOR,
            before.id if before else None,
            account,
        )
        return _marks_with(own, self._marks, before)

    def _of(self, account: int) -> str:
        return self._subject(f"{self._name}\0{account}")


def _marks_with(own: str, marks: Sequence[str], before: Device | None) -> list[str]:
    others = [mark for mark in marks if before is None or mark != before.mark]
    return [own, *others][:DEVICES]


async def attempt_by_address(request: Request, guard: Guard, secret: str) -> Attempt:
    """A try on a secret that is too long to be guessed by many. Raises the 429 problem."""
    attempt, address = Attempt(rate_limits(request)), client_address(request)
    await attempt.count(guard.of_source, f"{secret}\0{address}")
    await attempt.count(guard.of_address, address)
    return attempt
