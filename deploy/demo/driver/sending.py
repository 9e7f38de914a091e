"""Submits a demo report through its channel, and sends what its reporter writes later."""

import json
import random
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from deploy.demo.country import admin_of
from deploy.demo.driver import forms
from deploy.demo.driver.api import File, Refusal
from deploy.demo.driver.forms import letter, photograph
from deploy.demo.driver.proving import prove_email
from deploy.demo.driver.stack import Stack, reporter_address
from deploy.demo.reports import DemoReport
from shared.http.gateway_signatures import signed_headers
from shared.lifecycle.channels import Channel

SMS_LENGTH = 160
SMS_PART_LENGTH = 153
"""Characters of one SMS, and of each part of a longer one (3GPP TS 23.038)."""


Write = Callable[..., Awaitable[None]]
"""Sends `information`, a `reply`, a `withdrawal`, `satisfaction`, a `rating` or an `objection` of
the reporter, with files and fields. Raises `Refusal`."""


@dataclass(frozen=True)
class Sent:
    """A submitted report. `verified` is true if it was verified in the same step."""

    number: int
    write: Write
    verified: bool = False


async def send(stack: Stack, report: DemoReport, index: int, *, verify: bool) -> Sent:
    """Submit the report; `index` is its position in this demo. With `verify`, the manual form may
    verify it too. Raises `Refusal`."""
    sending = _Sending(stack, report, index)
    match report.channel:
        case Channel.SMS:
            return await sending.by_sms()
        case Channel.OPEN311:
            return await sending.by_open311()
        case Channel.X:
            return await sending.by_x()
        case Channel.PARTNER:
            return await sending.by_partner()
        case channel if channel in forms.PUBLIC:
            return await sending.by_public_form()
    return await sending.by_manual_form(verify=verify and index % 2 == 0)


def sms_parts(text: str) -> list[str]:
    """Return a text as one SMS, or cut into the parts of a long one."""
    if len(text) <= SMS_LENGTH:
        return [text]
    return [text[at : at + SMS_PART_LENGTH] for at in range(0, len(text), SMS_PART_LENGTH)]


class _Sending:
    def __init__(self, stack: Stack, report: DemoReport, index: int) -> None:
        self._stack = stack
        self._intake = stack.intake
        self._report = report
        self._index = index
        self._id = f"{stack.run}-{index}"
        self._address = reporter_address(index)
        self._today = datetime.now(UTC).date()

    async def by_public_form(self) -> Sent:
        """Submit by the public form, sometimes with an account and sometimes with attachments."""
        rng, token = random.Random(self._index), None
        if rng.random() < 0.15:
            account = {**forms.reporter(self._report), "password": self._stack.password}
            answer = await self._intake.post("/reporters", account, address=self._address)
            token = answer["access_token"]
        form = forms.public_form(self._report, self._today, signed_in=token is not None)
        files = [photograph(rng, "keadaan"), letter(rng, "surat")]
        files = files[: rng.randint(1, 2)] if rng.random() < 0.3 else []
        answer = await self._intake.post(
            "/reports", form, files, token=token, address=self._address
        )
        number, code = answer["number"], answer["access_code"]
        proves = token is None and self._index % 2 == 0
        if proves and (email := self._report.reporter.email):
            opened = await self._open(f"/reports/{number}", code)
            await prove_email(self._stack, number, email, opened, self._address)
        return self._sent(number, code)

    async def by_manual_form(self, *, verify: bool) -> Sent:
        destination = self._report.destination
        token = await self._stack.token(admin_of(destination))
        verification = forms.verification(self._report, self._stack.ids, destination)
        form = forms.manual_form(self._report, self._today, verification if verify else None)
        answer = await self._intake.post("/reports/manual", form, token=token)
        sent = self._sent(answer["number"], answer["access_code"])
        match answer["disposition"]:
            case None | {"state": "failed"}:  # verified later then
                return sent
            case {"state": "refused", "answer": problem}:
                code = problem.get("code", "refused")
                raise Refusal(code, "POST /reports/manual, disposition")
            case {"state": "waiting", "answer": command}:
                await self._stack.routing.outcome(command["href"], token)
        return replace(sent, verified=True)

    async def by_sms(self) -> Sent:
        """Submit by SMS, signed as the gateway signs (Standard Webhooks)."""
        parts = sms_parts(self._report.body)
        answer: dict[str, Any] = {}
        for part, text in enumerate(parts, 1):
            now = datetime.now(UTC)
            message = {
                "id": f"{self._id}-{part}",
                "from": self._report.reporter.phone or f"0812{self._index:08}",
                "text": text,
                "received_at": now.isoformat(),
                "concat": {"ref": self._index % 256, "total": len(parts), "part": part},
            }
            if len(parts) == 1:
                del message["concat"]
            body = json.dumps(message).encode()
            headers = signed_headers(self._stack.sms_secret, f"{self._id}-{part}", now, body)
            answer = await self._intake.call("POST", "/channels/sms", headers=headers, content=body)
        return self._with_code_in(answer["answer"] or "", r"kode akses: (\w+)", answer["number"])

    async def by_open311(self) -> Sent:
        """Submit as an app that uses the standard; it finds the access code in the notice."""
        path, form = "/open311/v2/requests.json", forms.open311_form(self._report, self._today)
        [answer] = await self._intake.call("POST", path, data=form, address=self._address)
        number = answer["service_request_id"]
        return self._with_code_in(answer["service_notice"], r": (\w+) ", number)

    async def by_x(self) -> Sent:
        token = await self._stack.token(admin_of(self._report.destination))
        post_id = 2 * 10**18 + secrets.randbelow(10**18)
        form = forms.post_on_x(self._report, self._today, post_id)
        answer = await self._intake.post("/channels/x/reports", form, token=token)
        return self._sent(answer["number"], answer["access_code"])

    async def by_partner(self) -> Sent:
        form = forms.partner_report(self._report, self._today, self._id)
        receipt = await self._stack.partner.send("report", self._id, form)
        return Sent(int(receipt["number"]), self._write_through_partner)

    def _with_code_in(self, notice: str, pattern: str, number: str | int | None) -> Sent:
        code = re.search(pattern, notice)
        if number is None or code is None:
            raise Refusal("no_access_code", f"report by {self._report.channel}")
        return self._sent(int(number), code[1])

    def _sent(self, number: int, code: str) -> Sent:
        return Sent(number, partial(self._write_by_code, f"/reports/{number}", code))

    async def _write_by_code(
        self, report: str, code: str, kind: str, files: list[File], **fields: Any
    ) -> None:
        """Write as a reporter who kept the access code."""
        opened = await self._open(report, code)
        path = f"{report}/{'replies' if kind == 'reply' else kind}"
        options = {"token": opened, "address": self._address}
        await self._stack.followup.post(path, fields, files, **options)

    async def _open(self, report: str, code: str) -> str:
        """Return a token for the report, obtained with its access code."""
        body = {"access_code": code}
        opened = await self._intake.post(f"{report}/access", body, address=self._address)
        return str(opened["access_token"])

    async def _write_through_partner(self, kind: str, files: list[File], **fields: Any) -> None:
        """Write as a reporter who uses the partner's application, which passes on only texts."""
        id = f"{self._id}-{secrets.token_hex(4)}"
        await self._stack.partner.send(kind, id, {**fields, "external_id": self._id})
