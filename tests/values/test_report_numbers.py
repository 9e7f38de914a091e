"""A report's number is read however people write it, or wherever they copied it."""

import pytest

from shared.values.report_numbers import number_in, numbers_in, only_number_in

ADDRESS = "https://lapor.example/panel"


@pytest.mark.parametrize(
    "typed",
    [
        *("1234567", "#1234567", " # 1234567 ", "LAPOR 1234567", "lapor! #1234567"),
        *("Laporan No. 1.234.567", "laporan nomor 1234567", "1 234 567", "1-234-567"),
        *("No. Laporan: 1234567", "ID laporan 1234567", "Tracking ID: #1234567"),
        *("LAPOR-1234567", "lapor!-1234567", "LAPOR! - 1234567", "LAPOR_1234567", "LAPOR1234567"),
        *("tiket-1234567", "No.-1234567", "nomor: #1234567", "LAPOR\u20111.234.567"),
        *("Report #1234567", "Laporan Anda #1234567", "nomor tiket 1234567"),
        *("#1234567.", "(1234567)", "[#1234567]", "“1234567”", "'1234567',", "1.234.567,-"),
        *(
            "１２３４５６７",
            "1\u00a0234\u202f567",
            "\u200b#1234567\u200e",
            "1–234–567",
            "1_234_567",
        ),
        *(f"{ADDRESS}/laporan/1234567", "http://127.0.0.1:8000/laporan/1234567"),
        *(f"{ADDRESS}/laporan/1234567/verify?versi=2#f-title", "lapor.example/laporan/1234567"),
        *(f"<{ADDRESS}/laporan/1234567>.", f"{ADDRESS}/tugas#laporan-1234567"),
        *(f"{ADDRESS}?tab=all#laporan-1234567", "https://lapor.example/lacak?nomor=1234567"),
        "/panel/laporan/1234567",
    ],
)
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    assert number_in(typed) == (1234567, True)


@pytest.mark.parametrize(
    "typed",
    [
        *("#1234567 Jalan rusak di Soreang", "Laporan Anda #1234567 sudah diterima."),
        *("1234567 - Jalan rusak", "1.234.567 (PUPR)", "Laporan nomor 1234567 (Jalan rusak)"),
    ],
)
def test_a_number_is_read_from_the_line_it_was_copied_with(typed: str) -> None:
    assert number_in(typed) == (1234567, False)
    assert only_number_in(typed) == 1234567


@pytest.mark.parametrize(
    "typed",
    [
        *("lampu 12", "1234567 padam", "0812 3456 7890", "+62 812 3456", "lapor", "1" * 16, "#"),
        *("٣٤", "", "jalan no. 12", "RT 05/02", "30/11/2026", "#12abc", "a@b/laporan 12"),
        *("laporan-", "nomorator 12", "lapor-pak", "notaris 1234567"),
    ],
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert number_in(typed) is None


BOTH = [10000001, 10000002]


@pytest.mark.parametrize(
    "typed",
    [
        *("10000001 10000002", "10000001,10000002", "10000001, 10000002", "10000001\n10000002\n"),
        *("LAPOR-10000001, LAPOR-10000002", "tiket-10000001 dan tiket-10000002"),
        *("#10000001 #10000002", "10000001\t10000002", "10000001;10000002", "10000001/10000002"),
        *("10.000.001 10.000.002", "10 000 001, 10 000 002", "10 000 001 10 000 002"),
        *(
            "Laporan 10000001 dan 10000002",
            "laporan no. 10000001, no. 10000002",
            "10000001 & 10000002",
        ),
        *("(10000001), (10000002)", "10000001 10000002 10000001", "１００００００１　10000002"),
        f"{ADDRESS}/laporan/10000001 {ADDRESS}/laporan/10000002/verify?versi=2",
        *(f"{ADDRESS}/laporan/10000001, 10000002", "10000001, lapor.example/laporan/10000002"),
        *("#10000001 Jalan rusak\n#10000002 Lampu padam", "lihat #10000001 dan #10000002 itu"),
    ],
)
def test_several_numbers_are_read_from_what_was_pasted(typed: str) -> None:
    assert numbers_in(typed) == BOTH
    assert only_number_in(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        *("10000001", "#10000001", "10 000 001", "10-000-001", "10000001 10000001", "1 234 567"),
        *("0812 3456 7890", "+62 812 3456 7890", "62 812 345 678 901", "812 3456 7890", ""),
        *("081234567890 081234567891", "81234567890 81234567891", "siti@contoh.id 10000001"),
        *("lampu 10000001 10000002", "10000001 padam", "RT 05 RW 12", "30/11/2026 01/12/2026"),
    ],
)
def test_what_is_not_several_numbers_is_none(typed: str) -> None:
    assert numbers_in(typed) == []


def test_the_same_number_pasted_twice_is_one() -> None:
    assert number_in("#10000001, #10000001") == (10000001, True)
