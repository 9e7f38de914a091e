"""Which text messages are about a report, and what they ask for."""

import pytest

from services.intake.sms.about_reports import AboutReport, read_about_report
from shared.lifecycle.actions import ObjectionReason


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("10000001 masih rusak", AboutReport(10000001, "say", "masih rusak")),
        ("#10000001: Puas sekali kalau ", AboutReport(10000001, "say", "Puas sekali kalau")),
        (" no. 10000001\nKode ", AboutReport(10000001, "code", "Kode")),
        ("10000001 123 456", AboutReport(10000001, "prove", "123 456", code="123456")),
        ("10000001 ya 0412", AboutReport(10000001, "confirm", "ya 0412", code="0412")),
        ("10000001 PUAS 5", AboutReport(10000001, "satisfied", "PUAS 5", rating=5)),
        ("10000001 puas.", AboutReport(10000001, "satisfied", "puas.")),
        (
            "10000001 nilai 2 belum tuntas",
            AboutReport(10000001, "rate", "nilai 2 belum tuntas", rating=2, solved=False),
        ),
        ("10000001 NILAI 6", AboutReport(10000001, "say", "NILAI 6")),
        (
            "10000001 Buka, tidak sesuai",
            AboutReport(
                10000001, "object", "Buka, tidak sesuai", reason=ObjectionReason.NOT_AS_SAID
            ),
        ),
        ("10000001 buka pintu air", AboutReport(10000001, "say", "buka pintu air")),
        ("10000001 Berhenti", AboutReport(10000001, "stop", "Berhenti")),
        ("10000001 Tanya?", AboutReport(10000001, "ask", "Tanya?")),
        ("10000001 TANYA 2", AboutReport(10000001, "ask", "TANYA 2", page=2)),
        ("10000001 tanya siapa?", AboutReport(10000001, "say", "tanya siapa?")),
        ("10000001", AboutReport(10000001, "unclear")),
    ],
)
def test_a_message_that_begins_with_a_number_is_about_that_report(
    text: str, read: AboutReport
) -> None:
    assert read_about_report(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "081234567890 menipu saya",
        "6281234567890 menipu saya",
        "3 orang jatuh di Jl. Melati",
        "17 Agustus 2026 jalan ditutup",
        "Laporan 10000001 belum selesai",
    ],
)
def test_other_messages_are_new_reports(text: str) -> None:
    assert read_about_report(text) is None
