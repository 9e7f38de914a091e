"""Planting marked personal data: every channel, every form with words, mistakes included."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from deploy.partners.register import add as add_partner
from shared.bus.connection import connect
from tests.intake.x_server import XServer
from tests.privacy.marks import Marks
from tests.sample_pdf import PDF
from tests.trouble.people import somewhere
from tests.trouble.town import (
    ABOVE,
    ABOVE_TOO,
    BELOW,
    BELOW_ADMIN,
    OFFICER,
    PUSAT,
    UNCONNECTED,
    Town,
    Who,
)
from tests.workflows.factory import BIDANG, DINAS, MISSION, PROVINCE

Headers = dict[str, str]


@dataclass
class Planted:
    """What was planted where. `numbers`: the reports, by how they came in."""

    town: Town
    marks: Marks
    numbers: dict[str, int] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    refusals: list[httpx.Response] = field(default_factory=list)
    """The answers to all that was wrong."""

    def reporter(self, which: str) -> Headers:
        return self.town.reporter(self.numbers[which])

    def report(self, **changes: Any) -> dict[str, Any]:
        said = self.marks.word
        return {
            "classification": "complaint",
            "title": said("judul"),
            "body": said("isi"),
            "place": said("tempat"),
            "addressee": f"A{PROVINCE}",
        } | changes

    async def post(
        self,
        service: str,
        path: str,
        body: Any,
        headers: Headers | None = None,
        file: str | None = None,
        part: str = "message",
    ) -> httpx.Response:
        address = self.town.address(service) + path
        headers = somewhere() | (headers or {}) | {"Idempotency-Key": str(uuid4())}
        if file is None:
            return await self.town.http.post(address, json=body, headers=headers)
        return await self.town.http.post(
            f"{address}/with-attachments",
            data={part: json.dumps(body)},
            files=[("attachments", (file, PDF))],
            headers=headers,
        )

    async def must(self, *arguments: Any, **more: Any) -> dict[str, Any]:
        answer = await self.post(*arguments, **more)
        assert answer.status_code in (200, 201), (arguments, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    async def accepted(self, which: str, *arguments: Any, **more: Any) -> int:
        """Plant a report; keep its number and its access code."""
        told = await self.must("intake", *arguments, **more)
        self.marks.keep(told["access_code"])
        self.numbers[which] = int(told["number"])
        return self.numbers[which]

    async def staff(self, which: str, what: str, who: Who, **body: Any) -> str:
        """A step by staff, in the service whose step it is; the id of its command."""
        service = "followup" if what in _OF_FOLLOWUP or "/" in what else "routing"
        path = f"/reports/{self.numbers[which]}/{what}"
        return str((await self.must(service, path, body, self.town.staff(who)))["command_id"])

    async def says(self, which: str, what: str, file: str | None = None, **body: Any) -> None:
        """A step by the reporter."""
        path = f"/reports/{self.numbers[which]}/{what}"
        await self.must("followup", path, body, self.reporter(which), file=file)

    async def verify(self, which: str, who: Who = ABOVE, **changes: Any) -> None:
        await self.staff(which, "verify", who, **self.verification(**changes))

    def verification(self, **changes: Any) -> dict[str, Any]:
        said = self.marks.word
        return {
            "agency_id": DINAS,
            "classification": "complaint_without_oversight",
            "category_id": 1,
            "title": said("ejaan"),
            "body": said("koreksi"),
            "place": said("lokasi"),
        } | changes


async def plant(town: Town, x: XServer, marks: Marks) -> Planted:
    """Everything, and then wait until it has settled."""
    planted = Planted(town, marks)
    await _by_citizens(planted)
    await _by_staff(planted, x)
    await _by_sms(planted)
    await _by_partner(planted)
    await _long_life(planted)
    await _other_ways(planted)
    await _mistakes(planted)
    await _settled(town)
    return planted


async def _by_citizens(planted: Planted) -> None:
    marks = planted.marks
    planted.people["anonymous"] = marks.person()
    anonymous = planted.report(anonymous=True, reporter=planted.people["anonymous"])
    await planted.accepted("anonymous", "/reports", anonymous)
    secret = planted.report(secret=True, reporter=marks.person())
    await planted.accepted("secret", "/reports", secret, file=marks.file(), part="report")
    person = marks.person() | {"password": marks.password()}
    signed_up = await planted.must("intake", "/reporters", person)
    sign_in = {"contact": person["email"], "password": person["password"]}
    signed_in = await planted.must("intake", "/reporters/sign-in", sign_in)
    marks.keep(*signed_up.values(), *signed_in.values())
    own = {"Authorization": f"Bearer {signed_in['access_token']}"}
    await planted.accepted("account", "/reports", planted.report(), own)


async def _by_staff(planted: Planted, x: XServer) -> None:
    marks, above = planted.marks, planted.town.staff(ABOVE)
    manual = planted.report(
        channel="letter",
        reporter=marks.person(),
        disposition=planted.verification(),
        anonymous=True,
    )
    await planted.accepted("manual", "/reports/manual", manual, above)
    filed = planted.report(channel="whatsapp", reporter=marks.person())
    await planted.accepted(
        "filed", "/reports/manual", filed, above, file=marks.file(), part="report"
    )
    author = marks.account()
    x.add("1790000000000009001", marks.word("cuitan"), username=author)
    address = f"https://x.com/{author}/status/1790000000000009001"
    read = await planted.town.http.get(
        planted.town.address("intake") + "/channels/x/posts",
        params={"url": address},
        headers=above,
    )
    assert read.json()["author"] == author, read.text
    post = planted.report(url=address, author=author)
    await planted.accepted("x", "/channels/x/reports", post, above)
    pasted = f"https://x.com/{marks.account()}/status/1790000000000009002"
    post = planted.report(url=pasted, author=marks.account())
    await planted.accepted("pasted", "/channels/x/reports", post, above)


async def _by_sms(planted: Planted) -> None:
    marks = planted.marks
    whole = await _sms(planted, marks.phone(), marks.word("pesan"))
    planted.numbers["sms"] = whole["number"]
    sender = marks.phone()
    for part in (1, 2):
        concat = {"ref": 7, "part": part, "total": 2}
        joined = await _sms(planted, sender, marks.word("bagian"), concat=concat)
    planted.numbers["sms_parts"] = joined["number"]
    # One that still waits for its second part.
    await _sms(planted, marks.phone(), marks.word("sisa"), concat={"ref": 8, "part": 1, "total": 2})


async def _sms(planted: Planted, sender: str, text: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    message = {"id": uuid4().hex, "from": sender, "text": text, "received_at": now.isoformat()}
    body = json.dumps(message | more)
    webhook = Webhook(planted.town.settings.sms_secret.encode())
    answer = await planted.town.http.post(
        planted.town.address("intake") + "/channels/sms",
        content=body,
        headers={
            "webhook-id": "msg",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign("msg", now, body),
            "content-type": "application/json",
        },
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def _by_partner(planted: Planted) -> None:
    town, marks = planted.town, planted.marks
    nats = town.folder / "nats"
    known = await add_partner(town.owner, town.settings.nats_url, nats, "Mitra Uji")
    marks.keep(known.http_token, known.nkey_seed)
    address = f"nats://127.0.0.1:{town.addresses.nats_port}"
    bus = await connect(address, "mitra", patience=10, nkey_seed=known.nkey_seed)

    async def send(kind: str, data: Any, raw: bytes | None = None) -> None:
        event = {
            "specversion": "1.0",
            "id": uuid4().hex,
            "source": f"/{known.system}",
            "type": f"id.go.lapor.{kind}",
            "datacontenttype": "application/json",
            "data": data,
        }
        await bus.js.publish(
            f"lapor.v1.ingest.{known.system}.{kind}",
            raw or json.dumps(event).encode(),
            headers={"content-type": "application/cloudevents+json"},
        )

    async def step(kind: str, id: str, status: str, **data: Any) -> None:
        await send(kind, {"external_id": id} | data)
        await _until(
            town,
            f"SELECT status = '{status}' FROM lifecycle.report"  # noqa: S608
            f" WHERE external_id = '{id}'",
        )

    for id in ("luar-1", "luar-2"):
        report = planted.report(external_id=id, reporter=marks.person())
        await send("report", report)
        await _until(town, f"SELECT count(*) FROM lifecycle.report WHERE external_id = '{id}'")  # noqa: S608
        query = "SELECT number FROM lifecycle.report WHERE external_id = :id"
        planted.numbers[id] = await town.value(query, id=id)
    await planted.staff("luar-1", "defer", ABOVE, kind="incomplete_data", note=marks.word("tunda"))
    await step("information", "luar-1", "INFORMATION_TO_EVALUATE", text=marks.word("lengkap"))
    await planted.verify("luar-1")
    await planted.staff("luar-1", "follow-ups", OFFICER, kind="follow_up", text=marks.word("tl"))
    await step("reply", "luar-1", "REPLIED_BY_REPORTER", text=marks.word("balas"))
    await step("satisfaction", "luar-1", "CLOSED_BY_REPORTER", rating=5, text=marks.word("puas"))
    await step("withdrawal", "luar-2", "ARCHIVED_BY_REPORTER", reason=marks.word("batal"))
    # What is wrong is buried, and its sender told why.
    wrong = planted.report(external_id="luar-3", reporter=marks.person() | {"phone": "zz"})
    await send("report", wrong | {"surplus": marks.word("lebih")})
    await send("report", None, marks.word("rusak").encode())
    await send("reply", {"external_id": "luar-1", "text": marks.word("x") * 500})
    await send("reply", {"external_id": "luar-1", "text": marks.word("telat")})
    await send("reply", {"number": 1, "text": marks.word("salah"), "nama": marks.name()})
    await _until(town, "SELECT count(*) >= 4 FROM lifecycle.dead_letter")
    await bus.close()


async def _long_life(planted: Planted) -> None:
    """The anonymous report: deferred, verified, followed up, asked about, closed and opened."""
    marks, which, say = planted.marks, "anonymous", planted.staff
    await say(which, "defer", ABOVE, kind="incomplete_data", note=marks.word("tanya"))
    await planted.says(which, "information", text=marks.word("jawab"))
    await planted.verify(which)
    await say(which, "amend", ABOVE, title=marks.word("ubah"), body=marks.word("ubahan"))
    await say(which, "coordination", OFFICER, note=marks.word("koordinasi"))
    await say(which, "follow-ups", OFFICER, kind="initial_response", text=marks.word("awal"))
    path = f"/reports/{planted.numbers[which]}/follow-ups"
    told = {"kind": "follow_up", "text": marks.word("lanjut"), "secret": True}
    officer = planted.town.staff(OFFICER)
    await planted.must("followup", path, told, officer, file=marks.file())
    await planted.says(which, "replies", marks.file(), text=marks.word("tanggap"))
    asked = await say(which, "requests", OFFICER, kind="hold", reason=marks.word("minta"))
    await say(which, f"requests/{asked}/reject", ABOVE, reason=marks.word("tolak"))
    asked = await say(which, "requests", OFFICER, kind="close", reason=marks.word("mohon"))
    await say(which, f"requests/{asked}/withdraw", OFFICER, reason=marks.word("cabut"))
    await say(which, "hold", ABOVE, reason=marks.word("tahan"))
    await say(which, "release", ABOVE, reason=marks.word("lepas"))
    await say(which, "close", ABOVE, reason=marks.word("tutup"))
    asked = await say(which, "requests", OFFICER, kind="reopen", reason=marks.word("buka"))
    await say(which, f"requests/{asked}/accept", ABOVE_TOO, note=marks.word("terima"))
    await planted.says(which, "satisfaction", rating=4, text=marks.word("senang"))
    reveal = {"reason": marks.word("ungkap")}
    path = f"/reports/{planted.numbers[which]}/reveal"
    await planted.must("routing", path, reveal, planted.town.staff(PUSAT))


async def _other_ways(planted: Planted) -> None:
    marks, say = planted.marks, planted.staff
    await say("secret", "archive", ABOVE, category="incomplete", note=marks.word("arsip"))
    await say("secret", "restore", ABOVE, reason=marks.word("pulih"))
    await say("secret", "throw", ABOVE, agency_id=BIDANG, note=marks.word("lempar"))
    asked = await say(
        "secret",
        "not-authority",
        BELOW,
        suggested_agency_id=MISSION,
        reason=marks.word("wenang"),
    )
    reject = f"/reports/{planted.numbers['secret']}/requests/{asked}/reject"
    body = {"reason": marks.word("bukan")}
    await planted.must("routing", reject, body, planted.town.staff(ABOVE))
    await planted.verify("secret", BELOW_ADMIN, agency_id=BIDANG)
    note = marks.word("terus")
    await say(
        "filed",
        "defer",
        ABOVE,
        kind="agency_not_connected",
        note=marks.word("belum"),
        awaited_agency_id=UNCONNECTED,
    )
    await say("manual", "forward", ABOVE, agency_id=BIDANG, copies=[MISSION], note=note)
    await planted.says("account", "withdrawal", reason=marks.word("hapus"))
    asked = {"selection": {"tab": "incoming"}, "format": "xlsx"}
    await planted.post("reporting", "/downloads", asked, planted.town.staff(PUSAT))
    searching = {"search": marks.word("cari"), "q": marks.name()}
    for service, path in (("routing", "/queue"), ("intake", "/reports"), ("portal", "/laporan")):
        address = (
            str(planted.town.addresses.public_base_url)
            if service == "portal"
            else (planted.town.address(service))
        )
        await planted.town.http.get(
            address + path, params=searching, headers=planted.town.staff(PUSAT)
        )


async def _mistakes(planted: Planted) -> None:
    """Forms with something wrong: refused, and not repeated to anybody."""
    marks, town = planted.marks, planted.town
    number = planted.numbers["anonymous"]
    wrong = planted.report(reporter=marks.person() | {"email": marks.name()})
    for changed in (
        wrong,
        wrong | {"title": [marks.word("daftar")]},
        wrong | {"latitude": marks.word("lintang")},
        wrong | {"surplus": marks.word("lebih")},
        wrong | {"reporter": marks.person() | {"nik": marks.phone()}},
        wrong | {"body": marks.word("panjang") * 900},
    ):
        planted.refusals.append(await planted.post("intake", "/reports", changed))
    sign_in = {"contact": marks.email(), "password": marks.password()}
    planted.refusals.append(await planted.post("intake", "/reporters/sign-in", sign_in))
    code = {"access_code": marks.word("kode")}
    planted.refusals.append(await planted.post("intake", f"/reports/{number}/access", code))
    long = marks.word("panjang") * 2000
    for service, what, body in (
        ("routing", "verify", {"title": long, "body": 7, "agency_id": marks.word("angka")}),
        ("routing", "reveal", {"reason": long}),
        ("routing", "reveal", {"reason": {"x": marks.word("dalam")}}),
        ("routing", "defer", {"kind": marks.word("jenis"), "note": long}),
        ("followup", "follow-ups", {"kind": "follow_up", "text": long, "x": marks.word("y")}),
        ("followup", "close", {"reason": long}),
    ):
        path = f"/reports/{number}/{what}"
        planted.refusals.append(await planted.post(service, path, body, town.staff(PUSAT)))
    raw = b'{"title": "' + marks.word("mentah").encode()
    for service, path in (("intake", "/reports"), ("routing", f"/reports/{number}/verify")):
        planted.refusals.append(
            await town.http.post(
                town.address(service) + path,
                content=raw,
                headers=town.staff(PUSAT) | {"content-type": "application/json"},
            )
        )
    for service, path in (("intake", "/reports/"), ("routing", "/queue?tab="), ("intake", "/")):
        address = town.address(service) + path + marks.name()
        planted.refusals.append(await town.http.get(address, headers=town.staff(PUSAT)))


async def _settled(town: Town) -> None:
    await _until(
        town,
        "SELECT NOT EXISTS (SELECT FROM lifecycle.outbox) AND NOT EXISTS (SELECT FROM"
        " lifecycle.command WHERE done IS NULL) AND NOT EXISTS (SELECT FROM lifecycle.report"
        " WHERE launched_at IS NULL)",
    )


async def _until(town: Town, query: str) -> None:
    async with asyncio.timeout(25):
        while not (rows := await town.rows(query)) or not rows[0][0]:
            await asyncio.sleep(0.1)


_OF_FOLLOWUP = {
    *("follow-ups", "coordination", "requests", "hold", "release", "close", "reopen"),
}
