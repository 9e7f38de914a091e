"""*Laporan Manual*: a report entered on somebody's behalf, optionally with its disposition."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.answers import answer_as
from services.portal.contracts.intake import (
    DispositionAnswer,
    ManualAnswer,
    ManualChannelChoice,
    SubmissionAnswer,
)
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import FormData, searched
from services.portal.page_request import BODY_LIMIT, PageRequest, PanelRequest
from services.portal.panel.agency_finding import offered
from services.portal.panel.choices import corrections
from services.portal.public.submission import reporter_of
from services.portal.translation import translated
from shared.http.problems import Problem

router = APIRouter(prefix="/panel", include_in_schema=False)

NAMES = {
    "channel": "Sumber Laporan",
    "classification": "Klasifikasi",
    "title": "Judul",
    "body": "Isi laporan",
    "happened_at": "Kapan terjadi",
    "province": "Wilayah",
    "place": "Lokasi",
    "addressee": "Instansi tujuan",
    "category": "Kategori",
    "name": "Nama pelapor",
    "phone": "Nomor telepon",
    "phone_safe": "Aman dihubungi di sini?",
    "email": "Surel",
    "email_safe": "Aman dihubungi di sini?",
    "nik": "NIK",
    "attachments": "Lampiran",
    "unit": "Satuan kerja",
    "refined": "Kadar pengawasan",
}
FIELDS = {
    *("classification", "title", "body", "happened_at", "place", "anonymous", "secret"),
    *("category", "category_cari"),
    *references.REGION_LEVELS,
    *searched("addressee"),
}
"""The fields of every new report, however it is entered."""
_FIELDS = FIELDS | {
    *("channel", "name", "phone", "phone_safe", "email", "email_safe", "nik", "attachments"),
    *("disposition", "refined", "priority"),
    *searched("unit"),
}
OURS = {
    "region_code": "province",
    "reporter": "phone",
    "reporter.name": "name",
    "reporter.phone": "phone",
    "reporter.phone_safe": "phone_safe",
    "reporter.email": "email",
    "reporter.email_safe": "email_safe",
    "reporter.nik": "nik",
}


@router.get("/buat")
async def manual_form(page_request: PanelRequest) -> Response:
    return await _page(page_request, FormData({"classification": "complaint"}, NAMES))


@router.post("/buat", max_body_size=BODY_LIMIT)
async def submit(page_request: PanelRequest) -> Response:
    sent = await page_request.form(*_FIELDS)
    form = FormData(sent, NAMES)
    await keep_chosen_files(page_request, form, sent)
    if form.get("langkah") != "kirim" or form.wrong:
        return await _page(page_request, form, 422 if form.wrong else 200)
    if form.get("disposition") and not isinstance(form.id("unit"), int):
        form.wrong["unit"] = "Pilih satuan kerja, atau hapus centang Disposisi."
        return await _page(page_request, form, 422)
    if references.left_unchosen(form, _FIELDS):
        return await _page(page_request, form, 422)
    report: dict[str, object] = content_of(form) | {
        "channel": form.get("channel"),
        "reporter": reporter_of(form),
    }
    if form.get("disposition"):
        report["disposition"] = _disposition(form)
    try:
        async with files_kept(page_request, form) as files:
            if form.wrong:
                return await _page(page_request, form, 422)
            answer = await page_request.call(
                "intake",
                "POST",
                "/reports/manual/with-attachments",
                data={"report": json.dumps(report)},
                files=files,
                key=form.key,
            )
    except Problem as problem:
        form.refuse(problem, OURS)
        return await _page(page_request, form, problem.status)
    await forget_files(page_request, form)
    return created(page_request, answer_as(ManualAnswer, answer))


def content_of(form: FormData) -> dict[str, object]:
    """Return what every new report has, however it is entered."""
    return {
        "title": form.get("title"),
        "body": form.get("body"),
        "region_code": references.region_code(form),
        "anonymous": bool(form.get("anonymous")),
        "secret": bool(form.get("secret")),
        **form.filled("classification", "happened_at", "place"),
        **form.filled_ids("addressee", "category"),
    }


def created(page_request: PageRequest, made: SubmissionAnswer | ManualAnswer) -> Response:
    """Return the page with the receipt to print for the reporter, shown only once, and the result
    of the disposition."""
    disposition = made.disposition if isinstance(made, ManualAnswer) else None
    outcome = _outcome(disposition) if disposition else ""
    return page_request.page("panel/manual_receipt.html", made=made, outcome=outcome)


async def choices(page_request: PageRequest, form: FormData) -> dict[str, Any]:
    """Return the choices of the forms for new reports."""
    lists, classifications, addressees, units = await asyncio.gather(
        corrections(page_request, form),
        references.classifications(page_request),
        references.addressees(page_request, form),
        offered(page_request, form, "unit", purpose="verify", category_field="category"),
    )
    categories = references.narrowed(form, "category", lists["categories"])
    new = {"classifications": classifications, "addressees": addressees, "units": units}
    return {**lists, **new, "categories": categories}


def _outcome(disposition: DispositionAnswer) -> str:
    title = (disposition.answer or {}).get("title", "")
    return {
        "done": translated("Sudah didisposisikan."),
        "waiting": translated("Disposisi disimpan, segera dijalankan."),
        "refused": translated("Disposisi ditolak ({title}); menunggu verifikasi.").format(
            title=title
        ),
        "failed": translated("Disposisi belum berhasil; laporan menunggu verifikasi."),
    }[disposition.state]


def _disposition(form: FormData) -> dict[str, object]:
    disposition: dict[str, object] = {
        "agency_id": form.id("unit"),
        "priority": bool(form.get("priority")),
    }
    if form.get("category"):
        disposition["category_id"] = form.id("category")
    if form.get("classification") == "complaint" and form.get("refined"):
        disposition["classification"] = form.get("refined")
    return disposition


async def _page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    path = "/reports/manual/channels"
    channels, lists = await asyncio.gather(
        page_request.read("intake", path, list[ManualChannelChoice]), choices(page_request, form)
    )
    return page_request.page(
        "panel/manual.html",
        status,
        form=form,
        channels=[(channel.code, channel.label) for channel in channels],
        **lists,
    )
