"""Carries a demo report through its life: reporter and staff act in the order of the plan."""

import random
from collections.abc import Sequence
from typing import Any

from deploy.demo.country import (
    ROOT,
    admin_of,
    agency_above,
    agency_with_admin,
    is_within,
    officer_of,
    siblings,
)
from deploy.demo.driver import forms
from deploy.demo.driver.api import File
from deploy.demo.driver.forms import letter, photograph
from deploy.demo.driver.sending import Sent
from deploy.demo.driver.stack import PUSAT, Stack
from deploy.demo.mix import MIX, draw
from deploy.demo.reports import DemoReport
from shared.lifecycle.actions import ObjectionReason, UnmetReason

_IN_ROUTING = frozenset("throw defer archive verify forward copies amend".split())
"""The commands of routing; the others belong to followup."""


class DemoReportRun:
    """One report, from its submission on.

    `_chain` lists the agencies through which the report came, the handler last; `_verifier` is the
    agency whose admin verifies it; `_request` is the last request to an admin.
    """

    def __init__(self, stack: Stack, report: DemoReport, sent: Sent, rng: random.Random) -> None:
        self._stack = stack
        self._report = report
        self._sent = sent
        self._rng = rng
        self._writer = report.writer(rng)
        self._request = ""
        self._chain = [ROOT]

    async def begin(self) -> None:
        """Read which agencies have the report."""
        token = await self._stack.token(PUSAT)
        view = await self._stack.routing.get(f"/reports/{self._sent.number}", token)
        self._chain = [agency["code"] for agency in view["chain"]]
        self._verifier = agency_with_admin(self._handler)
        self._attachments = [file["id"] for file in view["attachments"] if file["of"] == "report"]

    async def do(self, step: str) -> None:
        """Do a step of the plan. Raises `Refusal`."""
        report, write, handler = self._report, self._writer.write, self._handler
        verifier, say = admin_of(self._verifier), self._sent.write
        match step:
            # Before verification
            case "throw":
                await self._throw(agency_with_admin(report.destination))
            case "request_information":
                note = write("deferral_question")
                await self._act(verifier, "defer", kind="incomplete_data", note=note)
            case "complete_information":
                files = self._photographs(0.3)
                await say("information", files, text=write("completed_information"))
            case "await_agency":
                kind, note = "agency_not_connected", write("not_connected_note")
                awaited = self._id(report.awaited_agency or ROOT)
                await self._act(verifier, "defer", kind=kind, note=note, awaited_agency_id=awaited)
            case "archive":
                category = draw(self._rng, MIX.archive_category)
                note = self._writer.archive_note(category)
                await self._act(verifier, "archive", category=category, note=note)
            case "withdraw":
                await say("withdrawal", [], reason="Sudah tidak diperlukan lagi, terima kasih.")
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
            case "forward" if handler == self._verifier:  # no sibling has it
                await self._dispose(report.destination)
            case "forward":
                copies = [self._id(ROOT)] if self._verifier != ROOT else []
                destination = self._id(report.destination)
                await self._act(verifier, "forward", agency_id=destination, copies=copies)
                self._delegate(report.destination)
            case "request_not_authority" | "reject_not_authority" if handler == ROOT:
                pass
            case "request_not_authority":
                await self._not_authority(officer_of(handler), agency_above(self._verifier))
            case "reject_not_authority":
                await self._decide("reject", reason=write("rejection_reason"))
            case "copy":
                ids = [self._id(agency_above(agency_above(handler)))]
                await self._act(admin_of(handler), "copies", agency_ids=ids)
            case "amend":
                tags = forms.verification(report, self._stack.ids, handler)["tag_ids"]
                await self._act(admin_of(handler), "amend", tag_ids=tags[:1], priority=True)
            # Follow-up
            case "coordinate":
                officer, note = officer_of(handler), write("coordination_note")
                staff = await self._stack.routing.get("/staff", await self._stack.token(officer))
                assignee = self._rng.choice(staff["items"])["id"]
                await self._act(officer, "coordination", note=note, assignee_id=assignee)
            case "initial_response":
                await self._follow_up(step, write(step), [])
            case "follow_up":
                files = self._photographs(0.4)
                if self._rng.random() < 0.2:
                    files.append(letter(self._rng, "berita-acara"))
                await self._follow_up(step, self._writer.follow_up(), files)
            case "reply":
                await say("reply", self._photographs(0.2), text=write("reply"))
            case "declare_satisfied":
                rating = self._rng.choices((1, 2, 3, 4, 5), (2, 3, 15, 40, 40))[0]
                await say("satisfaction", [], rating=rating, text=write("satisfaction"))
            case "rate":
                rating = self._rng.choices((1, 2, 3, 4, 5), (10, 10, 20, 30, 30))[0]
                await say("rating", [], rating=rating, solved=rating > 2)
            case "object":
                why = ObjectionReason.NOT_SOLVED
                await say("objection", [], objection_reason=why, text=write("reply"))
            case "request_hold" | "request_close":
                kind = step.removeprefix("request_")
                officer, reason = officer_of(handler), write(f"{kind}_reason")
                self._request = await self._act(officer, "requests", kind=kind, reason=reason)
            case "accept_request":
                await self._decide("accept", note=write("close_reason"))
            case "hold" | "release" | "close" | "reopen":
                admin = admin_of(agency_above(handler))
                await self._act(admin, step, reason=write(f"{step}_reason"))
            case _:
                raise ValueError(step)

    @property
    def _handler(self) -> str:
        return self._chain[-1]

    def _delegate(self, agency: str) -> None:
        """Record that the verifier passed the report on."""
        verifier = self._verifier
        above = [a for a in self._chain if a != verifier and is_within(verifier, a)]
        self._chain = list(dict.fromkeys([*above, verifier, agency]))

    async def _throw(self, below: str) -> None:
        await self._bring_within_reach()
        if self._verifier != below:
            await self._act(admin_of(self._verifier), "throw", agency_id=self._id(below))
            self._delegate(below)
            self._verifier = below

    async def _bring_within_reach(self) -> None:
        """Let each agency that has the report by mistake say so, until one can pass it to its
        destination."""
        while not is_within(self._report.destination, self._verifier):
            await self._not_authority(admin_of(self._verifier), self._report.destination)
            self._verifier = agency_above(self._verifier)

    async def _dispose(self, agency: str) -> None:
        body = forms.verification(self._report, self._stack.ids, agency)
        if not self._report.secret:
            body["released_attachments"] = self._attachments[:1]
        await self._act(admin_of(self._verifier), "verify", **body)
        self._delegate(agency)

    async def _not_authority(self, username: str, suggested: str) -> None:
        reason, agency = self._writer.write("not_authority_reason"), self._id(suggested)
        self._request = await self._act(
            username, "not-authority", reason=reason, suggested_agency_id=agency
        )

    async def _decide(self, decision: str, **body: Any) -> None:
        """Decide a request as the agency that delegated the report to its handler, or as the one
        that stands in for it."""
        above = self._chain[-2] if len(self._chain) > 1 else agency_above(self._handler)
        await self._act(admin_of(above), f"requests/{self._request}/{decision}", **body)

    async def _follow_up(self, kind: str, text: str, files: list[File]) -> None:
        officer, secret = officer_of(self._handler), self._rng.random() < 0.05
        written: dict[str, Any] = {"kind": kind, "text": text, "secret": secret}
        if kind == "follow_up":
            written |= self._comes_to()
        await self._act(officer, "follow-ups", files, **written)

    def _comes_to(self) -> dict[str, str]:
        """Return the outcome of a follow-up; one in six cannot be met."""
        if self._rng.random() < 5 / 6:
            return {"outcome": "done"}
        return {"outcome": "cannot_be_met", "unmet_reason": self._rng.choice(list(UnmetReason))}

    async def _act(
        self, username: str, command: str, files: Sequence[File] = (), **body: Any
    ) -> str:
        """Send a command and return its id when it has been executed."""
        api = self._stack.routing if command in _IN_ROUTING else self._stack.followup
        path, token = f"/reports/{self._sent.number}/{command}", await self._stack.token(username)
        answer = await api.post(path, body, files, token=token)
        return str(answer["command_id"])

    def _id(self, agency: str) -> int:
        return self._stack.ids.agencies[agency]

    def _photographs(self, share: float) -> list[File]:
        return [photograph(self._rng, "foto")] if self._rng.random() < share else []
