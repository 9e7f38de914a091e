"""Sending a demo report in, by its channel."""

import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from deploy.demo.driver import bodies
from deploy.demo.driver.api import Api, File, Refusal
from deploy.demo.driver.files import letter, photograph
from deploy.demo.driver.partner import ThroughPartner
from deploy.demo.driver.reporters import ByCode, ReporterSide
from deploy.demo.driver.stack_access import StackAccess, address_of
from deploy.demo.driver.staffing import admin_of
from deploy.demo.reports import DemoReport

SMS_LENGTH = 160
SMS_PART_LENGTH = 153
"""Characters of one SMS, and of each part of a longer one (3GPP TS 23.038)."""


@dataclass(frozen=True)
class Sent:
    """A report that is in. `disposed`: it was verified in the same step."""

    number: int
    reporter: ReporterSide
    disposed: bool = False


async def send(access: StackAccess, report: DemoReport, index: int, *, dispose: bool) -> Sent:
    """Send the report in; `index` is its place in this demo. `dispose`: the manual form may
    verify it too. Raises `Refusal`."""
    rng = random.Random(index)
    if report.channel in bodies.PUBLIC:
        return await _by_public_form(access, report, index, rng)
    if report.channel in bodies.MANUAL:
        return await _by_manual_form(access, report, index, dispose and index % 2 == 0)
    if report.channel == "sms":
        return await _by_sms(access, report, index, rng)
    if report.channel == "open311":
        return await _by_open311(access, report, index)
    if report.channel == "x":
        return await _by_x(access, report, index)
    return await _by_partner(access, report, index)


def sms_parts(text: str) -> list[str]:
    """A text as one SMS, or cut into the parts of a long one."""
    if len(text) <= SMS_LENGTH:
        return [text]
    return [text[at : at + SMS_PART_LENGTH] for at in range(0, len(text), SMS_PART_LENGTH)]


async def _by_public_form(
    access: StackAccess, report: DemoReport, index: int, rng: random.Random
) -> Sent:
    address = address_of(index)
    token = await _account(access, report, address) if rng.random() < 0.15 else None
    form = bodies.submission(report, access.today, with_account=token is not None)
    if rng.random() < 0.3:
        files: list[File] = [photograph(rng, "keadaan"), letter(rng, "surat")]
        answer = await access.intake.post_with_files(
            "/reports", "report", form, files[: rng.randrange(1, 3)], token=token, address=address
        )
    else:
        answer = await access.intake.post("/reports", form, token=token, address=address)
    return _sent(access, answer, address)


async def _account(access: StackAccess, report: DemoReport, address: str) -> str:
    """The token of a citizen who makes an account."""
    account = {**bodies.reporter(report), "password": access.password}
    signed_in = await access.intake.post("/reporters", account, address=address)
    return str(signed_in["access_token"])


async def _by_open311(access: StackAccess, report: DemoReport, index: int) -> Sent:
    """As an app that speaks the standard, which knows the access code from the notice alone."""
    address = address_of(index)
    form = bodies.open311(report, access.today)
    [answer] = await access.intake.post_form("/open311/v2/requests.json", form, address=address)
    code = re.search(r": (\w+) ", answer["service_notice"])
    if code is None:
        raise Refusal("no_access_code", "POST /open311/v2/requests.json")
    number = int(answer["service_request_id"])
    return Sent(number, ByCode(access.intake, access.followup, number, code[1], address))


async def _by_manual_form(
    access: StackAccess, report: DemoReport, index: int, dispose: bool
) -> Sent:
    disposition = (
        bodies.verification(report, access.directory, report.destination) if dispose else None
    )
    token = await access.sign_ins.token(admin_of(report.destination))
    form = bodies.manual(report, access.today, disposition)
    answer = await access.intake.post("/reports/manual", form, token=token)
    sent = _sent(access, answer, address_of(index))
    said = answer["disposition"]
    if said is None or said["state"] == "failed":  # verified later then
        return sent
    if said["state"] == "refused":
        raise Refusal(said["answer"].get("code", "refused"), "POST /reports/manual, disposition")
    if said["state"] == "waiting":
        await access.routing.outcome(said["answer"]["href"], token)
    return Sent(sent.number, sent.reporter, disposed=True)


async def _by_sms(access: StackAccess, report: DemoReport, index: int, rng: random.Random) -> Sent:
    sender = report.reporter.phone or f"0812{rng.randrange(10**8):08d}"
    parts = sms_parts(report.body)
    answer: dict[str, Any] = {}
    for part, text in enumerate(parts, 1):
        message: dict[str, Any] = {
            "id": f"{access.run}-{index}-{part}",
            "from": sender,
            "text": text,
            "received_at": datetime.now(UTC).isoformat(),
        }
        if len(parts) > 1:
            message["concat"] = {"ref": index % 256, "total": len(parts), "part": part}
        answer = await _post_sms(access.intake, access.sms_secret, message)
    code = re.search(r"kode akses: (\w+)", answer.get("answer") or "")
    if answer.get("number") is None or code is None:
        raise Refusal("no_report_of_sms", "POST /channels/sms")
    address = address_of(index)
    reporter = ByCode(access.intake, access.followup, answer["number"], code[1], address)
    return Sent(answer["number"], reporter)


async def _post_sms(intake: Api, secret: str, message: dict[str, Any]) -> dict[str, Any]:
    body, now = json.dumps(message), datetime.now(UTC)
    webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    headers = {
        "content-type": "application/json",
        "webhook-id": message["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(message["id"], now, body),
    }
    answer: dict[str, Any] = await intake.post_raw("/channels/sms", body.encode(), headers)
    return answer


async def _by_x(access: StackAccess, report: DemoReport, index: int) -> Sent:
    token = await access.sign_ins.token(admin_of(report.destination))
    form = bodies.post_on_x(report, access.today, access.post_id())
    answer = await access.intake.post("/channels/x/reports", form, token=token)
    return _sent(access, answer, address_of(index))


async def _by_partner(access: StackAccess, report: DemoReport, index: int) -> Sent:
    external_id = f"{access.run}-{index}"
    number = await access.partner.submit(report, external_id, access.today)
    return Sent(number, ThroughPartner(access.partner, external_id))


def _sent(access: StackAccess, answer: dict[str, Any], address: str) -> Sent:
    number, code = answer["number"], answer["access_code"]
    return Sent(number, ByCode(access.intake, access.followup, number, code, address))
