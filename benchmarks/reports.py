"""The report that every measurement sends: of ordinary length, for an agency named by code."""

import itertools
import uuid
from typing import Any

BODY = (
    "Sudah dua minggu lampu penerangan jalan di depan balai desa padam, sehingga jalan gelap dan "
    "rawan kecelakaan pada malam hari. Warga telah menyampaikan hal ini kepada perangkat desa, "
    "tetapi belum ada perbaikan. Mohon dinas terkait segera memeriksa dan memperbaikinya. "
) * 2
ADDRESSEE = "kab-bandung"
UNIT, ADMIN, OFFICER = "pupr-kab-bandung", "admin.kab.bandung", "petugas.pupr.kab.bandung"
ABOVE = "koordinator.jabar"
"""Whoever may close what the agency below handles."""


def report_form() -> dict[str, Any]:
    """The public form's fields, filled in as most people do."""
    return {
        "classification": "complaint",
        "title": "Lampu jalan di depan balai desa padam dua minggu",
        "body": BODY,
        "place": "Depan balai desa",
        "addressee": ADDRESSEE,
        "reporter": {"name": "Siti Aminah", "phone": "+6281234567890"},
    }


def submission_headers() -> dict[str, str]:
    """From somewhere else each time: the limit on submissions counts addresses."""
    n = next(_ADDRESSES)
    return {
        "x-forwarded-for": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        "idempotency-key": str(uuid.uuid4()),
    }


_ADDRESSES = itertools.count(1)
