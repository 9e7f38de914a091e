"""Which text messages are about a report, and what they ask for."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.sms.about_reports import AboutReport, lacks_number, read_about_report
from services.intake.sms.senders import Sender, is_new_report
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
        ("10000001 Baca", AboutReport(10000001, "read", "Baca")),
        ("10000001 baca2", AboutReport(10000001, "read", "baca2", page=2)),
        ("10000001 Baca surat saya", AboutReport(10000001, "say", "Baca surat saya")),
        ("10000001 Jawab: RT 3", AboutReport(10000001, "say", "Jawab: RT 3")),
        ("10000001 tanya siapa?", AboutReport(10000001, "say", "tanya siapa?")),
        ("10000001", AboutReport(10000001, "unclear")),
    ],
)
def test_a_message_that_begins_with_a_number_is_about_that_report(
    text: str, read: AboutReport
) -> None:
    assert read_about_report(text) == read


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("TANYA2", {"wish": "ask", "page": 2}),
        ("TANYA 0", {"wish": "ask"}),
        ("TANYA 10", {"wish": "ask", "page": 10}),
        ("TANYA " + "9" * 5_000, {"wish": "ask", "page": 999}),
        ("tanya ?", {"wish": "ask"}),
        ('"Pertanyaan" (2)', {"wish": "ask", "page": 2}),
        ("KODE?", {"wish": "code"}),
        ("kode: 123 456", {"wish": "prove", "code": "123456"}),
        ("123456?", {"wish": "prove", "code": "123456"}),
        ("YA12345", {"wish": "confirm", "code": "12345"}),
        ("YA 12 345", {"wish": "confirm", "code": "12345"}),
        ("ya: 12.345!", {"wish": "confirm", "code": "12345"}),
        ("12345 ya", {"wish": "confirm", "code": "12345"}),
        ("PUAS5", {"wish": "satisfied", "rating": 5}),
        ("puas \U0001f44d", {"wish": "satisfied"}),
        ("NILAI4", {"wish": "rate", "rating": 4}),
        ("Nilai: 4, tuntas!!", {"wish": "rate", "rating": 4, "solved": True}),
        ("nilai2belum", {"wish": "rate", "rating": 2, "solved": False}),
        ("BUKA?", {"wish": "object", "reason": ObjectionReason.OTHER}),
        ("Buka - salah arsip?", {"wish": "object", "reason": ObjectionReason.WRONGLY_ARCHIVED}),
        ("STOP!!", {"wish": "stop"}),
        ("BERHENTI SMS", {"wish": "stop"}),
        ("STATUS", {"wish": "status"}),
        ("info?", {"wish": "status"}),
        ("Cek laporan!", {"wish": "status"}),
    ],
)
def test_a_command_that_is_nearly_right_is_the_command(words: str, meant: dict[str, Any]) -> None:
    expected = replace(AboutReport(10000001, "unclear", words), **meant)
    assert read_about_report(f"10000001 {words}") == expected


@pytest.mark.parametrize(
    "words",
    (
        "TANYA 2 3|2 TANYA|KODE 12345|YA 12|YA 1234567|PUAS 10|NILAI|NILAI 6|NILAI 0|NILAI 4.5|"
        "NILAI TUNTAS|NILAI 4 TUNTS|STATUS 2|help?|BUKA 2|BUKA BELUM SLESAI|STOP SMS 1708|BATAL|"
        "JAWABAN|jawab?|BACA 2 3"
    ).split("|"),
)
def test_a_command_that_could_mean_several_things_is_nobodys_words(words: str) -> None:
    assert read_about_report(f"10000001 {words}") == AboutReport(10000001, "unclear", words)


@pytest.mark.parametrize(
    "words",
    (
        "Buka keran air di RT 5|Buka 24 jam|Tanya kapan diperbaiki|Kode pos 40115|40115|150.000|"
        "RT 3|Ya|ya!|Ya sudah|ya 2 hari lalu|Ya, 081234567890|Puas dengan hasilnya|belum puas|"
        "Puas  […]|NILAI 4 […]|Puasa|Bukan|Nilai 4 juta|Stop kontak 2 rusak"
    ).split("|"),
)
def test_a_sentence_that_begins_like_a_command_is_words(words: str) -> None:
    assert read_about_report(f"10000001 {words}") == AboutReport(10000001, "say", words)


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


@pytest.mark.parametrize(
    "text",
    (
        "BACA|PUAS|puas 5|PUAS5!|Tanya?|TANYA 2|KODE|kode 123 456|NILAI 4|nilai 2 belum|NILAI 6|"
        "BUKA|buka kembali|Buka, belum selesai|BERHENTI|stop sms|STATUS|Info|cek!|BANTUAN|lapor|"
        "PUAS 10000042|STATUS #10000042|info no. 10000042|status laporan 10000042|YA 48213|"
        "48213 ya|123456|081234567890|Ya|OK|terima kasih!|Belum|Laporan 10000042|Makasih ya|"
        "terima kasih banyak pak|Ok makasih|Halo|Assalamualaikum|selamat pagi|BATAL 10000042|"
        "cabut laporan|terima kasih banyak pak sudah diperbaiki|Selamat pagi admin, trims ya bu|"
        "Alhamdulillah sudah selesai, terimakasih atas bantuannya|Halo pak|"
        "Assalamu'alaikum wr. wb.|"
        "Laporan 10000042 sudah diperbaiki, makasih|\U0001f44d"
    ).split("|"),
)
def test_a_command_without_the_number_of_its_report_is_no_new_report(text: str) -> None:
    assert lacks_number(text)


@pytest.mark.parametrize(
    "text",
    (
        "Banjir|Info banjir di Jl. Melati|Status tanah saya di BPN tidak jelas|Puasa|Tolong|"
        "Puas 5 kali dipalak|Buka tutup jalan macet|Stop kontak meledak|Nilai rapor anak saya|"
        "Laporan 10000042 belum selesai|Tanya kapan jalan diperbaiki|Kode pos salah|"
        "081234567890 menipu saya|Terima kasih jalannya sudah bagus|sudah diperbaiki|"
        "Terima kasih, tapi belum diperbaiki|terima kasih sudah diperbaiki?|Halo pak tolong|"
        "Makasih sudah dipalak petugas|Terima kasih 3 lampu mati|Pak admin|terima kasih […]|"
        "Halo jalan kami rusak|"
        "Batal berangkat karena banjir|PUAS […]||  |洞在哪里"
    ).split("|"),
)
def test_words_that_begin_like_a_command_without_a_number_are_a_new_report(text: str) -> None:
    assert not lacks_number(text)


@pytest.mark.parametrize(
    ("words", "is_new"),
    [("terima kasih sudah diperbaiki", False), ("rupiah dipungut", True), ("belum", True)],
)
def test_thanks_to_a_number_are_no_new_report_of_a_phone_that_is_not_its_own(
    words: str, is_new: bool
) -> None:
    stranger = Sender("", named=False, proven=False)
    assert is_new_report(AboutReport(15000000, "say", words), stranger) == is_new
