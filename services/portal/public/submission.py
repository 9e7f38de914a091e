"""Making a report, and the receipt for it."""

import asyncio
import json

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel

from services.portal import references
from services.portal.answers import answer_as
from services.portal.contracts.intake import OpenedSubmission, ReporterReport
from services.portal.detail_texts import TEXTS
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import FormData, searched
from services.portal.page_request import BODY_LIMIT, PageRequest, PublicRequest
from services.portal.public.access import read_report
from services.portal.public.messages import own_contacts
from shared.http.problems import Problem
from shared.lifecycle.calendar import Zone

router = APIRouter(include_in_schema=False)


NAMES = {
    "classification": "Jenis laporan",
    "title": "Judul",
    "body": "Isi laporan",
    "happened_at": "Kapan terjadi",
    "province": "Wilayah",
    **{field.name: field.label for field in TEXTS},
    "addressee": "Instansi tujuan",
    "category": "Kategori",
    "name": "Nama",
    "phone": "Nomor telepon",
    "phone_safe": "Aman dihubungi di sini?",
    "email": "Surel",
    "email_safe": "Aman dihubungi di sini?",
    "nik": "NIK",
    "attachments": "Lampiran",
}
_FIELDS = {
    *NAMES,
    *references.REGION_LEVELS,
    *searched("addressee"),
    "category_cari",
    "anonymous",
    "secret",
    "linked_number",
}
_OURS = {
    "region_code": "province",
    "reporter": "phone",
    "reporter.name": "name",
    "reporter.phone": "phone",
    "reporter.phone_safe": "phone_safe",
    "reporter.email": "email",
    "reporter.email_safe": "email_safe",
    "reporter.nik": "nik",
}


class Receipt(BaseModel):
    """The part of the answer that the browser keeps after submitting a report."""

    number: int
    access_code: str | None
    link: str = ""
    verification_due_at: AwareDatetime | None

    @property
    def follow_at(self) -> str:
        """Return the address, short enough to type from paper, of the page that asks for number and
        code."""
        return self.link.rpartition("/laporan/")[0] + "/lacak"


@router.get("/buat-laporan")
async def report_form(
    page_request: PublicRequest,
    lanjutan: int | None = None,
    anonim: bool = False,
    rahasia: bool = False,
) -> Response:
    """Return the empty form. `lanjutan` is the number of a report that this one continues; a
    reporter who was anonymous there is so here, unless they choose otherwise."""
    prefilled = {"classification": "complaint", "linked_number": lanjutan}
    flags = {name: "1" for name, on in (("anonymous", anonim), ("secret", rahasia)) if on}
    form = FormData(prefilled | flags, NAMES)
    return await _form_page(page_request, form)


@router.post("/buat-laporan", max_body_size=BODY_LIMIT)
async def submit(page_request: PublicRequest) -> Response:
    """Handle the steps of the form. It is sent from the page that shows all answers again and says
    plainly who can see what."""
    sent = await page_request.form(*_FIELDS)
    form = FormData(sent, NAMES)
    form.refuse_twice(name for name in NAMES if name != "attachments")
    await keep_chosen_files(page_request, form, sent)
    step = form.get("langkah")
    if step == "anonim":
        form.set("anonymous", "1")
    if step not in ("periksa", "anonim", "kirim") or form.wrong:
        return await _form_page(page_request, form, 422 if form.wrong else 200)
    report = _report(page_request, form)
    linked = form.id("linked_number")
    # The token of an earlier report opens only that one, but shows that it is one's own.
    token = None
    if isinstance(linked, int) and not page_request.signed_in:
        token = page_request.session.reports.get(linked)
    unchosen = references.left_unchosen(form, _FIELDS)
    try:
        if step != "kirim" or unchosen:
            await page_request.call("intake", "POST", "/reports/check", json=report, token=token)
            return await (
                _form_page(page_request, form, 422) if unchosen else _review(page_request, form)
            )
        async with files_kept(page_request, form) as files:
            if form.wrong:
                return await _form_page(page_request, form, 422)
            answer = await page_request.call(
                "intake",
                "POST",
                "/reports/with-attachments",
                data={"report": json.dumps(report)},
                files=files,
                key=form.key,
                token=token,
            )
    except Problem as problem:
        form.refuse(problem, _OURS)
        return await _form_page(page_request, form, problem.status)
    await forget_files(page_request, form)
    made = answer_as(OpenedSubmission, answer)
    if made.access_token:
        page_request.session.keep_report(made.number, made.access_token)
    page_request.session.receipt = made.model_dump_json(include={*Receipt.model_fields})
    return page_request.go("/tanda-terima")


@router.get("/tanda-terima")
async def receipt(page_request: PublicRequest) -> Response:
    """Show the number and code to the browser that submitted, until it submits again or leaves. The
    report is shown as long as the access from the submission lasts; the code is not used for
    this."""
    if page_request.session.receipt is None:
        return page_request.go("/lacak")
    receipt = Receipt.model_validate_json(page_request.session.receipt)
    try:
        report = await read_report(page_request, receipt.number)
    except Problem:
        report = None  # the receipt is useful without the report
    own = report if isinstance(report, ReporterReport) else None
    zone = Zone(own.zone) if own else Zone.WIB
    contacts = await own_contacts(page_request, receipt.number) if own else None
    return page_request.page(
        "public/receipt.html",
        zone=zone,
        receipt=receipt,
        report=own,
        contacts=contacts,
        number=receipt.number,
        place="tanda-terima",
    )


async def _review(page_request: PageRequest, form: FormData) -> Response:
    """Return the page with all answers, in the words of the form, and what each means."""
    regions, addressees, groups = await asyncio.gather(
        references.regions(page_request, form),
        references.addressees(page_request, form),
        references.categories(page_request),
    )
    chosen = [dict(options).get(form.get(level), "") for level, _, options in regions]
    agencies = {str(agency.id): agency.name for agency in addressees}
    categories = {category.code: category.name for _, inside in groups for category in inside}
    return page_request.page(
        "public/review.html",
        form=form,
        region=", ".join(reversed([name for name in chosen if name])),
        addressee=agencies.get(form.get("addressee"), ""),
        category=categories.get(form.get("category"), ""),
    )


async def _form_page(page_request: PageRequest, form: FormData, status: int = 200) -> Response:
    regions, classifications, agencies, categories = await asyncio.gather(
        references.regions(page_request, form),
        references.classifications(page_request),
        references.addressees(page_request, form),
        references.categories(page_request),
    )
    return page_request.page(
        "public/submission.html",
        status,
        form=form,
        regions=regions,
        classifications=classifications,
        agencies=agencies,
        categories=references.narrowed(form, "category", categories),
    )


def _report(page_request: PageRequest, form: FormData) -> dict[str, object]:
    report: dict[str, object] = {
        "title": form.get("title"),
        "body": form.get("body"),
        "region_code": references.region_code(form),
        "anonymous": bool(form.get("anonymous")),
        "secret": bool(form.get("secret")),
        **form.filled("classification", "happened_at", *(field.name for field in TEXTS)),
        **form.filled_ids("addressee", "category", "linked_number"),
    }
    if not page_request.signed_in:
        report["reporter"] = reporter_of(form)
    return report


def reporter_of(form: FormData) -> dict[str, object]:
    """Return the reporter's name and contacts, and which of them are safe, from a form for a new
    report."""
    safe = {name: bool(form.get(name)) for name in ("phone_safe", "email_safe")}
    return {**form.filled("name", "phone", "email", "nik"), **safe}
