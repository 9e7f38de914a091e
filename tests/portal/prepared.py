"""Reports brought to where a person takes them up, by the interfaces of the services."""

import time
from typing import Any
from uuid import uuid4

import httpx

from tests.portal.conftest import Portal

PATIENCE = 60.0
"""Seconds that a busy machine has to carry out a command."""
CITY = "kota-semarang"
"""Its people are in no other test: what they owe is what is prepared here."""
ADMIN, COORDINATOR, OFFICER, PROVINCE_ADMIN = (
    "admin.kota.semarang", "koordinator.kota.semarang", "petugas.pupr.kota.semarang",
    "admin.jateng",
)  # fmt: skip
WORKS = "Dinas Pekerjaan Umum dan Tata Ruang Kota Semarang"
CLEANING = "Dinas Lingkungan Hidup Kota Semarang"


class Prepared:
    """Writes reports to one city, and does for its people what they did before."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._tokens: dict[str, str] = {}
        self._ids: dict[str, int] = {}
        self._codes: dict[int, str] = {}

    def submitted(self, title: str, addressee: str = CITY, *, reporter: str = "Siti Aminah") -> int:
        """A report that nobody has looked at."""
        report = {
            "classification": "complaint",
            "title": title,
            "body": f"{title}, sudah tiga minggu.",
            "addressee": addressee,
            "reporter": {"name": reporter, "phone": "+6281234567890"},
        }
        made = httpx.post(f"{self._portal.intake}/reports", json=report, timeout=60)
        known = made.raise_for_status().json()
        self._codes[known["number"]] = known["access_code"]
        return int(known["number"])

    def verified(self, title: str, unit: str = "pupr-kota-semarang") -> int:
        """One that a department, mostly the one for works, owes an answer."""
        return self.disposed(self.submitted(title), title, unit)

    def disposed(self, number: int, title: str, unit: str) -> int:
        self._act(
            ADMIN, "routing", f"/reports/{number}/verify",
            title=title, body=f"{title}.", classification="complaint_without_oversight",
            category_id=self._id("/categories", "potholes"),
            agency_id=self._id("/agencies?q=kota semarang&limit=50", unit),
        )  # fmt: skip
        return number

    def followed_up(self, title: str) -> int:
        """One that it has answered."""
        number = self.verified(title)
        self._act(
            OFFICER, "followup", f"/reports/{number}/follow-ups",
            kind="follow_up", outcome="done", text="Sudah ditambal.",
        )  # fmt: skip
        return number

    def asked(self, kind: str, title: str) -> int:
        """One whose officer asks its admin for something."""
        number = self.followed_up(title)
        self._act(
            OFFICER, "followup", f"/reports/{number}/requests", kind=kind, reason="Menunggu aspal."
        )
        return number

    def talked_about(self, title: str) -> int:
        """One about which the officer wrote, the reporter replied, and its admin made a note."""
        number = self.followed_up(title)
        reply = {"text": "Terima kasih, tetapi satu lubang di dekat halte belum ditambal."}
        code, path = {"access_code": self._codes[number]}, f"/reports/{number}/access"
        opened = httpx.post(self._portal.intake + path, json=code, timeout=60).raise_for_status()
        bearer = {"Authorization": f"Bearer {opened.json()['access_token']}"}
        with httpx.Client(base_url=self._portal.followup, headers=bearer, timeout=60) as http:
            _done(http, f"/reports/{number}/replies", reply)
        note = "Mohon dicek ulang sebelum Jumat, lubang ini dekat sekolah."
        self._act(ADMIN, "followup", f"/reports/{number}/coordination", note=note)
        return number

    def late(self, title: str, unit: str = "pupr-kota-semarang") -> int:
        """One that a department should have answered: while it came there were two seconds."""
        agency_id = self._id("/agencies?q=kota semarang&limit=50", unit)
        with self._client("admin.pusat", "routing") as http:
            policy = http.get("/policy", params={"agency_id": agency_id}).raise_for_status().json()
            shortly = {"amount": 2, "unit": "seconds"}
            for length in (shortly, policy["follow_up"]):
                http.put("/policy", json={"agency_id": agency_id, "follow_up": length})
                if length is shortly:
                    number = self.verified(title, unit)
                    self._waits_until_late(number)
        return number

    def _waits_until_late(self, number: int) -> None:
        until = time.monotonic() + PATIENCE
        with self._client(ADMIN, "routing") as http:
            while not http.get(f"/reports/{number}").raise_for_status().json()["overdue"]:
                assert time.monotonic() < until, number
                time.sleep(0.2)

    def asked_the_reporter(self, number: int) -> int:
        """One that waits for what its reporter answers, who cannot be told."""
        path, question = f"/reports/{number}/defer", "Di gerbang yang mana?"
        self._act(ADMIN, "routing", path, kind="incomplete_data", note=question)
        return number

    def linked(self, number: int, main: int) -> None:
        self._act(ADMIN, "routing", f"/reports/{number}/link", main_number=main)

    def does(self, number: int, command: str) -> int:
        """The admin holds or closes it."""
        self._act(ADMIN, "followup", f"/reports/{number}/{command}", reason="Sudah selesai.")
        return number

    def _act(self, username: str, service: str, path: str, **body: Any) -> None:
        with self._client(username, service) as http:
            _done(http, path, body)

    def _id(self, path: str, code: str) -> int:
        if code not in self._ids:
            with self._client(ADMIN, "routing") as http:
                items = http.get(path).raise_for_status().json()["items"]
            self._ids |= {one["code"]: one["id"] for one in items}
        return self._ids[code]

    def _client(self, username: str, service: str) -> httpx.Client:
        if username not in self._tokens:
            who = {"username": username, "password": self._portal.password}
            answer = httpx.post(f"{self._portal.routing}/sign-in", json=who, timeout=60)
            self._tokens[username] = answer.raise_for_status().json()["access_token"]
        return httpx.Client(
            base_url=getattr(self._portal, service),
            headers={"Authorization": f"Bearer {self._tokens[username]}"},
            timeout=60,
        )


def _done(http: httpx.Client, path: str, body: Any) -> None:
    """Sends a command, and waits until it is carried out."""
    answer = http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code in (200, 202), answer.text
    until = time.monotonic() + PATIENCE
    while answer.json()["state"] == "waiting":
        assert time.monotonic() < until, answer.text
        time.sleep(0.2)
        answer = http.get(answer.json()["href"]).raise_for_status()
    assert answer.json()["state"] == "done", answer.text
