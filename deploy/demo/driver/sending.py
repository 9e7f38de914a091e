"""Sending a demo report in by its channel, and what its reporter writes later."""

import json
import random
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from standardwebhooks import Webhook

from deploy.demo.driver import forms
from deploy.demo.driver.api import File, Refusal
from deploy.demo.driver.attachments import letter, photograph
from deploy.demo.driver.stack import Stack, reporter_address
from deploy.demo.reports import DemoReport
from deploy.demo.staff import admin_of
from shared.lifecycle.channels import Channel

SMS_LENGTH = 160
SMS_PART_LENGTH = 153
"""Characters of one SMS, and of each part of a longer one (3GPP TS 23.038)."""


class Reporter(Protocol):
    """The reporter, by whatever channel the report came in."""

    async def send(self, kind: str, files: list[File], **data: Any) -> None:
        """Send `information`, a `reply`, a `withdrawal` or `satisfaction`. Raises `Refusal`."""


@dataclass(frozen=True)
class Sent:
    """A report that is in. `verified`: it was verified in the same step."""

    number: int
    reporter: Reporter
    verified: bool = False


async def send(stack: Stack, report: DemoReport, index: int, *, verify: bool) -> Sent:
    """Send the report in; `index` is its place in this demo. `verify`: the manual form may
    verify it too. Raises `Refusal`."""
    channel = _Channel(stack, report, index)
    match report.channel:
        case one if one in forms.PUBLIC:
            return await channel.public_form()
        case Channel.SMS:
            return await channel.sms()
        case Channel.OPEN311:
            return await channel.open311()
        case Channel.X:
            return await channel.x()
        case Channel.PARTNER:
            return await channel.partner()
        case _:
            return await channel.manual_form(verify=verify and index % 2 == 0)


def sms_parts(text: str) -> list[str]:
    """A text as one SMS, or cut into the parts of a long one."""
    if len(text) <= SMS_LENGTH:
        return [text]
    return [text[at : at + SMS_PART_LENGTH] for at in range(0, len(text), SMS_PART_LENGTH)]


class _Channel:
    """The ways in for one report."""

    def __init__(self, stack: Stack, report: DemoReport, index: int) -> None:
        self._stack = stack
        self._report = report
        self._index = index
        self._rng = random.Random(index)
        self._address = reporter_address(index)
        self._today = datetime.now(UTC).date()

    async def public_form(self) -> Sent:
        """With an account at times, and with attachments at times."""
        intake, rng, token = self._stack.intake, self._rng, None
        if rng.random() < 0.15:
            account = {**forms.reporter(self._report), "password": self._stack.password}
            signed_in = await intake.post("/reporters", account, address=self._address)
            token = signed_in["access_token"]
        form = forms.public_form(self._report, self._today, signed_in=token is not None)
        files = [photograph(rng, "keadaan"), letter(rng, "surat")]
        answer = await intake.post(
            "/reports",
            form,
            token=token,
            address=self._address,
            files=files[: rng.randint(1, 2)] if rng.random() < 0.3 else (),
            part="report",
        )
        return self._sent(answer["number"], answer["access_code"])

    async def manual_form(self, *, verify: bool) -> Sent:
        report, stack = self._report, self._stack
        token = await stack.token(admin_of(report.destination))
        verification = forms.verification(report, stack.ids, report.destination)
        form = forms.manual_form(report, self._today, verification if verify else None)
        answer = await stack.intake.post("/reports/manual", form, token=token)
        sent, disposition = (
            self._sent(answer["number"], answer["access_code"]),
            answer["disposition"],
        )
        if disposition is None or disposition["state"] == "failed":  # verified later then
            return sent
        if disposition["state"] == "refused":
            code = disposition["answer"].get("code", "refused")
            raise Refusal(code, "POST /reports/manual, disposition")
        if disposition["state"] == "waiting":
            await stack.routing.outcome(disposition["answer"]["href"], token)
        return Sent(sent.number, sent.reporter, verified=True)

    async def sms(self) -> Sent:
        """Signed as the gateway signs (Standard Webhooks)."""
        secret = self._stack.sms_secret
        webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
        parts = sms_parts(self._report.body)
        answer: dict[str, Any] = {}
        for part, text in enumerate(parts, 1):
            now = datetime.now(UTC)
            message: dict[str, Any] = {
                "id": f"{self._stack.run}-{self._index}-{part}",
                "from": self._report.reporter.phone or f"0812{self._index:08}",
                "text": text,
                "received_at": now.isoformat(),
            }
            if len(parts) > 1:
                message["concat"] = {"ref": self._index % 256, "total": len(parts), "part": part}
            body = json.dumps(message)
            headers = {
                "content-type": "application/json",
                "webhook-id": message["id"],
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": webhook.sign(message["id"], now, body),
            }
            answer = await self._stack.intake.post_signed("/channels/sms", body, headers)
        code = re.search(r"kode akses: (\w+)", answer["answer"] or "")
        if answer["number"] is None or code is None:
            raise Refusal("no_report_of_sms", "POST /channels/sms")
        return self._sent(answer["number"], code[1])

    async def open311(self) -> Sent:
        """As an app that speaks the standard, which finds the access code in the notice."""
        path = "/open311/v2/requests.json"
        form = forms.open311_form(self._report, self._today)
        [answer] = await self._stack.intake.post_form(path, form, self._address)
        code = re.search(r": (\w+) ", answer["service_notice"])
        if code is None:
            raise Refusal("no_access_code", f"POST {path}")
        return self._sent(int(answer["service_request_id"]), code[1])

    async def x(self) -> Sent:
        token = await self._stack.token(admin_of(self._report.destination))
        post_id = 2 * 10**18 + secrets.randbelow(10**18)
        form = forms.post_on_x(self._report, self._today, post_id)
        answer = await self._stack.intake.post("/channels/x/reports", form, token=token)
        return self._sent(answer["number"], answer["access_code"])

    async def partner(self) -> Sent:
        id = f"{self._stack.run}-{self._index}"
        form = forms.report_form(self._report, self._today)
        form |= {"reporter": forms.reporter(self._report), "external_id": id}
        receipt = await self._stack.partner.send("report", id, form)
        return Sent(int(receipt["number"]), _ThroughPartner(self._stack, id))

    def _sent(self, number: int, code: str) -> Sent:
        return Sent(number, _ByCode(self._stack, number, code, self._address))


class _ByCode:
    """A reporter who kept the access code."""

    def __init__(self, stack: Stack, number: int, code: str, address: str) -> None:
        self._stack = stack
        self._path = f"/reports/{number}"
        self._code = code
        self._address = address

    async def send(self, kind: str, files: list[File], **data: Any) -> None:
        opened = await self._stack.intake.post(
            f"{self._path}/access", {"access_code": self._code}, address=self._address
        )
        await self._stack.followup.post(
            f"{self._path}/{'replies' if kind == 'reply' else kind}",
            data,
            token=opened["access_token"],
            address=self._address,
            files=files,
        )


class _ThroughPartner:
    """A reporter who uses the partner's application, which passes on words alone."""

    def __init__(self, stack: Stack, external_id: str) -> None:
        self._stack = stack
        self._external_id = external_id
        self._messages = 0

    async def send(self, kind: str, files: list[File], **data: Any) -> None:
        self._messages += 1
        id = f"{self._external_id}-{self._messages}"
        await self._stack.partner.send(kind, id, {**data, "external_id": self._external_id})
