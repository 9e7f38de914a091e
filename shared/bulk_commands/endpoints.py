"""The endpoints of bulk commands: a preview and the request for each kind, and the progress."""

import inspect
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field, create_model
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.bulk_commands import MOST
from shared.bulk_commands.asking import BulkKind, foresee, save_bulk
from shared.bulk_commands.tables import BulkCommand, BulkItem
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.idempotency import CommandId
from shared.http.language import pick_language
from shared.http.limits import Limit, rate_limits
from shared.http.messages import field_message, words_for
from shared.http.problems import not_found
from shared.http.transaction import CurrentDatabase, Transaction
from shared.labels.catalogue import Language
from shared.values.words import Form

_ASKED = Limit("bulk", 30, 3600)
_PREVIEWED = Limit("bulk preview", 60, 600)
_LISTED = 20

ReportNumber = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Numbers(Form):
    """The numbers of the reports. A number that is named twice counts once."""

    numbers: list[ReportNumber]
    versions: dict[ReportNumber, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict,
        max_length=MOST,
        description="The version that was seen, by report number; another version is refused, "
        "as with If-Match",
    )


class Foreseen(BaseModel):
    """Why a command of one report would be refused at this moment; null if it would not be."""

    number: int
    reason: str | None
    reason_words: str | None


class Previewed(Foreseen):
    version: int | None = Field(
        description="The version that was checked; null if there is a reason"
    )


class BulkPreview(BaseModel):
    """The result for each report, in the order asked. It may change until the command is carried
    out."""

    items: list[Previewed]


class BulkResult(Foreseen):
    """`waiting`: it will be carried out; `refused`: `reason` says why; `failed`: not the caller's
    fault."""

    state: Literal["waiting", "done", "refused", "failed"]


class BulkProgress(BaseModel):
    """A bulk command of the caller. `form` is what was sent for each report."""

    id: UUID
    kind: str
    asked_at: datetime
    total: int
    waiting: int
    done: int
    not_done: int = Field(description="Refused or failed")


class BulkView(BulkProgress):
    form: dict[str, Any]
    items: list[BulkResult]


@cache
def bulk_router(service: str, kinds: tuple[BulkKind, ...]) -> APIRouter:
    """POST /bulk-commands/KIND and …/preview for each kind.

    The bodies are `numbers` and the `form` of the single command.
    """
    router = APIRouter(tags=["bulk commands"], responses=problem_responses(401, 403, 409, 422, 429))
    for kind in kinds:
        body = _body_of(kind)
        path = f"/bulk-commands/{kind.name.replace('_', '-')}"
        words = inspect.getdoc(kind.handler.prepare)
        preview = _preview_endpoint(kind, body)
        router.post(f"{path}/preview", name=f"preview_bulk_{kind.name}")(preview)
        router.post(path, name=f"bulk_{kind.name}", status_code=202, description=words)(
            _asking_endpoint(service, kind, body)
        )
    return router


reading = APIRouter(tags=["bulk commands"], responses=problem_responses(401, 403))


@reading.get("/bulk-commands")
async def bulk_commands(staff: CurrentStaff, session: Transaction) -> list[BulkProgress]:
    """The caller's bulk commands of the last days, the newest first."""
    newest = (
        select(BulkCommand)
        .where(col(BulkCommand.staff_id) == staff.id)
        .order_by(col(BulkCommand.asked_at).desc())
        .limit(_LISTED)
    )
    bulks = list(await session.scalars(newest))
    counts = await _counts(session, [bulk.id for bulk in bulks])
    return [_progress(bulk, counts.get(bulk.id, {})) for bulk in bulks]


