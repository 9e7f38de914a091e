"""Finding one's own report by number and access code."""

from fastapi import APIRouter, Response

from services.portal.form_data import FormData, FormRefusal
from services.portal.page_request import PublicRequest
from services.portal.public.access import open_report
from services.portal.sealed_forms import CARRIED, NOT_YOURS
from services.portal.translation import translated
from shared.http.problems import Problem
from shared.values.report_numbers import only_number_in

router = APIRouter(include_in_schema=False)

NAMES = {"number": "Nomor laporan", "access_code": "Kode akses"}
NOT_OPENED = "Nomor dan kode ini tidak cocok"
_WHAT_HELPS = (
    "Periksa keduanya. Hanya kode akses terbaru yang berlaku: begitu kode baru dibuat, kode lama "
    "berakhir. Bila kode terbaru tidak Anda miliki, dapatkan yang baru lewat kontak Anda yang "
    "terverifikasi, dengan tautan di bawah formulir ini."
)
"""The text is the same for an unknown number, a wrong code and an old code, so that strangers
cannot find out which it is."""


@router.get("/lacak")
async def track_form(page_request: PublicRequest, nomor: str = "") -> Response:
    return page_request.page("public/track.html", form=FormData({"number": nomor}, NAMES))


@router.post("/lacak")
async def track(page_request: PublicRequest) -> Response:
    form = FormData(await page_request.form(*NAMES), NAMES)
    number = only_number_in(form.get("number"))
    if number is None:
        form.wrong["number"] = "Nomor laporan terdiri atas angka saja."
        return page_request.page("public/track.html", 422, form=form)
    try:
        await open_report(page_request, number, form.get("access_code"))
    except Problem as problem:
        form.refuse(problem)
        if problem.status == 404:
            form.refusal = FormRefusal(translated(NOT_OPENED), translated(_WHAT_HELPS))
        return page_request.page("public/track.html", problem.status, form=form)
    if carried := form.get(CARRIED):
        back = page_request.back_to_form(carried, f"/laporan/{number}/")
        return back or page_request.go(f"/laporan/{number}", NOT_YOURS)
    return page_request.go(f"/laporan/{number}")
