"""Slows down guessing at a secret, without locking out a person who knows it.

Failures are counted by secret and by the caller's address or browser. The tries of many addresses
on one password are limited too, but the person keeps a way in: browsers that signed in before pass,
and for staff also addresses that did and sign-ins with a second factor; all others take turns
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
from shared.http.tokens import Device, TokenOwner, Tokens
from shared.telemetry import registry

KNOWN_FOR = timedelta(days=30)
"""How long a browser or an address is known after it has succeeded."""
TURN = 10.0
"""Seconds between two tries by strangers on a password on which many tries have failed."""
DEVICES = 4
"""How many browser marks are checked in one request: people who share a browser have one each."""

_turns = Counter(
    "lapor_sign_ins_in_turn",
    "Sign-ins that had to wait their turn, because many tries on the password had failed",
    ["whose"],
    registry=registry,
)
for _owner in get_args(TokenOwner):
    _turns.labels(_owner)  # there from the start, at nothing


class Guard(NamedTuple):
    """The limits of tries on one kind of secret."""

    of_source: Limit
    """Failures on one secret from one address, or from one known browser."""
    of_address: Limit
    """Failures on all secrets from one address."""


class PasswordGuard(NamedTuple):
    """The limits of tries on the passwords of staff, or of reporters."""

    owner: TokenOwner
    sources: Guard
    strangers: Limit
    """Failures of strangers on one password, after which strangers take turns."""


class Attempt:
    """One try, which counts as a failure until it is taken back."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits
        self._counted: list[tuple[Limit, str]] = []

    async def count(self, limit: Limit, subject: str) -> None:
        """Count the try, or raise the 429 problem and take back all that was counted for it."""
        if not await self.is_counted(limit, subject):
            await self.take_back()
            await self._limits.take(limit, subject)

    async def is_counted(self, limit: Limit, subject: str) -> bool:
        """Count the try unless the limit is reached; return whether it was counted."""
        counted = await self._limits.wait(limit, subject) is None
        if counted:
            self._counted.append((limit, subject))
        return counted

    def keep_counted(self) -> None:
        """Keep what is counted so far, because the secret was wrong, whatever else is tried."""
        self._counted = []

    async def take_back(self) -> None:
        """Take back what was counted: the secret was right, or this was no guess."""
        counted, self._counted = self._counted, []
        for limit, subject in counted:
            await self._limits.give_back(limit, subject)


class StrangersAttempt(Attempt):
    """A try by an unknown browser or address on the password of `name`, which may not exist."""

    def __init__(self, request: Request, guard: PasswordGuard, name: str) -> None:
        self._limits = rate_limits(request)
        super().__init__(self._limits)
        self._guard, self._name = guard, name
        self._address, self._place = client_address(request), client_place(request)
        self._tokens: Tokens = request.app.state.tokens

    async def count_as_stranger(self) -> None:
        """Count the try of a stranger. Raises the 429 problem, with how long to wait."""
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
            _turns.labels(guard.owner).inc()
            await self.take_back()
            raise too_many(wait)

    def _subject(self, name: str) -> str:
        return self._limits.digest(self._guard.strangers.name, name).hex()


class PasswordAttempt(StrangersAttempt):
    """A try on the password of a name that belongs to one account or to none."""

    _device: Device | None = None
    _marks: Sequence[str] = ()

    async def begin(
        self,
        devices: Sequence[str],
        second_factor: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Count the try. Raises the 429 problem, with how long to wait.

        `devices` are the marks of the browser; `second_factor` tells whether a right code was sent
        too.
        """
        guard, self._marks = self._guard, devices[:DEVICES]
        known = self._tokens.devices_of(guard.owner, self._marks)
        subject = self._subject(self._name)
        self._device = next((device for device in known if device.subject == subject), None)
        if self._device is not None:
            await self.count(guard.sources.of_source, f"{self._name}\0{self._device.id}")
            return

        await self._count_by_address()
        if not await self._limits.remembers(guard.strangers.name, self._here):
            await self._count_by_name(second_factor)

    async def let_in(self) -> list[str]:
        """Note that the person has signed in; return the new marks of the browser.

        The address is known from now on, and so is the browser, by the new marks, which replace
        those it had.
        """
        await self.take_back()
        await self._limits.remember(self._guard.strangers.name, self._here, KNOWN_FOR)
        own = self._tokens.issue_device(
            self._guard.owner,
            self._subject(self._name),
            KNOWN_FOR,
            self._device.id if self._device else None,
        )
        return _marks_with(own, self._marks, self._device)

    @property
    def _here(self) -> str:
        return f"{self._name}\0{self._address}"


class SharedNameAttempt(StrangersAttempt):
    """A try on the passwords of all accounts that share a name, which anybody may give to theirs.

    A browser is known only to the account to which it signed in; an address is known to none.
    """

    _known: Sequence[Device] = ()
    _marks: Sequence[str] = ()

    async def begin(self, devices: Sequence[str]) -> frozenset[int]:
        """Count the try; return the accounts to which the browser is known.

        If there is none, it is a stranger's try, which may raise the 429 problem.
        """
        guard, self._marks = self._guard, devices[:DEVICES]
        known = []
        for device in self._tokens.devices_of(guard.owner, self._marks):
            if device.account is None or device.subject != self._of(device.account):
                continue
            if await self.is_counted(guard.sources.of_source, f"{self._name}\0{device.id}"):
                known.append(device)
        self._known = known
        if not known:
            await self.count_as_stranger()
        return frozenset(device.account for device in known if device.account is not None)

    async def go_on_as_stranger(self) -> None:
        """Go on after the password was that of none of those accounts, which stays counted.

        Raises the 429 problem if a stranger may not try any other account.
        """
        self.keep_counted()
        await self.count_as_stranger()

    async def let_in(self, account: int) -> list[str]:
        """Note that it was this account's password; return the marks by which it knows the
        browser."""
        await self.take_back()
        before = next((device for device in self._known if device.account == account), None)
        own = self._tokens.issue_device(
            self._guard.owner,
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
