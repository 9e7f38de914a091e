"""Forms with something wrong: refused, and not repeated to anybody."""

from tests.cluster import PUSAT
from tests.privacy.planted import Planted


async def mistakes(planted: Planted) -> None:
    """Forms with something wrong: refused, and not repeated to anybody."""
    marks, cluster = planted.marks, planted.cluster
    number = planted.numbers["anonymous"]
    wrong = planted.report(reporter=marks.person() | {"email": marks.name()})
    for changed in (
        wrong,
        wrong | {"title": [marks.word("daftar")]},
        wrong | {"latitude": marks.word("lintang")},
        wrong | {"surplus": marks.word("lebih")},
        wrong | {"reporter": marks.person() | {"nik": marks.phone()}},
        wrong | {"body": marks.word("panjang") * 900},
    ):
        planted.refusals.append(await planted.post("intake", "/reports", changed))
    sign_in = {"contact": marks.email(), "password": marks.password()}
    planted.refusals.append(await planted.post("intake", "/reporters/sign-in", sign_in))
    code = {"access_code": marks.word("kode")}
    planted.refusals.append(await planted.post("intake", f"/reports/{number}/access", code))
    long = marks.word("panjang") * 2000
    for service, what, body in (
        ("routing", "verify", {"title": long, "body": 7, "agency_id": marks.word("angka")}),
        ("routing", "reveal", {"reason": long}),
        ("routing", "reveal", {"reason": {"x": marks.word("dalam")}}),
        ("routing", "defer", {"kind": marks.word("jenis"), "note": long}),
        (
            "followup",
            "follow-ups",
            {"kind": "follow_up", "outcome": "done", "text": long, "x": marks.word("y")},
        ),
        ("followup", "close", {"reason": long}),
    ):
        path = f"/reports/{number}/{what}"
        planted.refusals.append(await planted.post(service, path, body, cluster.staff(PUSAT)))
    raw = b'{"title": "' + marks.word("mentah").encode()
    for service, path in (("intake", "/reports"), ("routing", f"/reports/{number}/verify")):
        planted.refusals.append(
            await cluster.http.post(
                cluster.address(service) + path,
                content=raw,
                headers=cluster.staff(PUSAT) | {"content-type": "application/json"},
            )
        )
    for service, path in (("intake", "/reports/"), ("routing", "/queue?tab="), ("intake", "/")):
        address = cluster.address(service) + path + marks.name()
        planted.refusals.append(await cluster.http.get(address, headers=cluster.staff(PUSAT)))
