"""Reports and steps of a partner system, with marked data, wrong ones included."""

import json
from typing import Any
from uuid import uuid4

from deploy.partners.register import add as add_partner
from shared.bus.connection import connect
from tests.cluster import ABOVE, OFFICER
from tests.privacy.planted import Planted, until


async def by_partner(planted: Planted) -> None:
    cluster, marks = planted.cluster, planted.marks
    known = await add_partner(cluster.owner, cluster.settings, "Mitra Uji")
    marks.keep(known.http_token, known.nats.seed)
    address = f"nats://127.0.0.1:{cluster.addresses.nats_port}"
    bus = await connect(address, "mitra", patience=10, credentials=known.nats)

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
        await until(
            cluster,
            f"SELECT status = '{status}' FROM lifecycle.report"  # noqa: S608
            f" WHERE external_id = '{id}'",
        )

    for id in ("luar-1", "luar-2"):
        report = planted.report(external_id=id, reporter=marks.person())
        await send("report", report)
        await until(cluster, f"SELECT count(*) FROM lifecycle.report WHERE external_id = '{id}'")  # noqa: S608
        query = "SELECT number FROM lifecycle.report WHERE external_id = :id"
        planted.numbers[id] = await cluster.value(query, id=id)
    await planted.staff("luar-1", "defer", ABOVE, kind="incomplete_data", note=marks.word("tunda"))
    await step("information", "luar-1", "INFORMATION_TO_EVALUATE", text=marks.word("lengkap"))
    await planted.verify("luar-1")
    await planted.staff(
        "luar-1", "follow-ups", OFFICER, kind="follow_up", outcome="done", text=marks.word("tl")
    )
    await step("reply", "luar-1", "REPLIED_BY_REPORTER", text=marks.word("balas"))
    await step("satisfaction", "luar-1", "CLOSED_BY_REPORTER", text=marks.word("puas"))
    await step("rating", "luar-1", "CLOSED_BY_REPORTER", rating=5, text=marks.word("nilai"))
    await step("withdrawal", "luar-2", "ARCHIVED_BY_REPORTER", reason=marks.word("batal"))
    # What is wrong is buried, and its sender told why.
    wrong = planted.report(external_id="luar-3", reporter=marks.person() | {"phone": "zz"})
    await send("report", wrong | {"surplus": marks.word("lebih")})
    await send("report", None, marks.word("rusak").encode())
    await send("reply", {"external_id": "luar-1", "text": marks.word("x") * 500})
    await send("reply", {"external_id": "luar-1", "text": marks.word("telat")})
    await send("reply", {"number": 1, "text": marks.word("salah"), "nama": marks.name()})
    await until(cluster, "SELECT count(*) >= 4 FROM lifecycle.dead_letter")
    await bus.close()
