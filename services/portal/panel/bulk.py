"""Bulk commands: one action on many reports, chosen in a list, previewed, and with a result for
each."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from services.portal import references
from services.portal.answers import answer_as
from services.portal.contracts.routing import (
    BulkPreview,
    BulkProgress,
    BulkResult,
    BulkView,
    Previewed,
    QueueRow,
    ReportTitle,
)
from services.portal.form_data import FormData
from services.portal.page_request import PageRequest, PanelRequest
from services.portal.pages import relabelled
from services.portal.panel.choices import (
    agencies_offered,
    call_words,
    choices_for,
    corrections,
    read_agency,
)
from services.portal.panel.choosing import list_with, numbers_in
from services.portal.panel.forms import FORMS, NAMES, ActionForm
from services.portal.panel.report import read_report
from services.portal.panel.why_not import may_ever
from services.portal.paths import own_list
from services.portal.translation import translated
from shared.bulk_commands import MOST
from shared.http.problems import Problem, not_found
from shared.labels import label
from shared.lifecycle.actions import Action
from shared.lifecycle.people import Role

router = APIRouter(prefix="/panel/massal", include_in_schema=False)

_ON = "lanjut"
"""A value in place of a kind: go to the next page of the list and keep what is chosen."""


@dataclass(frozen=True)
class BulkForm:
    """A kind of bulk command. `name` is its name in the service, which takes the form of the single
    action for at most `most` reports."""

    name: str
    action: Action
    form: ActionForm
    label: str
    most: int = MOST


def _tags(form: FormData) -> dict[str, object]:
    return {"tag_ids": form.ids("tag_ids")}


_TAGGING = ActionForm(
    "routing",
    "/reports/{number}/tags",
    _tags,
    "Beri tag",
    others=("category_id", "category_id_cari", "tag_ids"),
)
BULK_FORMS = {
    kind.name: kind
    for kind in (
        BulkForm("throw", Action.THROW, FORMS[Action.THROW], label("action", Action.THROW)),
        BulkForm("forward", Action.FORWARD, FORMS[Action.FORWARD], label("action", Action.FORWARD)),
        BulkForm("coordinate", Action.COORDINATE, FORMS[Action.COORDINATE], "Tugaskan"),
        BulkForm("tag", Action.AMEND, _TAGGING, "Beri tag"),
        BulkForm(
            "archive", Action.ARCHIVE, FORMS[Action.ARCHIVE], label("action", Action.ARCHIVE), 50
        ),
    )
}


def bulk_forms_for(rows: list[QueueRow], role: Role | None, *, also: bool) -> list[BulkForm]:
    """Return the kinds that this person may use on at least one of these reports. With `also`,
    reports not known here are chosen too, and all kinds that the role may ever use are returned."""
    if also:
        return [kind for kind in BULK_FORMS.values() if may_ever(role, kind.action)]
    allowed = {action.code for row in rows for action in row.allowed_actions}
    return [kind for kind in BULK_FORMS.values() if kind.action in allowed]


@router.get("")
async def begin(page_request: PanelRequest) -> Response:
    """Return the form for the chosen reports, or, if none is chosen, the list of one's own recent
    bulk commands."""
    query = page_request.request.query_params
    numbers, kind = query.getlist("nomor"), BULK_FORMS.get(query.get("jenis", ""))
    back = own_list(query.get("kembali", ""), "/panel")
    if query.get("jenis") == _ON:
        return page_request.go(list_with(back, numbers_in(numbers), query.get("berikutnya")))
    if kind is not None and not numbers:
        return page_request.go(back, "Belum ada laporan yang dipilih.")
    if kind is None:
        bulks = await page_request.read("routing", "/bulk-commands", list[BulkProgress])
        return page_request.page(
            "panel/bulk/list.html",
            bulks=bulks,
            kinds=BULK_FORMS,
            back=back,
            result_of=lambda each: _result(each.id, back),
        )
    form = FormData(
        {"nomor": numbers[: kind.most], "daftar": " ".join(numbers), "kembali": back}, NAMES
    )
    if kind.most < len(numbers) <= MOST:
        form.hints["nomor"] = translated(
            "Paling banyak {most} sekaligus: {most} yang pertama dicentang."
        ).format(most=kind.most)
    if before := query.get("dari"):
        await _as_before(page_request, form, before)
    return await _page(page_request, kind, form)


@router.get("/hasil/{bulk_id}")
async def result(page_request: PanelRequest, bulk_id: UUID) -> Response:
    """Return the progress of a bulk command. Reports for which it failed are chosen, each with its
    reason, here and in the list to which the page leads back."""
    bulk = await page_request.read("routing", f"/bulk-commands/{bulk_id}", BulkView)
    titles = await _titles(page_request, [str(item.number) for item in bulk.items])
    back = own_list(page_request.request.query_params.get("kembali", ""), "/panel")
    back = list_with(back, [str(item.number) for item in bulk.items if item.reason])
    return page_request.page(
        "panel/bulk/result.html",
        bulk=bulk,
        kind=BULK_FORMS.get(bulk.kind),
        titles=titles,
        why=_why(bulk.items, titles),
        back=back,
        here=_result(bulk.id, back),
    )


@router.post("/{name}")
async def send(page_request: PanelRequest, name: str) -> Response:
    kind = BULK_FORMS.get(name)
    if kind is None:
        raise not_found()
    fields = await page_request.form(*kind.form.fields, "nomor", "daftar", "versi", "kembali")
    form = FormData(fields, {**NAMES, "nomor": "Laporan"})
    form.set("kembali", own_list(form.get("kembali"), "/panel"))
    step = form.get("langkah")
    if step not in ("periksa", "kirim"):
        return await _page(page_request, kind, form)
    if not form.all("nomor"):
        form.wrong["nomor"] = translated("Centang paling sedikit satu laporan.")
        return await _page(page_request, kind, form, status=422)
    if references.left_unchosen(form, kind.form.fields):
        return await _page(page_request, kind, form, status=422)
    if kind.form is _TAGGING and not form.all("tag_ids"):
        form.wrong["tag_ids"] = translated("Pilih kategori, lalu paling sedikit satu tag.")
        return await _page(page_request, kind, form, status=422)
    path = f"/bulk-commands/{name}" + ("/preview" if step == "periksa" else "")
    body = {"numbers": form.ids("nomor"), "form": kind.form.body(form)}
    if step == "kirim":
        body["versions"] = _versions(form)
    try:
        answer = await page_request.call(kind.form.service, "POST", path, json=body, key=form.key)
    except Problem as problem:
        form.refuse(problem, {"numbers": "nomor"} | {f"form.{field}": field for field in NAMES})
        key = form.key if problem.status >= 500 else None
        return await _page(page_request, kind, form, status=problem.status, key=key)
    if step == "periksa":
        return await _page(page_request, kind, form, answer_as(BulkPreview, answer))
    bulk = answer_as(BulkProgress, answer)
    return page_request.go(_result(bulk.id, form.get("kembali")))


def _result(bulk_id: str, back: str) -> str:
    """Return the address of the result; it leads back to the list in which the reports were
    chosen."""
    return f"/panel/massal/hasil/{bulk_id}?{urlencode({'kembali': back})}"


async def _page(
    page_request: PageRequest,
    kind: BulkForm,
    form: FormData,
    preview: BulkPreview | None = None,
    *,
    status: int = 200,
    key: UUID | None = None,
) -> Response:
    call_words(form, kind.form, kind.action)
    numbers = _numbers(form)
    back = form.get("kembali")
    if not numbers:
        return page_request.go(back, "Belum ada laporan yang dipilih.")
    if len(numbers) > MOST:
        return page_request.go(back, "Terlalu banyak laporan dipilih: paling banyak 200 sekaligus.")
    titles = await _titles(page_request, numbers)
    if not titles:
        return page_request.go(back, "Laporan yang dipilih tidak dapat Anda baca lagi.")
    # The report for which agencies and tags are suggested.
    report = await read_report(page_request, next(n for n in map(int, numbers) if n in titles))
    agencies, choices = await asyncio.gather(
        agencies_offered(page_request, kind.form, report, form),
        corrections(page_request, form, report)
        if kind.name == "tag"
        else choices_for(page_request, kind.action, form, report),
    )
    return page_request.page(
        "panel/bulk/form.html",
        status,
        kind=kind,
        form=form,
        report=report,
        preview=preview,
        numbers=numbers,
        titles=titles,
        why=_why(preview.items, titles) if preview else {},
        back=list_with(form.get("kembali"), form.all("nomor")),
        templates=[],  # their texts are filled in for a single report
        may=[item.number for item in preview.items if not item.reason] if preview else [],
        versions=_as_field(preview) if preview else "",
        agencies=agencies,
        **choices,
        form_key=key or uuid4(),
    )


def _as_field(preview: BulkPreview) -> str:
    """Return the versions that were previewed, in one field, because a form may hold 200
    reports."""
    return " ".join(f"{each.number}:{each.version}" for each in preview.items if each.version)


def _versions(form: FormData) -> dict[str, str]:
    """Return the previewed versions by number, of the reports still chosen."""
    seen = dict(each.split(":", 1) for each in form.get("versi").split() if ":" in each)
    return {number: version for number, version in seen.items() if number in form.all("nomor")}


def _numbers(form: FormData) -> list[str]:
    """Return all numbers chosen in the list, including those unticked since."""
    return numbers_in([*form.get("daftar").split(), *form.all("nomor")])


async def _titles(page_request: PageRequest, numbers: list[str]) -> dict[int, ReportTitle]:
    """Return titles and statuses, by number, of those of the reports that this person may read."""
    if not numbers:
        return {}
    params = {"number": numbers}
    titles = await page_request.read("routing", "/report-titles", list[ReportTitle], params=params)
    return {each.number: each for each in titles}


def _why(
    items: Sequence[Previewed | BulkResult], titles: Mapping[int, ReportTitle]
) -> dict[int, str]:
    """Return, by number, why it cannot be done or was not done. For a report that a colleague
    changed, this is its present status, because loading the page again would not help."""
    words = {item.number: item.reason_words or "" for item in items if item.reason}
    for item in items:
        if item.reason in _SAYS_STATUS and item.number in titles:
            status = relabelled(titles[item.number].status.label)
            words[item.number] = translated(_SAYS_STATUS[item.reason]).format(status=status)
    return words


_SAYS_STATUS = {
    "not_allowed_in_status": "Statusnya tidak mengizinkan ini. Status sekarang: {status}.",
    "precondition_failed": "Diubah orang lain setelah diperiksa. Status sekarang: {status}.",
}


async def _as_before(page_request: PageRequest, form: FormData, bulk_id: str) -> None:
    """Fill in the form with what was sent for an earlier bulk command, to repeat it for some
    reports."""
    bulk = await page_request.read("routing", f"/bulk-commands/{bulk_id}", BulkView)
    for name, value in bulk.form.items():
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                form.add(name, str(item))
    if form.get("agency_id"):
        agency = await read_agency(page_request, int(form.get("agency_id")))
        form.add("agency_id_nama", f"{agency.id}|{agency.name}")
