"""`POST requests`: a report from an app that speaks Open311."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as SentFile

from services.intake.accepting.new_report import NewReport
from services.intake.open311.offered_services import ATTRIBUTES, SAFE, category_of
from services.intake.open311.rendering import (
    ERRORS,
    Format,
    SpecRoute,
    check_jurisdiction,
    content_of,
    rendered,
)
from services.intake.references import check_references, report_of
from services.intake.report_form import ReporterOfReport, ReportForm
from services.intake.resources import Intake
from services.intake.submission import SUBMISSION, accept_or_refuse, key_of
from shared.database.views import PartnerEntry
from shared.http.auth import PARTNER_PREFIX
from shared.http.callers import client_address
from shared.http.form_parts import refuse_other_parts
from shared.http.idempotency import CommandId, anonymous_caller, asker_of
from shared.http.limits import Limit, rate_limits
from shared.http.problems import FieldError, Problem, validation
from shared.http.secret_tokens import token_hash
from shared.http.tokens import Partner
from shared.http.transaction import CurrentDatabase
from shared.http.uploads import FORM_LIMIT, discard, stored
from shared.labels import label
from shared.lifecycle.channels import Channel
from shared.values.text import TextRejected, derive_title

PARTNERS_SUBMISSION = Limit("open311-partner", 600, 600)
"""For callers with an api_key: an app of many people behind one address."""

router = APIRouter(prefix="/open311/v2", tags=["Open311"], route_class=SpecRoute)


async def sent_fields(request: Request) -> AsyncIterator[FormData]:
    """The form, URL-encoded or multipart, in UTF-8. Raises the 400 problem for other encodings,
    which would turn into characters that nobody sent."""
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        try:
            unquote_to_bytes(await request.body()).decode()
        except UnicodeDecodeError:
            raise Problem(400, "not_utf8") from None
    async with request.form(max_files=20, max_fields=100) as form:
        yield form


@router.post(
    "/requests.{format}",
    status_code=201,
    response_class=Response,
    max_body_size=FORM_LIMIT,
    responses={
        201: {
            "description": "Accepted: the report's number, and the access code in the notice",
            "content": content_of({"type": "array", "items": {"type": "object"}}),
        },
        **ERRORS,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["service_code", "description"],
                        "properties": {
                            name: {"type": "string"}
                            for name in (
                                *("service_code", "description", "lat", "long"),
                                *("address_string", "address_id", "first_name", "last_name"),
                                *("email", "phone", "media_url", "api_key", "jurisdiction_id"),
                                *(f"attribute[{code}]" for code in ATTRIBUTES),
                            )
                        },
                    }
                }
            },
        }
    },
)
async def open311_submit(
    format: Format,
    request: Request,
    form: Annotated[FormData, Depends(sent_fields)],
    key: CommandId,
    database: CurrentDatabase,
    intake: Intake,
) -> Response:
    """Submit a report. Several files can be sent as `media`, and `media_url` can be repeated.
    `address_id` is a Kemendagri code. `device_id` and `account_id` are ignored, as they identify
    nobody here; a field outside the standard is refused (400)."""
    fields = _texts(form)
    check_jurisdiction(request, fields.get("jurisdiction_id"))
    async with database.session() as session:
        asker = await _admit(session, request, fields.get("api_key"))
        report = await _report(session, fields, key_of(intake, asker, key))
    files = [
        UploadFile(value.file, size=value.size, filename=value.filename)
        for name, value in form.multi_items()
        if name in _FILES and isinstance(value, SentFile)
    ]
    async with (
        stored(intake.store, files, "media", anonymous=report.anonymous) as kept,
        database.session() as session,
    ):
        made = replace(report, attachments=kept)
        accepted = await accept_or_refuse(session, intake, made)
    if accepted.replayed:
        await discard(intake.store, kept)
    code = accepted.access_code or label("notice", "code_renewed")
    notice = f"{label('notice', 'keep')} {code} {accepted.link}"
    answer = {
        "service_request_id": str(accepted.number),
        "service_notice": notice,
        "account_id": None,
    }
    return rendered("service_requests", [answer], format, 201)


def _texts(form: FormData) -> dict[str, str]:
    """The text fields by name; all media addresses are joined in one field, one for each line.
    Raises 400 for parts that would be lost."""
    filled = [
        (name, value)
        for name, value in form.multi_items()
        if not isinstance(value, str) or value.strip()
    ]
    parts = [(name, isinstance(value, str)) for name, value in filled]
    texts = [name for name in _ONCE if (name, False) not in parts]  # no file of ours
    refuse_other_parts([part for part in parts if part not in _ADDRESSES], texts, _FILES)
    fields = {name: value.strip() for name, value in filled if isinstance(value, str)}
    addresses = [str(value).strip() for name, value in filled if (name, True) in _ADDRESSES]
    return fields | ({"media_url": "\n".join(addresses)} if addresses else {})


async def _admit(session: AsyncSession, request: Request, api_key: str | None) -> str:
    """Count the submission; returns who sends it. Raises 403 for an api_key that is not a partner's
    token, and 429 beyond the limit."""
    limits = rate_limits(request)
    if api_key is None:
        await limits.take(SUBMISSION, client_address(request))
        return anonymous_caller(request)
    system = None
    if api_key.startswith(PARTNER_PREFIX):
        by_token = col(PartnerEntry.http_token_hash) == token_hash(api_key)
        partners = select(col(PartnerEntry.system)).where(by_token, col(PartnerEntry.active))
        system = await session.scalar(partners)
    if system is None:
        raise Problem(403, "api_key_invalid")
    await limits.take(PARTNERS_SUBMISSION, system)
    return asker_of(Partner(system=system))


async def _report(session: AsyncSession, sent: dict[str, str], key: str) -> NewReport:
    missing = [name for name in ("service_code", "description") if name not in sent]
    if missing:
        raise validation(*(FieldError(name, "missing") for name in missing))
    category = await category_of(session, sent["service_code"])
    form, reporter = _read(sent)
    addressee_id, _ = await check_references(session, form)
    references = (addressee_id, category.id)
    made = report_of(form, references, channel=Channel.OPEN311, scope="open311", key=key)
    return replace(made, identity=reporter.identity)


def _read(sent: dict[str, str]) -> tuple[ReportForm, ReporterOfReport]:
    """The fields under the names of our own form, so that the same checks apply."""
    fields: dict[str, Any] = {
        our_name: sent[open311_name]
        for our_name, open311_name in _FIELDS.items()
        if open311_name in sent
    }
    fields.setdefault("classification", "complaint")
    safe = {name: fields.pop(name) for name in SAFE if name in fields}
    name = " ".join(sent[part] for part in ("first_name", "last_name") if part in sent)
    try:
        fields.setdefault("title", derive_title(sent["description"]))
        if "media_url" in sent:
            # It is not downloaded: the verifier can open it.
            fields["body"] += f"\n\n{sent['media_url']}"
        form = ReportForm.model_validate(fields)
        contacts = {"name": name, "phone": sent.get("phone"), "email": sent.get("email")}
        reporter = ReporterOfReport.model_validate(contacts | safe)
    except TextRejected as error:
        limits = {"length": error.length, "limit": error.limit}
        raise validation(FieldError("description", f"text_{error.code}", limits)) from None
    except ValidationError as error:
        raise validation(
            *(
                FieldError(_open311_name(e["loc"]), e["type"], e.get("ctx") or {}, e["msg"])
                for e in error.errors(include_input=False, include_url=False)
            )
        ) from None
    return form, reporter


def _open311_name(loc: tuple[int | str, ...]) -> str:
    return _FIELDS.get(str(loc[0]), str(loc[0])) if loc else ""


_FIELDS = {
    "body": "description",
    "latitude": "lat",
    "longitude": "long",
    "place": "address_string",
    "region_code": "address_id",
    **{code: f"attribute[{code}]" for code in ATTRIBUTES},
}
_FILES = frozenset({"media", "media[]"})
_ADDRESSES = frozenset({("media_url", True), ("media_url[]", True)})
_ONCE = (
    *("service_code", "description", "lat", "long", "address_string", "address_id"),
    *("first_name", "last_name", "email", "phone", "api_key", "jurisdiction_id"),
    *("device_id", "account_id"),
    *(f"attribute[{code}]" for code in ATTRIBUTES),
)
