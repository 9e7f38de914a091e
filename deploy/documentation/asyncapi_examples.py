"""One message of each kind that partners send or receive; the tests send and read them."""

from typing import Any, Final

from shared.partners.receipts import RECEIPT_TYPE
from workflows.outbox import PARTNER_TYPE

SYSTEM: Final = "dukcapil"
EXTERNAL_ID: Final = "JKT/2026/0001"
NUMBER: Final = 10000001
_AT: Final = "2026-03-02T02:15:00Z"

DATA: Final[dict[str, dict[str, Any]]] = {
    "report": {
        "external_id": EXTERNAL_ID,
        "classification": "complaint",
        "title": "Lampu jalan mati di depan pasar",
        "body": "Sejak Senin malam tiga lampu jalan di depan pasar mati dan jalan menjadi gelap.",
        "happened_at": "2026-03-02",
        "region_code": "32.73",
        "place": "Depan pasar, Jalan Melati",
        "latitude": -6.9147,
        "longitude": 107.6098,
        "anonymous": False,
        "secret": False,
        "reporter": {
            "name": "Siti Rahmawati",
            "phone": "+6281234567890",
            "email": "siti@example.org",
        },
    },
    "information": {"external_id": EXTERNAL_ID, "text": "Tepatnya di depan kios nomor 12."},
    "reply": {"external_id": EXTERNAL_ID, "text": "Dua lampu sudah menyala, satu masih mati."},
    "withdrawal": {"external_id": EXTERNAL_ID, "reason": "Lampunya sudah menyala lagi."},
    "satisfaction": {"number": NUMBER, "rating": 5, "text": "Terima kasih, cepat sekali."},
    "rating": {"number": NUMBER, "rating": 2, "solved": False, "text": "Satu lampu masih mati."},
    "objection": {
        "number": NUMBER,
        "objection_reason": "not_solved",
        "text": "Satu lampu masih mati.",
    },
}

RECEIPTS: Final[dict[str, dict[str, Any]]] = {
    "accepted": {
        "kind": "report",
        "sequence": 4711,
        "message_id": "0001-report",
        "external_id": EXTERNAL_ID,
        "accepted": True,
        "number": NUMBER,
        "status": "UNVERIFIED",
        "version": None,
        "duplicate": False,
        "differs": False,
        "url": f"https://intake.lapor.example/reports/{NUMBER}",
        "problems": [],
    },
    "refused": {
        "kind": "report",
        "sequence": 4712,
        "message_id": "0002-report",
        "external_id": "JKT/2026/0002",
        "accepted": False,
        "number": None,
        "status": None,
        "version": None,
        "duplicate": False,
        "differs": False,
        "url": None,
        "problems": [
            {"field": "data.title", "code": "missing", "message": "Wajib diisi."},
            {
                "field": "data.addressee",
                "code": "agency_unknown",
                "message": "Instansi tidak dikenal.",
            },
        ],
    },
}

EVENT: Final[dict[str, Any]] = {
    "number": NUMBER,
    "external_id": EXTERNAL_ID,
    "version": 3,
    "event": "followed_up",
    "at": _AT,
    "status": "FOLLOWED_UP",
    "due_at": None,
    "overdue": False,
    "url": f"https://intake.lapor.example/reports/{NUMBER}",
}


def sent(kind: str) -> dict[str, Any]:
    """Return a whole event as a partner publishes it."""
    return {
        "specversion": "1.0",
        "id": f"0001-{kind}",
        "source": f"/{SYSTEM}",
        "type": f"id.go.lapor.{kind}",
        "time": _AT,
        "datacontenttype": "application/json",
        "data": DATA[kind],
    }


def received_event(type: str, id: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return a whole event as a partner receives it."""
    envelope = {
        "specversion": "1.0",
        "id": id,
        "source": "/lapor",
        "type": type,
        "time": _AT,
        "datacontenttype": "application/json",
        "data": data,
    }
    return envelope | ({"subject": str(data["number"])} if data["number"] else {})


def receipts() -> list[dict[str, Any]]:
    return [
        received_event(RECEIPT_TYPE, f"INGEST_REPORTS.{data['sequence']}.1772417700", data)
        for data in RECEIPTS.values()
    ]


def event() -> dict[str, Any]:
    subject = f"lapor.v1.partner.{SYSTEM}.event"
    return received_event(PARTNER_TYPE, f"{NUMBER}.{EVENT['version']}.{subject}", EVENT)
