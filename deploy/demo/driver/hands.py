"""The hands that act on a demo report: who has it, who may act on it, and the calls they make."""

import random
from typing import Any

from deploy.demo.agencies import ROOT
from deploy.demo.driver import bodies
from deploy.demo.driver.api import Api, File
from deploy.demo.driver.files import photograph
from deploy.demo.driver.sending import Sent
from deploy.demo.driver.stack_access import StackAccess
from deploy.demo.driver.staffing import admin_of, agency_above, officer_of, stands_in
from deploy.demo.reports import DemoReport


class Hands:
    """`chain` is who handed the report to whom, the handler last; `acting` the agency whose admin
    has the next word."""

    def __init__(
        self, access: StackAccess, report: DemoReport, sent: Sent, rng: random.Random
    ) -> None:
        self._stack_access = access
        self._report = report
        self._number = sent.number
        self._reporter = sent.reporter
        self._rng = rng
        self._acting = ROOT
        self._chain = [ROOT]
        self._request = ""
        self._files: list[str] = []
        self._follow_ups = 0

    @property
    def _handler(self) -> str:
        return self._chain[-1]

    @property
    def _deciding(self) -> str:
        """The agency that delegated the report to its handler, or stands in for it."""
        return self._chain[-2] if len(self._chain) > 1 else agency_above(self._handler)

    def _hand_to(self, agency: str) -> None:
        """The chain after the acting agency handed the report on."""
        above = [one for one in self._chain if one != self._acting and stands_in(self._acting, one)]
        self._chain = list(dict.fromkeys([*above, self._acting, agency]))

    async def _bring_within_reach(self) -> None:
        """Who has the report by mistake says so, until somebody can hand it where it belongs."""
        while not stands_in(self._report.destination, self._acting):
            await self._disown(admin_of(self._acting), self._report.destination)
            self._acting = agency_above(self._acting)

    async def _disown(self, username: str, suggested: str) -> None:
        reason = self._report.texts.not_authority_reason
        body = {"reason": reason, "suggested_agency_id": self._id(suggested)}
        asked = await self._act(self._stack_access.routing, "not-authority", username, body)
        self._request = asked["command_id"]

    async def _dispose(self, agency: str) -> None:
        body = bodies.verification(self._report, self._stack_access.directory, agency)
        if not self._report.secret:
            body["released_attachments"] = self._files[:1]
        await self._act(self._stack_access.routing, "verify", admin_of(self._acting), body)
        self._hand_to(agency)

    async def _request_above(self, kind: str, reason: str) -> None:
        body = {"kind": kind, "reason": reason}
        officer = officer_of(self._handler)
        asked = await self._act(self._stack_access.followup, "requests", officer, body)
        self._request = asked["command_id"]

    async def _intervene(self, what: str, reason: str) -> None:
        await self._follow(what, admin_of(agency_above(self._handler)), reason=reason)

    async def _write_follow_up(self, kind: str, words: str, files: list[File]) -> None:
        officer = officer_of(self._handler)
        body = {"kind": kind, "text": words, "secret": self._rng.random() < 0.05}
        if not files:
            await self._act(self._stack_access.followup, "follow-ups", officer, body)
            return
        await self._stack_access.followup.post_with_files(
            f"/reports/{self._number}/follow-ups",
            "message",
            body,
            files,
            token=await self._token(officer),
        )

    async def _route(self, what: str, username: str, **body: Any) -> None:
        await self._act(self._stack_access.routing, what, username, body)

    async def _follow(self, what: str, username: str, **body: Any) -> None:
        await self._act(self._stack_access.followup, what, username, body)

    async def _act(
        self, api: Api, what: str, username: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """What became of the command."""
        token = await self._token(username)
        answer: dict[str, Any] = await api.post(
            f"/reports/{self._number}/{what}", body, token=token
        )
        return answer

    async def _token(self, username: str) -> str:
        return await self._stack_access.sign_ins.token(username)

    def _id(self, agency: str) -> int:
        return self._stack_access.directory.agencies[agency]

    def _pictures(self, share: float) -> list[File]:
        return [photograph(self._rng, "foto")] if self._rng.random() < share else []
