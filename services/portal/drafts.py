"""Stores files chosen in a form from one page to the next until the form is sent."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from starlette.datastructures import FormData as SentForm
from starlette.datastructures import UploadFile

from services.portal.answers import answer_as
from services.portal.contracts.intake import Draft
from services.portal.form_data import FILES, KEPT, FormData, KeptFile
from services.portal.page_request import PageRequest
from services.portal.service_calls import File, Refusal, spooled
from services.portal.translation import translated
from shared.http.problems import Problem


async def keep(page_request: PageRequest, file: UploadFile) -> KeptFile:
    """Store one file and return it. Raises the service's refusal."""
    name = (file.filename or "")[:200]
    part = ("file", (name, file.file, file.content_type or "application/octet-stream"))
    async with page_request.carrying():
        answer = await page_request.call(
            "intake", "POST", "/drafts", files=[part], headers=_mine(page_request), token=""
        )
    draft = answer_as(Draft, answer)
    return KeptFile(draft.id, draft.size, name)


async def keep_chosen_files(page_request: PageRequest, form: FormData, sent: SentForm) -> None:
    """Store the files sent with this step. Problems are shown at the field, each with the file's
    name."""
    wrong: list[str] = []
    chosen = [
        file for file in sent.getlist(FILES) if isinstance(file, UploadFile) and file.filename
    ]
    for file in chosen:
        try:
            form.add(KEPT, (await keep(page_request, file)).value)
        except Problem as problem:
            wrong.append(f"{file.filename}: {why(problem)}")
    if wrong:
        form.wrong[FILES] = " ".join(wrong)


@asynccontextmanager
async def files_kept(page_request: PageRequest, form: FormData) -> AsyncIterator[list[File]]:
    """Open the files as parts of a request, which is made within the block. A file that is no
    longer stored is removed from the form, and `form.wrong` says so."""
    parts: list[File] = []
    if not form.files:
        yield parts
        return
    async with page_request.carrying():
        with ExitStack() as opened:
            for file in form.files:
                try:
                    answer = await page_request.download(
                        "intake", f"/drafts/{file.id}", token="", headers=_mine(page_request)
                    )
                except Refusal as refusal:
                    if refusal.status != 404:
                        raise
                    form.remove(KEPT, file.value)
                    lost = translated("{file} sudah tidak tersimpan. Pilih berkas itu sekali lagi.")
                    form.wrong[FILES] = lost.format(file=file.name)
                    continue
                content = opened.enter_context(await spooled(answer))
                parts.append((FILES, (file.name, content, "application/octet-stream")))
            yield parts


async def forget_files(page_request: PageRequest, form: FormData) -> None:
    """Delete the files stored for a form that was sent."""
    for file in form.files:
        try:
            await page_request.call(
                "intake", "DELETE", f"/drafts/{file.id}", headers=_mine(page_request), token=""
            )
        except Problem:
            return  # it is deleted within the day anyway


def _mine(page_request: PageRequest) -> dict[str, str]:
    return {"Draft-Owner": page_request.session.drafts}


def why(problem: Problem) -> str:
    """Return what is wrong with a file, in words that follow its name."""
    if isinstance(problem, Refusal):
        return next(iter(problem.fields.values()), problem.detail)
    return translated("belum dapat disimpan. Pilih sekali lagi.")
