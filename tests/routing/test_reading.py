"""A report in full: who sees whom, what is logged, what the history tells."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import Client

from services.intake.accepting.new_report import Identity
from services.routing.reading.texts import word_difference
from shared.attachments import AttachmentStore, StoredAttachment
from shared.temporal.names import workflow_id
from tests.intake.sample_files import inspected
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.sample_pdf import PDF

ADMIN = "admin.kab.bandung"


async def _stored(country: Country) -> StoredAttachment:
    async def upload() -> AsyncIterator[bytes]:
        yield PDF

    store: AttachmentStore = country.app.state.attachments
    return await store.put(upload(), "bukti.pdf")


async def test_staff_of_the_handler_s_subtree_see_who_reports(country: Country) -> None:
    number = await country.verified()
    for who in (ADMIN, "petugas.pupr.kab.bandung", "admin.jabar", "admin.pusat"):
        reporter = (await country.seen(who, number))["reporter"]
        assert reporter == {
            "hidden": None,
            "name": "Siti Rahmawati",
            "phone": "+6281234567890",
            "email": "siti@contoh.id",
            "phone_state": "unproven",
            "phone_state_label": "kontak belum diverifikasi",
            "email_state": "unproven",
            "email_state_label": "kontak belum diverifikasi",
            "phone_safe": False,
            "email_safe": False,
        }


@pytest.mark.parametrize(
    ("proven", "label"),
    [
        (None, "dinyatakan terverifikasi oleh sistem mitra, belum diverifikasi di sini"),
        ("366 days", "verifikasinya sudah lewat masanya"),
        ("364 days", "terverifikasi"),
    ],
)
async def test_staff_read_whether_a_contact_is_stated_by_a_partner_lapsed_or_proven(
    country: Country, proven: str | None, label: str
) -> None:
    number = await country.report()
    await country.rows(
        "UPDATE intake.submission SET phone_stated = true WHERE number = :n RETURNING number",
        n=number,
    )
    if proven:
        await country.rows(
            "INSERT INTO notification.contact (id, holder, channel, proven_at) VALUES"
            " (gen_random_uuid(), 'report-' || :n, 'sms', now() - CAST(:ago AS interval))"
            " RETURNING id",
            n=str(number),
            ago=proven,
        )
    reporter = (await country.seen(ADMIN, number))["reporter"]
    assert reporter["phone_state_label"] == label
    assert reporter["email_state"] == "unproven"


@pytest.mark.parametrize(
    ("first", "later", "secret", "safe"),
    [
        (True, "nothing", False, True),
        (False, "nothing", False, False),
        (False, True, False, True),
        (False, None, False, True),  # the box is ticked, as it is by default
        (False, None, True, False),  # and here it is not
        (True, False, False, False),
    ],
)
async def test_staff_read_beside_a_contact_that_its_reporter_does_not_call_it_safe(
    country: Country, first: bool, later: bool | str | None, secret: bool, safe: bool
) -> None:
    identity = Identity(name="Enah", phone="+6281288887777", phone_safe=first)
    number = await country.report(identity=identity, secret=secret)
    if later != "nothing":
        await country.rows(
            "INSERT INTO notification.preference (holder, unsubscribe_token, sms)"
            " VALUES ('report-' || :n, gen_random_uuid(), :sms)",
            n=str(number),
            sms=later,
        )
    assert (await country.seen(ADMIN, number))["reporter"]["phone_safe"] is safe
    async with signed_in(country, ADMIN) as panel:
        await panel.opens(f"/panel/laporan/{number}")
        assert "+6281288887777" in panel.reads
        assert ("Tidak dinyatakan aman" in panel.reads) is not safe


async def test_who_may_not_know_of_a_report_gets_a_404(country: Country) -> None:
    number = await country.verified()
    for who in ("admin.kota.bandung", "petugas.dinkes.kab.bandung", "admin.kemensos"):
        assert (await country.get(who, f"/reports/{number}")).status_code == 404
    assert (await country.get("admin.pusat", "/reports/1")).status_code == 404
    assert (await country.get("admin.pusat", f"/reports/{2**64}")).status_code == 422


async def test_an_anonymous_reporter_is_hidden_from_all_and_revealed_to_pusat_alone(
    country: Country,
) -> None:
    number = await country.report(anonymous=True)
    for who in (ADMIN, "admin.pusat"):
        seen = await country.seen(who, number)
        assert seen["reporter"]["hidden"] == "anonymous"
        assert "Siti" not in str(seen)
    reason = {"reason": "Permintaan tertulis Ombudsman 12/2026."}
    assert (await country.act(ADMIN, number, "reveal", reason)).status_code == 403
    assert (await country.act("admin.pusat", number, "reveal", {})).status_code == 422
    await country.may_reveal("admin.pusat", number, reason["reason"])
    for times in (1, 2):
        answer = await country.act("admin.pusat", number, "reveal", reason)
        assert answer.json()["name"] == "Siti Rahmawati"
        assert answer.json()["nik"] == "3204050101900001"
        history = (await country.seen(ADMIN, number))["history"]
        readings = [line for line in history if line["kind"] == "reading"]
        assert len(readings) == times
    assert readings[0]["label"] == "Identitas pelapor dibuka"
    assert readings[0]["words"] is None  # it may be said with the name: for pusat alone
    own = (await country.seen("admin.pusat", number))["history"]
    opened = [line for line in own if line["action"] == "reveal"]
    assert [line["words"] for line in opened] == [reason["reason"]] * 2
    assert readings[0]["actor"]["agency"]["code"] == "pusat"


async def test_nothing_is_to_be_revealed_of_who_is_not_anonymous(country: Country) -> None:
    number = await country.report()
    answer = await country.act("admin.pusat", number, "reveal", {"reason": "Ingin tahu."})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_anonymous")


async def test_a_signal_without_effect_is_told_as_such(
    country: Country, temporal_address: str, temporal_namespace: str
) -> None:
    number = await country.verified()
    client = await Client.connect(temporal_address, namespace=temporal_namespace)
    await client.get_workflow_handle(workflow_id(number)).signal("hold")
    history: list[dict[str, Any]] = []
    while len(history) < 3:
        history = (await country.seen(ADMIN, number))["history"]
    line = history[-1]
    assert (line["action"], line["actor"]["label"], line["changed"]) == ("hold", "Operator", False)
    assert line["refusal"] == "Tidak dapat pada status ini"
    assert history[-2]["refusal"] is None


async def test_an_attachment_is_handed_out_and_the_download_logged(country: Country) -> None:
    number = await country.report(attachments=(await _stored(country),))
    [attachment] = (await country.seen(ADMIN, number))["attachments"]
    assert (attachment["name"], attachment["released"]) == ("bukti.pdf", False)
    other = await country.get("admin.kota.bandung", attachment["href"])
    assert other.status_code == 404
    answer = await country.get(ADMIN, attachment["href"])
    assert answer.content == inspected(PDF).content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    history = (await country.seen(ADMIN, number))["history"]
    assert [line["action"] for line in history] == ["submit", "attachment"]
    form = country.verification(released_attachments=[attachment["id"]])
    await country.done(ADMIN, number, "verify", form)
    [attachment] = (await country.seen(ADMIN, number))["attachments"]
    assert attachment["released"]
    await country.done(ADMIN, number, "amend", {"priority": True})
    [attachment] = (await country.seen(ADMIN, number))["attachments"]
    assert attachment["released"]


async def test_a_report_shows_labels_countdown_checklist_and_its_version(country: Country) -> None:
    number = await country.report()
    answer = await country.get(ADMIN, f"/reports/{number}")
    seen = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert seen["status"]["label"] == "Belum Terverifikasi"
    assert seen["countdown"]["label"] == "Verifikasi"
    assert seen["countdown"]["text"] in {"sisa 2 hari", "sisa 3 hari"}
    assert seen["age_days"] == 0
    assert len(seen["checklist"]) == 4
    assert [agency["code"] for agency in seen["chain"]] == ["kab-bandung"]
    assert seen["history"][0]["actor"]["label"] == "Pelapor"
    assert "verify" in {action["code"] for action in seen["allowed_actions"]}


@pytest.mark.parametrize(
    ("original", "corrected"),
    [
        ("sdh 3 org jatuh", "sudah tiga orang jatuh"),
        ("Jalan rusak.", "Jalan rusak berat."),
        ("a  b\nc", "a b\nc!"),
        ("", "baru"),
    ],
)
def test_a_difference_holds_both_texts(original: str, corrected: str) -> None:
    pieces = word_difference(original, corrected)
    assert "".join(p.text for p in pieces if p.op != "insert") == original
    assert "".join(p.text for p in pieces if p.op != "delete") == corrected
