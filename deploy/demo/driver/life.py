"""Carrying a demo report through its life: who it is with acts, in the order of the plan."""

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from deploy.demo.agencies import ROOT
from deploy.demo.driver import bodies
from deploy.demo.driver.files import letter
from deploy.demo.driver.hands import Hands
from deploy.demo.driver.plan import Step
from deploy.demo.driver.staffing import (
    PUSAT,
    admin_of,
    agency_above,
    agency_with_admin,
    neighbours,
    officer_of,
)


class Life(Hands):
    """One report, from the moment it is in."""

    async def carry_out(self, steps: Iterable[Step], told: Callable[[Step], None]) -> None:
        """Every step in turn; tells of each that is done. Raises `Refusal` at the first failing."""
        found = await self._stack_access.routing.get(
            f"/reports/{self._number}", await self._token(PUSAT)
        )
        self._chain = [one["code"] for one in found["chain"]]
        self._acting = agency_with_admin(self._handler)
        self._files = [one["id"] for one in found["attachments"] if one["of"] == "report"]
        for step in steps:
            await self._DOING[step](self)
            told(step)

    # Before verification

    async def _throw(self) -> None:
        below = agency_with_admin(self._report.destination)
        await self._bring_within_reach()
        if self._acting != below:
            await self._route("throw", admin_of(self._acting), agency_id=self._id(below))
            self._hand_to(below)
            self._acting = below

    async def _ask_for_information(self) -> None:
        note = self._report.texts.deferral_question
        await self._route("defer", admin_of(self._acting), kind="incomplete_data", note=note)

    async def _complete_information(self) -> None:
        await self._reporter.complete_information(
            self._report.texts.completed_information, self._pictures(0.3)
        )

    async def _await_agency(self) -> None:
        awaited = self._report.awaited_agency
        assert awaited is not None, "drawn with the outcome"
        await self._route(
            "defer",
            admin_of(self._acting),
            kind="agency_not_connected",
            note=self._report.texts.not_connected_note,
            awaited_agency_id=self._id(awaited),
        )

    async def _archive(self) -> None:
        texts = self._report.texts
        await self._route(
            "archive",
            admin_of(self._acting),
            category=texts.archive_category,
            note=texts.archive_note,
        )

    async def _withdraw(self) -> None:
        await self._reporter.withdraw()

    # Verification, and what brings the report to another agency

    async def _verify(self) -> None:
        await self._bring_within_reach()
        await self._dispose(self._report.destination)

    async def _verify_elsewhere(self) -> None:
        await self._bring_within_reach()
        beside = neighbours(self._report.destination, self._acting)
        if beside:
            await self._dispose(self._rng.choice(beside))

    async def _disown_elsewhere(self) -> None:
        if self._handler != self._acting:
            await self._disown(officer_of(self._handler), self._report.destination)

    async def _forward(self) -> None:
        if self._handler == self._acting:  # nobody beside the destination had it
            await self._dispose(self._report.destination)
            return
        copies = [self._id(ROOT)] if self._acting != ROOT else []
        to = self._id(self._report.destination)
        await self._route("forward", admin_of(self._acting), agency_id=to, copies=copies)
        self._hand_to(self._report.destination)

    async def _ask_not_authority(self) -> None:
        if self._handler != ROOT:
            await self._disown(officer_of(self._handler), agency_above(self._acting))

    async def _reject_not_authority(self) -> None:
        if self._handler != ROOT:
            path = f"requests/{self._request}/reject"
            reason = self._report.texts.rejection_reason
            await self._route(path, admin_of(self._deciding), reason=reason)

    async def _copy(self) -> None:
        ids = [self._id(agency_above(agency_above(self._handler)))]
        await self._route("copies", admin_of(self._handler), agency_ids=ids)

    async def _amend(self) -> None:
        changed = bodies.corrections(self._report, self._stack_access.directory)
        changed = {"tag_ids": changed["tag_ids"][:1], "priority": True}
        await self._route("amend", admin_of(self._handler), **changed)

    # What is done about it

    async def _coordinate(self) -> None:
        officer = officer_of(self._handler)
        colleagues = await self._stack_access.routing.get("/staff", await self._token(officer))
        assignee = self._rng.choice(colleagues["items"])["id"]
        note = self._report.texts.coordination_note
        await self._follow("coordination", officer, note=note, assignee_id=assignee)

    async def _initial_response(self) -> None:
        await self._write_follow_up("initial_response", self._report.texts.initial_response, [])

    async def _follow_up(self) -> None:
        texts = self._report.texts.follow_ups
        words = texts[self._follow_ups % len(texts)]
        self._follow_ups += 1
        files = self._pictures(0.4)
        if self._rng.random() < 0.2:
            files.append(letter(self._rng, "berita-acara"))
        await self._write_follow_up("follow_up", words, files)

    async def _reply(self) -> None:
        await self._reporter.reply(self._report.texts.reply, self._pictures(0.2))

    async def _declare_satisfied(self) -> None:
        texts = self._report.texts
        await self._reporter.declare_satisfied(texts.rating, texts.satisfaction)

    async def _ask_hold(self) -> None:
        await self._request_above("hold", self._report.texts.hold_reason)

    async def _ask_close(self) -> None:
        await self._request_above("close", self._report.texts.close_note)

    async def _accept(self) -> None:
        path, note = f"requests/{self._request}/accept", self._report.texts.close_note
        await self._follow(path, admin_of(self._deciding), note=note)

    async def _hold(self) -> None:
        await self._intervene("hold", self._report.texts.hold_reason)

    async def _release(self) -> None:
        await self._intervene("release", self._report.texts.release_reason)

    async def _close(self) -> None:
        await self._intervene("close", self._report.texts.close_note)

    async def _reopen(self) -> None:
        await self._intervene("reopen", self._report.texts.reopen_reason)

    _DOING: ClassVar[dict[Step, Callable[["Life"], Awaitable[None]]]] = {
        "throw": _throw,
        "ask_for_information": _ask_for_information,
        "complete_information": _complete_information,
        "await_agency": _await_agency,
        "archive": _archive,
        "withdraw": _withdraw,
        "verify": _verify,
        "verify_elsewhere": _verify_elsewhere,
        "disown_elsewhere": _disown_elsewhere,
        "forward": _forward,
        "ask_not_authority": _ask_not_authority,
        "reject_not_authority": _reject_not_authority,
        "copy": _copy,
        "amend": _amend,
        "coordinate": _coordinate,
        "initial_response": _initial_response,
        "follow_up": _follow_up,
        "reply": _reply,
        "declare_satisfied": _declare_satisfied,
        "ask_hold": _ask_hold,
        "accept_hold": _accept,
        "hold": _hold,
        "release": _release,
        "ask_close": _ask_close,
        "accept_close": _accept,
        "close": _close,
        "reopen": _reopen,
    }
