"""Who of the demo's staff acts for an agency, and their tokens."""

import asyncio
import time
from functools import cache

from deploy.demo.agencies import AGENCIES, BY_CODE, ROOT, ancestry
from deploy.demo.driver.api import Api
from deploy.demo.staff import STAFF, DemoStaff

PUSAT = "admin.pusat"
_TOKEN_SECONDS = 600.0
_OFFICE_ADDRESS = "198.19.{}.{}"


@cache
def agency_with_admin(code: str) -> str:
    """The agency itself or the nearest above that has somebody to verify and decide."""
    return next(one.code for one in reversed(ancestry(code)) if _admins(one.code))


def agency_above(code: str) -> str:
    """The nearest agency strictly above that has an admin; pusat's is pusat."""
    parent = BY_CODE[code].parent
    return agency_with_admin(parent) if parent else ROOT


def stands_in(code: str, above: str) -> bool:
    """Whether an agency is the other one or stands below it."""
    return any(one.code == above for one in ancestry(code))


def admin_of(code: str) -> str:
    """The user name of an admin who acts for the agency: its own, or of the nearest above."""
    return _admins(agency_with_admin(code))[0].username


def officer_of(code: str) -> str:
    """The user name of a liaison officer of the agency."""
    officers = [one for one in _people(code) if one.role == "liaison_officer"]
    return (officers or _people(code))[0].username


def neighbours(code: str, below: str) -> list[str]:
    """Connected agencies beside this one, with the same parent, within the subtree of `below`."""
    return [
        one.code
        for one in AGENCIES
        if one.connected
        and one.code != code
        and one.parent == BY_CODE[code].parent
        and one.code != below
        and stands_in(one.code, below)
    ]


class SignIns:
    """The staff's access tokens, each got once and renewed before it ends."""

    def __init__(self, routing: Api, password: str) -> None:
        self._routing = routing
        self._password = password
        self._tokens: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def token(self, username: str) -> str:
        """A token that lasts some minutes yet."""
        async with self._locks.setdefault(username, asyncio.Lock()):
            token, until = self._tokens.get(username, ("", 0.0))
            if until < time.monotonic():
                office = _NUMBER[username]
                signed_in = await self._routing.post(
                    "/sign-in",
                    {"username": username, "password": self._password},
                    address=_OFFICE_ADDRESS.format(office // 250, office % 250 + 1),
                )
                token, until = signed_in["access_token"], time.monotonic() + _TOKEN_SECONDS
                self._tokens[username] = token, until
            return token


@cache
def _people(code: str) -> list[DemoStaff]:
    return [one for one in STAFF if one.agency == code]


@cache
def _admins(code: str) -> list[DemoStaff]:
    return [one for one in _people(code) if one.role != "liaison_officer"]


_NUMBER = {one.username: number for number, one in enumerate(STAFF)}
