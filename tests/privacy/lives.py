"""What is said about the reports in the course of their lives."""

from tests.cluster import ABOVE, ABOVE_TOO, BELOW, BELOW_ADMIN, OFFICER, PUSAT, UNCONNECTED
from tests.privacy.planted import Planted
from tests.workflows.country import BIDANG, MISSION


async def long_life(planted: Planted) -> None:
    """The anonymous report: deferred, verified, followed up, asked about, closed and opened."""
    marks, which, say = planted.marks, "anonymous", planted.staff
    await say(which, "defer", ABOVE, kind="incomplete_data", note=marks.word("tanya"))
    await planted.says(which, "information", text=marks.word("jawab"))
    await planted.verify(which)
    await say(which, "link", ABOVE, main_number=planted.numbers["manual"])
    await say(which, "unlink", ABOVE, note=marks.word("lepastaut"))
    await say(which, "amend", ABOVE, title=marks.word("ubah"), body=marks.word("ubahan"))
    await say(which, "coordination", OFFICER, note=marks.word("koordinasi"))
    await say(which, "follow-ups", OFFICER, kind="initial_response", text=marks.word("awal"))
    path = f"/reports/{planted.numbers[which]}/follow-ups"
    message = {"kind": "follow_up", "outcome": "done", "text": marks.word("lanjut"), "secret": True}
    officer = planted.cluster.staff(OFFICER)
    await planted.must("followup", path, message, officer, file=marks.file())
    wrong = await say(
        which, "follow-ups", OFFICER, kind="initial_response", text=marks.word("keliru")
    )
    await say(which, "rectify", OFFICER, rectifies=wrong, reason=marks.word("ralat"))
    await planted.says(which, "replies", marks.file(), text=marks.word("tanggap"))
    await say(which, "assisted-replies", OFFICER, brought_by="visit", text=marks.word("datang"))
    asked = await say(which, "requests", OFFICER, kind="hold", reason=marks.word("minta"))
    await say(which, f"requests/{asked}/reject", ABOVE, reason=marks.word("tolak"))
    asked = await say(which, "requests", OFFICER, kind="close", reason=marks.word("mohon"))
    await say(which, f"requests/{asked}/withdraw", OFFICER, reason=marks.word("cabut"))
    await say(which, "hold", ABOVE, reason=marks.word("tahan"))
    await say(which, "requests", OFFICER, kind="release", reason=marks.word("lepaskan"))
    await say(which, "release", ABOVE, reason=marks.word("lepas"))
    await say(which, "close", ABOVE, reason=marks.word("tutup"))
    await say(which, "reopen", ABOVE, reason=marks.word("bukalagi"))
    await say(
        which, "follow-ups", OFFICER, kind="follow_up", outcome="done", text=marks.word("perbaiki")
    )
    await say(which, "close", ABOVE, reason=marks.word("tutuplagi"))
    asked = await say(which, "requests", OFFICER, kind="reopen", reason=marks.word("buka"))
    await say(which, f"requests/{asked}/accept", ABOVE_TOO, note=marks.word("terima"))
    await planted.says(which, "satisfaction", rating=4, text=marks.word("senang"))
    await say(which, "reopen", ABOVE, reason=marks.word("bukakembali"))
    await say(which, "close", ABOVE, reason=marks.word("tutupkembali"))
    await planted.says(which, "rating", rating=2, solved=False, text=marks.word("nilai"))
    await planted.says(
        which, "objection", objection_reason="not_solved", text=marks.word("keberatan")
    )
    reveal = {"reason": marks.word("ungkap"), "emergency": True}
    path = f"/reports/{planted.numbers[which]}/reveal"
    await planted.must("routing", path, reveal, planted.cluster.staff(PUSAT))


async def other_ways(planted: Planted) -> None:
    marks, say = planted.marks, planted.staff
    await say("secret", "archive", ABOVE, category="incomplete", note=marks.word("arsip"))
    await say("secret", "restore", ABOVE, reason=marks.word("pulih"))
    await say("secret", "throw", ABOVE, agency_id=BIDANG, note=marks.word("lempar"))
    asked = await say(
        "secret",
        "not-authority",
        BELOW,
        suggested_agency_id=MISSION,
        reason=marks.word("wenang"),
    )
    reject = f"/reports/{planted.numbers['secret']}/requests/{asked}/reject"
    body = {"reason": marks.word("bukan")}
    await planted.must("followup", reject, body, planted.cluster.staff(ABOVE))
    await planted.verify("secret", BELOW_ADMIN, agency_id=BIDANG)
    note = marks.word("terus")
    await say(
        "filed",
        "defer",
        ABOVE,
        kind="agency_not_connected",
        note=marks.word("belum"),
        awaited_agency_id=UNCONNECTED,
    )
    await say("manual", "forward", ABOVE, agency_id=BIDANG, copies=[MISSION], note=note)
    await planted.says("account", "withdrawal", reason=marks.word("hapus"))
    selection = {"selection": {"tab": "incoming"}, "format": "xlsx"}
    await planted.post("reporting", "/downloads", selection, planted.cluster.staff(PUSAT))
    searching = {"search": marks.word("cari"), "q": marks.name()}
    for service, path in (("routing", "/queue"), ("intake", "/reports"), ("portal", "/laporan")):
        address = (
            str(planted.cluster.addresses.public_base_url)
            if service == "portal"
            else (planted.cluster.address(service))
        )
        await planted.cluster.http.get(
            address + path, params=searching, headers=planted.cluster.staff(PUSAT)
        )
