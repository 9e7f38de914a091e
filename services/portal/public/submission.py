"""Making a report, and the receipt for it."""

import json
from typing import Any

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.drafts import files_kept, forget_files, keep_chosen_files
from services.portal.form_data import Filled
from services.portal.page_request import BODY_LIMIT, PublicVisit, Visit
from services.portal.public.access import open_report
from shared.http.problems import Problem
from shared.lifecycle.calendar import Zone

router = APIRouter(include_in_schema=False)

NAMES = {
    "classification": "Jenis laporan",
    "title": "Judul",
    "body": "Isi laporan",
    "happened_at": "Kapan terjadi",
    "province": "Wilayah",
    "place": "Tempat",
    "addressee": "Instansi tujuan",
    "category": "Kategori",
    "name": "Nama",
    "phone": "Nomor telepon",
    "email": "Surel",
    "nik": "NIK",
    "attachments": "Lampiran",
}
_OURS = {
    "region_code": "province",
    "reporter": "phone",
    "reporter.name": "name",
    "reporter.phone": "phone",
    "reporter.email": "email",
    "reporter.nik": "nik",
}


@router.get("/buat-laporan")
async def report_form(
    visit: PublicVisit,
    lanjutan: int | None = None,
    anonim: bool = False,
    rahasia: bool = False,
) -> Response:
    """`lanjutan`: the number of a report that this one goes on from. Whoever was anonymous there
    is so here, unless they say otherwise."""
    given = {"classification": "complaint", "linked_number": lanjutan}
    flags = {name: "1" for name, on in (("anonymous", anonim), ("secret", rahasia)) if on}
    form = Filled(given | flags, NAMES)
    return await _form_page(visit, form)


@router.post("/buat-laporan", max_body_size=BODY_LIMIT)
async def submit(visit: PublicVisit) -> Response:
    """The steps of the form. It is sent from the page that shows all answers once more, where
    who can see what is said in so many words."""
    sent = await visit.form()
    form = Filled(sent, NAMES)
    await keep_chosen_files(visit, form, sent)
    step = form.get("langkah")
    if step == "anonim":
        form.set("anonymous", "1")
    if step not in ("periksa", "anonim", "kirim") or form.wrong:
        return await _form_page(visit, form, 422 if form.wrong else 200)
    report = _report(visit, form)
    linked = report.get("linked_number")
    # The token of an earlier report opens that one only, yet shows that it is one's own.
    token = visit.session.reports.get(linked) if linked and not visit.signed_in else None
    try:
        if step != "kirim":
            await visit.call("intake", "POST", "/reports/check", json=report, token=token)
            return await _review(visit, form)
        async with files_kept(visit, form) as files:
            if form.wrong:
                return await _form_page(visit, form, 422)
            answer = await visit.call(
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
        return await _form_page(visit, form, problem.status)
    await forget_files(visit, form)
    receipt = answer.json()
    visit.session.receipt = json.dumps(
        {name: receipt[name] for name in ("number", "access_code", "link", "verification_due_at")}
    )
    return visit.go("/tanda-terima")


@router.get("/tanda-terima")
async def receipt(visit: PublicVisit) -> Response:
    """Number and code, shown to the browser that submitted until it submits again or leaves."""
    if visit.session.receipt is None:
        return visit.go("/lacak")
    given = json.loads(visit.session.receipt)
    report: dict[str, Any] | None = None
    try:
        report = await open_report(visit, given["number"], given["access_code"])
    except Problem:
        report = None  # the receipt is worth more than who verifies
    zone = Zone(report["zone"]) if report and "zone" in report else Zone.WIB
    return visit.page("public/receipt.html", zone=zone, receipt=given, report=report)


async def _review(visit: Visit, form: Filled) -> Response:
    """All answers, in the words of the form, and what each means."""
    regions = await references.regions(visit, form)
    chosen = [dict(options).get(form.get(level), "") for level, _, options in regions]
    agencies = {str(one["id"]): one["name"] for one in await references.addressees(visit, form)}
    groups = await references.categories(visit)
    categories = {code: name for _, inside in groups for code, name in inside}
    return visit.page(
        "public/review.html",
        form=form,
        region=", ".join(reversed([name for name in chosen if name])),
        addressee=agencies.get(form.get("addressee"), ""),
        category=categories.get(form.get("category"), ""),
    )


async def _form_page(visit: Visit, form: Filled, status: int = 200) -> Response:
    return visit.page(
        "public/submission.html",
        status,
        form=form,
        regions=await references.regions(visit, form),
        classifications=await references.classifications(visit),
        agencies=await references.addressees(visit, form),
        categories=await references.categories(visit),
    )


def _report(visit: Visit, form: Filled) -> dict[str, Any]:
    report: dict[str, Any] = {
        "title": form.get("title"),
        "body": form.get("body"),
        "region_code": references.region_code(form),
        "anonymous": bool(form.get("anonymous")),
        "secret": bool(form.get("secret")),
        **form.given("classification", "happened_at", "place"),
        **form.given_ids("addressee", "category", "linked_number"),
    }
    if not visit.signed_in:
        report["reporter"] = form.given("name", "phone", "email", "nik")
    return report
