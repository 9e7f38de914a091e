"""Files of a form: stored before the row that names them, and deleted if no row does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

from fastapi import File, UploadFile
from pydantic import BaseModel, ValidationError

from shared.attachments import (
    MAX_FILES,
    MAX_SIZE,
    AttachmentRejected,
    AttachmentStore,
    StoredAttachment,
    check_count,
)
from shared.attachments.naming import shown_name
from shared.attachments.recognition import EXTENSIONS
from shared.attachments.types_not_taken import FAMILIES
from shared.http.limits import Limit
from shared.http.problems import FieldError, field_of, params_of, validation
from shared.labels.catalogue import Phrase
from shared.values.strict_json import RepeatedMemberError, refuse_repeated_members

Form = TypeVar("Form", bound=BaseModel)

FORM_LIMIT = MAX_FILES * MAX_SIZE + 1024 * 1024
"""The most bytes of a multipart request: five files, the form and the multipart framing."""

FILES = Limit("files", 60, 600)
"""The limit of requests with files by one person who is signed in."""

Files = Annotated[list[UploadFile], File(description="At most 5 files of 10 MB each")]


def read_form(form: type[Form], json: str) -> Form:
    """The form in the JSON part of a multipart request; 422 by field if it is not valid."""
    try:
        refuse_repeated_members(json)
        return form.model_validate_json(json)
    except RepeatedMemberError as error:
        raise validation(FieldError(error.name, "sent_twice")) from None
    except ValidationError as error:
        raise validation(
            *(
                FieldError(field_of(e["loc"]), e["type"], params_of(e), e["msg"])
                for e in error.errors(include_input=False, include_url=False)
            )
        ) from None


@asynccontextmanager
async def stored(
    store: AttachmentStore,
    files: Sequence[UploadFile],
    part: str = "attachments",
    *,
    anonymous: bool,
) -> AsyncIterator[tuple[StoredAttachment, ...]]:
    """The stored files; they are deleted if the block raises. A 422 names each refused file.

    Use it after all other checks: opening files is the most expensive thing that a caller can
    cause.
    """
    kept = await store_all(store, files, part, anonymous=anonymous)
    try:
        yield kept
    except BaseException:
        await discard(store, kept)
        raise


async def store_all(
    store: AttachmentStore,
    files: Sequence[UploadFile],
    part: str = "attachments",
    *,
    anonymous: bool,
) -> tuple[StoredAttachment, ...]:
    """Store all files, or none of them: a 422 names each refused file.

    `part` is the form's part. Files of an anonymous person are sealed and remade.
    """
    put = store.put_anonymous if anonymous else store.put
    files = [file for file in files if file.filename or file.size]  # a field left open is no file
    try:
        check_count(len(files))
    except AttachmentRejected as refused:
        count = {"count": len(files)}
        raise validation(
            FieldError(part, f"file_{refused.code}", count, pointer=f"#/{part}")
        ) from None
    kept: list[StoredAttachment] = []
    wrong: list[FieldError] = []
    try:
        for position, file in enumerate(files):
            try:
                kept.append(await put(_chunks(file), file.filename or ""))
            except AttachmentRejected as refused:
                wrong.append(_refusal(part, position, file, refused))
        if wrong:
            raise validation(*wrong)
    except BaseException:
        await discard(store, kept)
        raise
    return tuple(kept)


async def discard(store: AttachmentStore, files: Sequence[StoredAttachment]) -> None:
    """Delete the files that a repeated request brought a second time."""
    for file in files:
        await store.delete(file.key)
        if file.original:
            await store.delete_sealed(file.original.key)


def _refusal(part: str, position: int, file: UploadFile, refused: AttachmentRejected) -> FieldError:
    named: dict[str, Any] = {"place": position + 1, "name": shown_name(file.filename or "")}
    if refused.code == "type_not_allowed":
        named["refusal"] = type_refusal(refused.type_name)
    pointer = f"#/{part}/{position}"
    return FieldError(f"{part}.{position}", f"file_{refused.code}", named, pointer=pointer)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(256 * 1024):
        yield chunk


def type_refusal(type_name: str | None) -> Phrase:
    """The text about a type that is not accepted: one of `FAMILIES`, or None if not recognised."""
    if type_name is None:
        return _TAKEN
    instead = Phrase("file_type_instead", FAMILIES[type_name])
    return Phrase("file_type", "not_taken", {"type": type_name, "instead": instead})


def _extensions(beginning: str) -> str:
    """The usual extensions of the accepted types whose media type begins with this."""
    return ", ".join(
        usual.upper()
        for media_type, (usual, *_) in EXTENSIONS.items()
        if media_type.startswith(beginning) and usual != "pdf"
    )


_TAKEN = Phrase(
    "file_type",
    "taken",
    {
        "pictures": _extensions("image/"),
        "documents": _extensions("application/"),
        "sounds": _extensions("audio/"),
        "videos": _extensions("video/"),
    },
)
