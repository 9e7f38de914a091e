"""Carrying a demo report through its life: reporter and staff act, in the order of the plan."""

import random
from typing import Any

from deploy.demo.agencies import ROOT, is_within, siblings
from deploy.demo.driver import forms
from deploy.demo.driver.api import Api, File
from deploy.demo.driver.attachments import letter, photograph
from deploy.demo.driver.sending import Sent
from deploy.demo.driver.stack import PUSAT, Stack
from deploy.demo.mix import MIX, draw
from deploy.demo.reports import DemoReport
from deploy.demo.staff import admin_of, agency_above, agency_with_admin, officer_of


class Life:
    """One report, from the moment it is in.

    `_chain` is who delegated the report to whom, the handler last; `_verifier` the agency whose
    admin verifies it; `_request` the last request to an admin.
    """

    def __init__(self, stack: Stack, report: DemoReport, sent: Sent, rng: random.Random) -> None:
        self._stack = stack
        self._report = report
        self._number = sent.number
        self._reporter = sent.reporter
        self._rng = rng
        self._writer = report.writer(rng)
        self._chain = [ROOT]
        self._verifier = ROOT
        self._request = ""
        self._attachments: list[str] = []

    async def begin(self) -> None:
        """See who has the report."""
        token = await self._stack.token(PUSAT)
        found = await self._stack.routing.get(f"/reports/{self._number}", token)
        self._chain = [agency["code"] for agency in found["chain"]]
        self._verifier = agency_with_admin(self._handler)
        self._attachments = [one["id"] for one in found["attachments"] if one["of"] == "report"]

    async def do(self, step: str) -> None:
        """Do a step of the plan. Raises `Refusal`."""
        report, write, handler = self._report, self._writer.write, self._handler
        match step:
            # Before verification
            case "throw":
                await self._throw(agency_with_admin(report.destination))
            case "request_information":
                await self._defer("incomplete_data", note=write("deferral_question"))
            case "complete_information":
                files = self._photographs(0.3)
                await self._reporter.send("information", files, text=write("completed_information"))
            case "await_agency":
                note, agency = write("not_connected_note"), report.awaited_agency or ROOT
                await self._defer(
                    "agency_not_connected", note=note, awaited_agency_id=self._id(agency)
                )
            case "archive":
                category = draw(self._rng, MIX.archive_category)
                note, admin = self._writer.archive_note(category), admin_of(self._verifier)
                await self._route(admin, "archive", category=category, note=note)
            case "withdraw":
                reason = "Sudah tidak diperlukan lagi, terima kasih."
                await self._reporter.send("withdrawal", [], reason=reason)
            # Verification, and what brings the report to another agency
            case "verify":
                await self._bring_within_reach()
                await self._dispose(report.destination)
            case "verify_elsewhere":
                await self._bring_within_reach()
                if beside := siblings(report.destination, self._verifier):
                    await self._dispose(self._rng.choice(beside))
            case "not_authority_elsewhere":
                if handler != self._verifier:  # a sibling of the destination has it
                    await self._not_authority(officer_of(handler), report.destination)
            case "forward":
                await self._forward(report.destination)
            case "request_not_authority":
                if handler != ROOT:
                    await self._not_authority(officer_of(handler), agency_above(self._verifier))
            case "reject_not_authority":
                if handler != ROOT:
                    path = f"requests/{self._request}/reject"
                    await self._follow(self._decider, path, reason=write("rejection_reason"))
            case "copy":
                ids = [self._id(agency_above(agency_above(handler)))]
                await self._route(admin_of(handler), "copies", agency_ids=ids)
            case "amend":
                tags = forms.verification(report, self._stack.ids, handler)["tag_ids"]
                await self._route(admin_of(handler), "amend", tag_ids=tags[:1], priority=True)
            # Follow-up
            case "coordinate":
                await self._coordinate(officer_of(handler))
            case "initial_response":
                await self._write("initial_response", write("initial_response"), [])
            case "follow_up":
                files = self._photographs(0.4)
                if self._rng.random() < 0.2:
                    files.append(letter(self._rng, "berita-acara"))
                await self._write("follow_up", self._writer.follow_up(), files)
            case "reply":
                await self._reporter.send("reply", self._photographs(0.2), text=write("reply"))
            case "declare_satisfied":
                rating = self._rng.choices((1, 2, 3, 4, 5), (2, 3, 15, 40, 40))[0]
                await self._reporter.send(
                    "satisfaction", [], rating=rating, text=write("satisfaction")
                )
            case "request_hold" | "request_close":
                kind = step.removeprefix("request_")
                body = {"kind": kind, "reason": write(f"{kind}_reason")}
                answer = await self._follow(officer_of(handler), "requests", **body)
                self._request = answer["command_id"]
            case "accept_request":
                path = f"requests/{self._request}/accept"
                await self._follow(self._decider, path, note=write("close_reason"))
            case "hold" | "release" | "close" | "reopen":
                admin, reason = admin_of(agency_above(handler)), write(f"{step}_reason")
                await self._follow(admin, step, reason=reason)
            case _:
                raise ValueError(step)

    @property
    def _handler(self) -> str:
        return self._chain[-1]

    @property
    def _decider(self) -> str:
        """An admin of the agency that delegated the report to its handler, or stands in for it."""
        above = self._chain[-2] if len(self._chain) > 1 else agency_above(self._handler)
        return admin_of(above)

    def _delegate(self, agency: str) -> None:
        """Note that the verifier passed the report on."""
        verifier = self._verifier
        above = [one for one in self._chain if one != verifier and is_within(verifier, one)]
        self._chain = list(dict.fromkeys([*above, verifier, agency]))

    async def _bring_within_reach(self) -> None:
        """Whoever has the report by mistake says so, until somebody can pass it to its place."""
        while not is_within(self._report.destination, self._verifier):
            await self._not_authority(admin_of(self._verifier), self._report.destination)
            self._verifier = agency_above(self._verifier)

    async def _throw(self, below: str) -> None:
        await self._bring_within_reach()
        if self._verifier != below:
            await self._route(admin_of(self._verifier), "throw", agency_id=self._id(below))
            self._delegate(below)
            self._verifier = below

    async def _defer(self, kind: str, **body: Any) -> None:
        await self._route(admin_of(self._verifier), "defer", kind=kind, **body)

    async def _dispose(self, agency: str) -> None:
        body = forms.verification(self._report, self._stack.ids, agency)
        if not self._report.secret:
            body["released_attachments"] = self._attachments[:1]
        await self._route(admin_of(self._verifier), "verify", **body)
        self._delegate(agency)

    async def _forward(self, agency: str) -> None:
        if self._handler == self._verifier:  # no sibling of the destination has it
            await self._dispose(agency)
            return
        body = {"agency_id": self._id(agency), "copies": [self._id(ROOT)]}
        if self._verifier == ROOT:
            body["copies"] = []
        await self._route(admin_of(self._verifier), "forward", **body)
        self._delegate(agency)

    async def _not_authority(self, username: str, suggested: str) -> None:
        reason = self._writer.write("not_authority_reason")
        body = {"reason": reason, "suggested_agency_id": self._id(suggested)}
        answer = await self._follow(username, "not-authority", **body)
        self._request = answer["command_id"]

    async def _coordinate(self, officer: str) -> None:
        colleagues = await self._stack.routing.get("/staff", await self._stack.token(officer))
        assignee, note = (
            self._rng.choice(colleagues["items"]),
            self._writer.write("coordination_note"),
        )
        await self._follow(officer, "coordination", note=note, assignee_id=assignee["id"])

    async def _write(self, kind: str, text: str, files: list[File]) -> None:
        body = {"kind": kind, "text": text, "secret": self._rng.random() < 0.05}
        officer, path = officer_of(self._handler), "follow-ups"
        await self._post(self._stack.followup, officer, path, body, files)

    async def _route(self, username: str, path: str, **body: Any) -> dict[str, Any]:
        return await self._post(self._stack.routing, username, path, body)

    async def _follow(self, username: str, path: str, **body: Any) -> dict[str, Any]:
        return await self._post(self._stack.followup, username, path, body)

    async def _post(
        self,
        api: Api,
        username: str,
        path: str,
        body: dict[str, Any],
        files: list[File] | None = None,
    ) -> dict[str, Any]:
        """The outcome of a command about the report."""
        answer: dict[str, Any] = await api.post(
            f"/reports/{self._number}/{path}",
            body,
            token=await self._stack.token(username),
            files=files or (),
        )
        return answer

    def _id(self, agency: str) -> int:
        return self._stack.ids.agencies[agency]

    def _photographs(self, share: float) -> list[File]:
        return [photograph(self._rng, "foto")] if self._rng.random() < share else []
