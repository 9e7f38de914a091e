"""What an endpoint is tried on: a report of the dinas in some state, or a thing of theirs."""

import io
import json
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from tests import cluster as places
from tests.chaos.people import FOLLOW_UP, REASON, VERIFICATION, People, somewhere
from tests.cluster import Cluster
from tests.privacy import new_rows
from tests.sample_pdf import PDF
from tests.workflows.country import DINAS, MISSION

Scene = dict[str, Any]


class Scenes:
    """Reports handled by the dinas, in the state that an endpoint needs."""

    def __init__(self, cluster: Cluster) -> None:
        self.people = People(cluster)
        self.cluster = cluster
        self._shared: dict[str, Scene] = {}
        self._copied: dict[str, Scene] = {}

    async def set(self, state: str) -> Scene:
        """The values for the path: numbers and ids."""
        scene: Scene = {
            "agency_id": MISSION,
            "year": 2031,
            "external_id": "tidak-ada",
            "draft_id": "0" * 32,
            "channel": "email",
            "code": "32",
            "reason": "too_general",
            "office": "ombudsman",
            "format": "json",
            "service_code": "tidak-ada",
            "token": "0" * 32,
            "action": "follow_up",
        }
        if state != "none":
            scene |= await getattr(self, f"_{state}")()
        return scene

    async def shared(self, state: str) -> Scene:
        """One for all who leave it in that state."""
        if state not in self._shared:
            self._shared[state] = await self.set(state)
        return self._shared[state]

    async def copied(self, state: str) -> Scene:
        """One for all tries of somebody beside who may read it, and is let do nothing."""
        if state not in self._copied:
            scene = await self.set(state)
            copies = {"agency_ids": [MISSION]}
            await self._routing(scene["number"], "copies", places.ABOVE, copies)
            self._copied[state] = scene
        return self._copied[state]

    async def _unverified(self, **changes: Any) -> Scene:
        number = await self.people.submit(**changes)
        await self._routing(number, "throw", places.ABOVE, {"agency_id": DINAS})
        return {"number": number}

    async def _verified(self, **changes: Any) -> Scene:
        number = await self.people.submit(**changes)
        await self._routing(number, "verify", places.ABOVE, VERIFICATION)
        return {"number": number}

    async def _secret(self) -> Scene:
        scene = await self._verified(secret=True)
        return scene | {"service_request_id": scene["number"], "token": scene["number"]}

    async def _reachable(self) -> Scene:
        """Its anonymous reporter has named an e-mail address."""
        return await self._verified(
            anonymous=True, reporter={"name": "Warga", "email": "warga@contoh.id"}
        )

    async def _rung(self) -> Scene:
        """Of a new report, in the bell of the dinas' officer."""
        scene = await self._verified()
        item = self._insert(new_rows.BELL, owner=places.OFFICER[0], number=scene["number"])
        return {"item_id": item}

    async def _without_addresses(self) -> Scene:
        """Nobody of the staff has an e-mail address, whatever was asked before."""
        with self.cluster.postgres.administer("lapor") as administrator:
            administrator.execute("DELETE FROM routing.staff_contact")
        return {}

    async def _person(self) -> Scene:
        """Somebody new at the dinas."""
        return {"staff_id": self._insert(new_rows.PERSON)}

    async def _agency(self) -> Scene:
        """A new agency below the dinas, with nobody in it."""
        return {"agency_id": self._insert(new_rows.AGENCY)}

    async def _download(self) -> Scene:
        """A large download that the dinas' officer has given up."""
        return {"id": self._insert(new_rows.DOWNLOAD, owner=places.OFFICER[0])}

    async def _bulk(self) -> Scene:
        """Many commands of the dinas' officer."""
        return {"bulk_id": self._insert(new_rows.BULK, owner=places.OFFICER[0])}

    async def _webhook(self) -> Scene:
        """Of the dinas, with a delivery that did not arrive."""
        webhook = self._insert(new_rows.WEBHOOK, owner=places.ADMIN[0])
        return {"id": webhook, "delivery": self._insert(new_rows.DELIVERY, webhook=webhook)}

    async def _handover(self) -> Scene:
        """Of an officer's reports at the dinas."""
        return {"handover_id": self._insert(new_rows.HANDOVER, owner=places.ABOVE_TOO[0])}

    async def _view(self) -> Scene:
        """A saved view of the dinas' officer."""
        return {"view_id": self._insert(new_rows.SAVED_VIEW, owner=places.OFFICER[0])}

    async def _drafted(self) -> Scene:
        """A follow-up that the dinas' officer has typed and not sent."""
        scene = await self._verified()
        answer = await self.cluster.http.put(
            self.cluster.address("routing") + f"/reports/{scene['number']}/form-drafts/follow_up",
            json={"fields": {"text": ["Belum"]}},
            headers=self.cluster.staff(places.OFFICER),
        )
        assert answer.status_code == 200, answer.text
        return scene

    async def _template(self) -> Scene:
        """Of an answer, kept by the dinas."""
        return {"template_id": self._insert(new_rows.ANSWER_TEMPLATE, owner=places.OFFICER[0])}

    async def _import(self) -> Scene:
        """Of the province's coordinator, refused for what it held."""
        return {"import_id": self._insert(new_rows.IMPORT, owner=places.ABOVE_TOO[0])}

    async def _reference(self) -> Scene:
        """A category, a tag of it, a programme."""
        category = self._insert(new_rows.CATEGORY)
        return {
            "category_id": category,
            "tag_id": self._insert(new_rows.TAG, category=category),
            "programme_id": self._insert(new_rows.PROGRAMME),
        }

    async def _anonymous(self) -> Scene:
        return await self._verified(anonymous=True)

    async def _archived(self) -> Scene:
        scene = await self._unverified()
        body = {"category": "incomplete", "note": "Tidak lengkap."}
        await self._routing(scene["number"], "archive", places.ADMIN, body)
        return scene

    async def _questioned(self) -> Scene:
        scene = await self._unverified()
        body = {"kind": "incomplete_data", "note": "Di mana?"}
        await self._routing(scene["number"], "defer", places.ADMIN, body)
        return scene

    async def _in_process(self) -> Scene:
        return {"number": await self.people.in_process()}

    async def _held(self) -> Scene:
        scene = await self._in_process()
        await self.people.does("followup", scene["number"], "hold", places.ABOVE, REASON)
        return scene

    async def _closed(self) -> Scene:
        scene = await self._in_process()
        await self.people.close(scene["number"])
        return scene

    async def _asked(self) -> Scene:
        scene = await self._in_process()
        body = {"kind": "close", **REASON}
        asked = await self.people.does(
            "followup", scene["number"], "requests", places.OFFICER, body
        )
        return scene | dict.fromkeys(("request_id", "command_id"), asked.json()["command_id"])

    async def _not_authority(self) -> Scene:
        scene = await self._verified()
        body = {"suggested_agency_id": MISSION, "reason": "Bukan wewenang."}
        asked = await self.people.does(
            "followup", scene["number"], "not-authority", places.OFFICER, body
        )
        return scene | {"request_id": asked.json()["command_id"]}

    async def _sealed(self) -> Scene:
        """A file of somebody anonymous, whose original is kept."""
        return await self._attached(anonymous=True)

    async def _pictured(self) -> Scene:
        """A picture that its verifier has not released."""
        made = io.BytesIO()
        Image.new("RGB", (8, 6), "blue").save(made, "PNG")
        return await self._attached(file=("foto.png", made.getvalue()))

    async def _attached(
        self, *, file: tuple[str, bytes] = ("surat.pdf", PDF), **changes: Any
    ) -> Scene:
        """A file that its verifier has not released."""
        report = {
            "classification": "complaint",
            "title": "Jalan",
            "body": "Rusak.",
            "addressee": "A10",
            "reporter": {"name": "Warga", "phone": "+6281234567890"},
            **changes,
        }
        answer = await self.cluster.http.post(
            self.cluster.address("intake") + "/reports/with-attachments",
            data={"report": json.dumps(report)},
            files=[("attachments", file)],
            headers=somewhere(),
        )
        assert answer.status_code == 201, answer.text
        number = answer.json()["number"]
        await self._routing(number, "verify", places.ABOVE, VERIFICATION)
        query = "SELECT id FROM intake.attachment WHERE number = :n"
        return {"number": number, "attachment_id": await self.cluster.value(query, n=number)}

    async def _answered(self) -> Scene:
        """A file that came with a secret follow-up."""
        scene = await self._verified()
        answer = await self.cluster.http.post(
            self.cluster.address("followup")
            + f"/reports/{scene['number']}/follow-ups/with-attachments",
            data={"message": json.dumps(FOLLOW_UP | {"secret": True})},
            files=[("attachments", ("berita.pdf", PDF))],
            headers=self.cluster.staff(places.OFFICER),
        )
        assert answer.status_code == 200, answer.text
        query = "SELECT command_id, id FROM followup.attachment WHERE number = :n"
        [row] = await self.cluster.rows(query, n=scene["number"])
        return scene | {"command_id": row.command_id, "attachment_id": row.id}

    def _insert(self, statement: str, **values: Any) -> Any:
        with self.cluster.postgres.administer("lapor") as administrator:
            parameters = {"agency": DINAS, "some": uuid4().hex, **values}
            row = administrator.execute(statement.encode(), parameters).fetchone()
        assert row is not None
        return row[0]

    async def _routing(
        self, number: int, what: str, who: places.Who, body: dict[str, Any]
    ) -> httpx.Response:
        return await self.people.does("routing", number, what, who, body)
