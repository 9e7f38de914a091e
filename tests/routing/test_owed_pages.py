"""*Tugas Saya* and *Plt.* in the panel: what is read there, decided in place, and named."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_owed import FOLLOW_UP, UNIT, followed
from tests.routing.test_stand_ins import day
from tests.times import noon

__all__ = ["noon"]

COORDINATOR = "koordinator.kota.bandung"
ADMIN, OFFICER = "admin.kota.bandung", "petugas.disdukcapil.kota.bandung"


async def asked_to_hold(country: Country, reason: str) -> tuple[int, str]:
    """A report that its officer asks to have held; its number, and where that is decided."""
    number = await country.verified("kota-bandung", UNIT)
    await followed(country, OFFICER, number, "follow-ups", FOLLOW_UP)
    asked = await followed(country, OFFICER, number, "requests", {"kind": "hold", "reason": reason})
    return number, f"/panel/laporan/{number}/permintaan/{asked['command_id']}"


async def test_whoever_signs_in_reads_what_they_owe_and_decides_it_there(country: Country) -> None:
    number, decision = await asked_to_hold(country, "Menunggu anggaran turun.")
    late = await country.report("kota-bandung", title="Lampu padam di Dago")
    async with signed_in(country, ADMIN) as panel:
        assert panel.path == "/panel/tugas"
        assert "Menunggu anggaran turun." in panel.reads
        assert f"#{late}" in panel.reads
        await panel.opens("/panel/tugas?jenis=decide&milik=mine")
        assert f"#{late}" not in panel.reads
        # Enter sends nothing.
        assert await panel.sends(f"{decision}/reject", reason="Tidak.", langkah="diam") == 409
        assert "Tidak." in panel.page.xpath("//input[@name='reason']/@value")
        await panel.opens("/panel/tugas?jenis=decide&milik=mine")
        assert await panel.sends(f"{decision}/accept", reason="Silakan.") == 200
        assert panel.path == "/panel/tugas?jenis=decide&milik=mine"
        assert "Permintaan diterima." in panel.reads
        assert f"#{number}" not in panel.reads
    assert await country.one("SELECT held FROM lifecycle.report WHERE number = :n", n=number)


@pytest.mark.parametrize(
    ("meanwhile", "who", "words"),
    [
        ("accept", COORDINATOR, "Permintaan ini sudah diterima oleh {name}."),
        ("reject", COORDINATOR, "Permintaan ini sudah ditolak oleh {name}."),
        ("withdraw", OFFICER, "Permintaan ini sudah dibatalkan oleh {name}."),
    ],
)
@pytest.mark.parametrize("reason", ["Anggarannya sudah ada.", ""])
async def test_a_request_decided_meanwhile_says_how_and_keeps_the_words(
    country: Country, meanwhile: str, who: str, words: str, reason: str
) -> None:
    number, decision = await asked_to_hold(country, "Menunggu anggaran turun.")
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        path = decision.removeprefix(f"/panel/laporan/{number}/permintaan")
        body = {"reason": "Belum."} if meanwhile == "reject" else {}
        await followed(country, who, number, f"requests{path}/{meanwhile}", body)
        assert await panel.sends(f"{decision}/reject", reason=reason) in (409, 412, 422)
        told = panel.page.xpath("string(//*[@id='sudah-diputuskan'])")
        assert words.format(name=country.staff[who].name) in told
        assert "Muat ulang" not in told
        assert ("Yang Anda tulis tidak dikirim:" in told) == bool(reason)
        assert reason in told


async def test_a_request_of_a_report_that_changed_is_decided_by_sending_again(
    country: Country,
) -> None:
    number, decision = await asked_to_hold(country, "Menunggu anggaran turun.")
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        await followed(country, COORDINATOR, number, "coordination", {"note": "Saya cek dulu."})
        assert await panel.sends(f"{decision}/reject", reason="Tidak.") == 412
        assert "Periksa, lalu kirim lagi bila masih perlu." in panel.reads
        assert "Muat ulang dulu" not in panel.reads
        assert await panel.sends(f"{decision}/reject") == 200
        assert "Permintaan ditolak." in panel.reads


async def test_an_action_that_somebody_made_impossible_is_not_to_be_sent_again(
    country: Country,
) -> None:
    number = await country.report("kota-bandung")
    path = f"/panel/laporan/{number}/archive"
    words = {"category": "incomplete", "note": "Tidak ada alamat."}
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        await country.done(COORDINATOR, number, "archive", words)
        assert await panel.sends(path, langkah="kirim", **words) == 412
        assert panel.reads.count("Tindakan ini sekarang tidak dapat dilakukan") == 1
        assert "kirim lagi" not in panel.reads
        assert "Muat ulang dulu" not in panel.reads


async def test_a_request_that_ended_by_itself_says_so_and_keeps_the_words(country: Country) -> None:
    number, decision = await asked_to_hold(country, "Menunggu anggaran turun.")
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        await followed(country, COORDINATOR, number, "close", {"reason": "Selesai."})
        assert await panel.sends(f"{decision}/reject", reason="Tidak.") in (409, 412)
        told = panel.page.xpath("string(//*[@id='sudah-diputuskan'])")
        assert "Permintaan ini berakhir" in told
        assert "Tidak." in told


@pytest.mark.usefixtures("noon")
async def test_a_stand_in_is_named_on_a_page_and_reads_for_whom(country: Country) -> None:
    await country.rows(
        "INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active,"
        " token_version) SELECT 'rekan.disdukcapil', 'Rina Rekan', role, agency_id, password_hash,"
        " true, 1 FROM routing.staff WHERE username = :like",
        like=OFFICER,
    )
    await country.learn()
    stand_in_id, absent = country.staff["rekan.disdukcapil"].id, country.staff[OFFICER]
    async with signed_in(country, OFFICER) as panel:
        await panel.opens("/panel/plt")
        days = {"first_day": day(), "last_day": day(-1)}
        assert await panel.sends("/panel/plt", stand_in_id=str(stand_in_id), **days) == 422
        assert "Hari terakhir mendahului hari pertama." in panel.reads
        assert await panel.sends("/panel/plt", last_day=day(2)) == 200
        assert "Sedang menggantikan" in panel.reads
    async with signed_in(country, "rekan.disdukcapil") as panel:
        assert f"Anda Plt. untuk {absent.name}" in panel.reads
    async with signed_in(country, "koordinator.kota.bandung") as panel:
        await panel.opens(f"/panel/pengguna/{absent.id}")
        assert "Rina Rekan menggantikan sampai" in panel.reads
        await panel.opens(f"/panel/pengguna/{absent.id}/plt")
        assert await panel.sends(f"/panel/pengguna/{absent.id}/plt/akhiri") == 200
        assert "Sedang menggantikan" not in panel.reads