@reading.get("/bulk-commands/{bulk_id}", responses=problem_responses(404, 422))
async def bulk_command(
    bulk_id: UUID, staff: CurrentStaff, session: Transaction, request: Request
) -> BulkView:
    """The progress of one of the caller's bulk commands, and the outcome for each report."""
    bulk = await session.get(BulkCommand, bulk_id)
    if bulk is None or bulk.staff_id != staff.id:
        raise not_found("bulk_command_not_found")
    language = pick_language(request.headers.get("accept-language"))
    of_it = select(BulkItem).where(col(BulkItem.bulk_id) == bulk_id)
    items = list(await session.scalars(of_it.order_by(col(BulkItem.position))))
    counts: dict[str, int] = {}
    for item in items:
        counts[item.state] = counts.get(item.state, 0) + 1
    results = [
        BulkResult.model_validate(
            {"state": item.state, **foreseen(item.number, item.reason, language).model_dump()}
        )
        for item in items
    ]
    return BulkView(**_progress(bulk, counts).model_dump(), form=bulk.form, items=results)


@dataclass(frozen=True)
class _Context:
    """What every request for a bulk command contains."""

    staff: CurrentStaff
    database: CurrentDatabase
    key: CommandId
    request: Request
    response: Response
    accept_language: Annotated[str | None, Header()] = None


def _preview_endpoint(kind: BulkKind, body: type[Numbers]) -> Any:
    async def preview(context: Annotated[_Context, Depends()], body: Any) -> BulkPreview:
        """Which reports the command may include, and why others may not be. Nothing is done."""
        await rate_limits(context.request).take(_PREVIEWED, str(context.staff.id))
        language, bulk_id = pick_language(context.accept_language), uuid4()
        items = []
        for number in dict.fromkeys(body.numbers):
            version, reason = await foresee(
                context.database, context.staff, kind, number, body.form, bulk_id
            )
            items.append(
                Previewed(version=version, **foreseen(number, reason, language).model_dump())
            )
        return BulkPreview(items=items)

    preview.__annotations__["body"] = body
    return preview


def _asking_endpoint(service: str, kind: BulkKind, body: type[Numbers]) -> Any:
    async def ask(context: Annotated[_Context, Depends()], body: Any) -> BulkProgress:
        await rate_limits(context.request).take(_ASKED, str(context.staff.id))
        async with context.database.session() as session:
            bulk_id = await save_bulk(
                session,
                context.staff,
                service,
                kind,
                body.numbers,
                body.form,
                context.key,
                body.versions,
            )
            bulk = await session.get_one(BulkCommand, bulk_id)
            counts = await _counts(session, [bulk_id])
        context.response.headers["Location"] = f"/bulk-commands/{bulk_id}"
        return _progress(bulk, counts.get(bulk_id, {}))

    ask.__annotations__["body"] = body
    return ask


def _body_of(kind: BulkKind) -> type[Numbers]:
    form = kind.handler.form
    numbers = Annotated[list[ReportNumber], Field(min_length=1, max_length=kind.most)]
    name = f"Bulk{form.__name__}"
    return create_model(name, __base__=Numbers, numbers=(numbers, ...), form=(form, ...))


def _progress(bulk: BulkCommand, counts: dict[str, int]) -> BulkProgress:
    return BulkProgress(
        id=bulk.id,
        kind=bulk.kind,
        asked_at=bulk.asked_at,
        total=bulk.total,
        waiting=counts.get("waiting", 0),
        done=counts.get("done", 0),
        not_done=counts.get("refused", 0) + counts.get("failed", 0),
    )


async def _counts(session: AsyncSession, ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """The number of items, by bulk command and state."""
    by_state = (
        select(col(BulkItem.bulk_id), col(BulkItem.state), func.count())
        .where(col(BulkItem.bulk_id).in_(ids))
        .group_by(col(BulkItem.bulk_id), col(BulkItem.state))
    )
    counts: dict[UUID, dict[str, int]] = {}
    for bulk_id, state, count in await session.execute(by_state):
        counts.setdefault(bulk_id, {})[state] = count
    return counts


def foreseen(number: int, reason: str | None, language: Language) -> Foreseen:
    words = _in_words(reason, language) if reason else None
    return Foreseen(number=number, reason=reason, reason_words=words)


def _in_words(reason: str, language: Language) -> str:
    """The text for a problem's code, or for an error in a field."""
    try:
        return words_for(reason, language, {}).detail
    except KeyError:
        return field_message(reason, language, {}, "")
