"""Who may never do a thing is shown no form for it."""

import pytest

from tests.routing.country import Country
from tests.routing.panel import Panel, signed_in
from tests.routing.test_owed import followed

ADMIN, OFFICER, BESIDE = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.kemensos"


def forms(panel: Panel) -> list[str]:
    """What is drawn of an action's form."""
    return [str(action) for action in panel.page.xpath("//main//form/@action")]


@pytest.mark.parametrize("action", ["verify", "throw", "forward", "archive", "close", "hold"])
async def test_an_officer_is_shown_no_form_of_what_admins_do(country: Country, action: str) -> None:
    number = await country.verified()
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(f"/panel/laporan/{number}/{action}")
        assert "Tindakan ini tidak dilakukan oleh Pejabat Penghubung." in panel.reads
        assert forms(panel) == []
        await panel.opens(f"/panel/laporan/{number}/follow_up")
        assert f"/panel/laporan/{number}/follow_up" in forms(panel)


async def test_who_reads_a_copy_is_shown_no_form(country: Country) -> None:
    number = await country.verified()
    await country.done(ADMIN, number, "copies", {"agency_ids": [country.agencies["kemensos"]]})
    async with signed_in(country, BESIDE) as panel:
        await panel.opens(f"/panel/laporan/{number}/forward")
        assert "Anda membaca salinan laporan ini" in panel.reads
        assert forms(panel) == []


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ("verify", "Tindakan ini hanya untuk laporan yang: Belum Terverifikasi, Tertunda."),
        ("restore", "Tindakan ini hanya untuk laporan yang: Diarsipkan oleh Admin."),
        ("unlink", "Tindakan ini sekarang tidak dapat dilakukan pada laporan ini."),
    ],
)
async def test_no_form_is_drawn_of_what_the_status_does_not_allow(
    country: Country, action: str, why: str
) -> None:
    number = await country.verified()
    async with signed_in(country, ADMIN) as panel:
        assert await panel.opens(f"/panel/laporan/{number}/{action}") == 409
        assert why in panel.reads
        assert ("Status laporan ini Terverifikasi." in panel.reads) == (action != "unlink")
        assert forms(panel) == []
        assert panel.page.xpath("//main//p[@role='alert']/a/@href") == [f"/panel/laporan/{number}"]


async def test_what_waits_for_a_decision_is_why_there_is_no_form(country: Country) -> None:
    number = await country.verified()
    asked = {"reason": "Bukan kami.", "suggested_agency_id": country.agencies["kemensos"]}
    await followed(country, OFFICER, number, "not-authority", asked)
    async with signed_in(country, OFFICER) as panel:
        await panel.opens(f"/panel/laporan/{number}/follow_up")
        assert "Permintaan Bukan Wewenang masih menunggu keputusan." in panel.reads
        assert forms(panel) == []


async def test_a_draft_stays_to_be_read_where_its_form_is_not_possible_now(
    country: Country,
) -> None:
    number = await country.report("kab-bandung")
    path = f"/panel/laporan/{number}/archive"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        await panel.sends(path, langkah="simpan-draf", note="Kurang jelas tempatnya.")
        await country.done(ADMIN, number, "archive", {"category": "incomplete", "note": "Kurang."})
        await panel.opens(path)
        assert "Tindakan ini sekarang tidak dapat dilakukan" in panel.reads
        await panel.sends(path, langkah="pakai-draf")
        assert "Kurang jelas tempatnya." in panel.reads


async def test_what_is_required_only_of_some_outcomes_is_not_called_optional(
    country: Country,
) -> None:
    number = await country.verified()
    path = f"/panel/laporan/{number}/follow_up"
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(path)
        sent = {"outcome": "cannot_be_met", "text": "Tidak dapat.", "langkah": "kirim"}
        assert await panel.sends(path, **sent) == 422
        [reasons] = panel.page.xpath("//*[@id='f-unmet_reason']")
        said = " ".join(reasons.text_content().split())
        assert "(wajib bila tidak dapat dipenuhi) Wajib diisi." in said
