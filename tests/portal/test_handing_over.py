"""All reports of an officer go to a colleague, all of a unit to another: nothing stays behind."""

from contextlib import closing

import pytest

from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Meet, Person, Portal
from tests.portal.reading import Reader
from tests.portal.test_management import look

pytestmark = pytest.mark.timeout(600)
HEALTH, TRAFFIC = "Dinas Kesehatan Kabupaten Bandung", "Dinas Perhubungan Kabupaten Bandung"


def test_an_officers_reports_are_assigned_to_a_colleague(meet: Meet, portal: Portal) -> None:
    admin, officer, colleague = meet(), meet(), meet(phone=True)
    numbers = disposed(portal, HEALTH)
    admin.signs_in("koordinator.kab.bandung")
    officer.signs_in("petugas.dinkes.kab.bandung")
    colleague.signs_in("petugas.dinkes.kab.bandung2")
    mine, theirs = name_of(officer), name_of(colleague)
    for number in numbers:
        officer.opens(f"/panel/laporan/{number}/coordinate")
        officer.page.get_by_label("Catatan internal").fill("Saya yang menangani.")
        assign_to(officer, mine)
        with officer.page.expect_event("load"):
            officer.page.locator("main button[value=kirim]").click()
    for _ in range(60):
        if set(numbers) <= assigned_to(officer):
            break
        officer.page.wait_for_timeout(1000)
    assert set(numbers) <= assigned_to(officer)

    admin.opens("/panel/pengguna?q=petugas.dinkes.kab.bandung")
    admin.follows(mine)
    assert f"{len(numbers)} laporan terbuka ditugaskan kepadanya." in admin.reads
    admin.follows("Alihkan semua kepada rekan")
    admin.presses("Alihkan semua")
    assert "Periksa isian berikut" in admin.reads
    choice = admin.page.get_by_label("Kepada")
    assert mine not in choice.inner_text()
    choice.select_option(label=f"{theirs} – Pejabat Penghubung, {HEALTH}")
    look(admin, "handover_officer")
    admin.presses("Alihkan semua")
    finished(admin, len(numbers))

    assert assigned_to(officer) == set()
    assert set(numbers) <= assigned_to(colleague)
    colleague.opens(f"/panel/laporan/{numbers[0]}")
    assert theirs in colleague.reads
    admin.opens("/panel/pengguna?q=petugas.dinkes.kab.bandung")
    admin.follows(mine)
    assert "ditugaskan kepadanya" not in admin.reads


def test_who_is_removed_leaves_reports_that_can_still_be_handed_over(
    meet: Meet, portal: Portal
) -> None:
    admin, officer = meet(), meet()
    numbers = disposed(portal, "Dinas Pendidikan Kabupaten Bandung")
    officer.signs_in("petugas.disdik.kab.bandung2")
    name = name_of(officer)
    officer.opens(f"/panel/laporan/{numbers[0]}/coordinate")
    officer.page.get_by_label("Catatan internal").fill("Saya yang menangani.")
    assign_to(officer, name)
    with officer.page.expect_event("load"):
        officer.page.locator("main button[value=kirim]").click()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/pengguna?q=petugas.disdik.kab.bandung2")
    admin.follows(name)
    admin.page.get_by_text("Hapus pengguna").click()
    assert "1 laporan terbuka masih ditugaskan kepadanya;" in admin.reads
    admin.presses("Hapus")
    admin.opens("/panel/pengguna?dihapus=1&q=petugas.disdik.kab.bandung2")
    assert "1 laporan ditugaskan" in admin.reads
    admin.follows(name)
    admin.follows("Alihkan semua kepada rekan")
    admin.page.get_by_label("Kepada").select_option(index=1)
    admin.presses("Alihkan semua")
    finished(admin, 1)


def test_a_units_open_reports_go_to_another_unit(meet: Meet, portal: Portal) -> None:
    admin, giver, taker = meet(scripts=False), meet(), meet(phone=True)
    numbers = disposed(portal, TRAFFIC)
    giver.signs_in("petugas.dishub.kab.bandung")
    taker.signs_in("petugas.dlh.kab.bandung")
    assert set(numbers) <= queue(giver)

    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/instansi?q=perhubungan")
    admin.follows(TRAFFIC)
    admin.follows("Alihkan laporan")
    assert f"{len(numbers)} laporan terbuka beralih sekaligus." in admin.reads
    admin.presses("Alihkan semua")
    assert "Periksa isian berikut" in admin.reads
    admin.finds_agency("to_id", "lingkungan hidup", "Dinas Lingkungan Hidup Kabupaten Bandung")
    look(admin, "handover_unit")
    admin.presses("Alihkan semua")
    finished(admin, len(numbers))

    assert queue(giver).isdisjoint(numbers)
    assert set(numbers) <= queue(taker)
    taker.opens(f"/panel/laporan/{numbers[0]}")
    assert "Alih Instansi" in taker.reads
    giver.opens(f"/panel/laporan/{numbers[0]}")
    assert "Jalan Berlubang" not in giver.reads


def disposed(portal: Portal, unit: str) -> list[str]:
    """The numbers of two reports that the unit has to follow up."""
    portal.forgets_who_came()
    numbers = [submit(portal)[0] for _ in range(2)]
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        for number in numbers:
            dispose(admin, number, unit)
    return numbers


def finished(admin: Person, count: int) -> None:
    admin.page.get_by_text(f"Selesai: {count} laporan sudah dialihkan.").wait_for()
    look(admin, "handover")


def name_of(person: Person) -> str:
    """As the head of each page says it."""
    return person.page.locator(".who a").inner_text()


def assign_to(person: Person, name: str) -> None:
    person.page.get_by_label("Ditugaskan kepada").select_option(
        label=f"{name} – Pejabat Penghubung"
    )


def assigned_to(person: Person) -> set[str]:
    return queue(person, "&assigned_to_me=1")


def queue(person: Person, further: str = "") -> set[str]:
    """The numbers in the person's queue of what is to be followed up."""
    person.opens(f"/panel?tab=awaiting_follow_up{further}")
    shown = person.page.locator(".list .report .num").all_inner_texts()
    return {one.removeprefix("#") for one in shown}
