"""Verifying and disposing a report (*Verifikasi*, *Disposisi*), and amending the result."""

import asyncio
from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import array_agg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.agency_choices import note_usual_unit
from services.routing.models import Programme, Tag, Verification
from shared.command_requests.command_request import CommandFields, CommandRequest
from shared.command_requests.delegation import handing_to, unit_to_follow_up
from shared.command_requests.endpoints import CommandRouter
from shared.command_requests.report_access import ReportAccess
from shared.database.lifecycle import Report, ReportText
from shared.database.views import CategoryEntry, ReportFile
from shared.http.problems import FieldError, conflict, validation
from shared.lifecycle.actions import Action, Classification
from shared.lifecycle.commands import Command
from shared.values import regions
from shared.values.ids import AgencyId, CategoryId, ProgrammeId, TagId
from shared.values.words import Body, Form, PlaceText, Title

Refined = Literal[
    Classification.INFORMATION,
    Classification.ASPIRATION,
    Classification.COMPLAINT_WITH_OVERSIGHT,
    Classification.COMPLAINT_WITHOUT_OVERSIGHT,
]


MOST_TAGS = 20


class Corrections(Form):
    """What a verifier sets. A field that is left out stays as it is; null empties a place, a
    programme or a position. Anonymous and secret can be set, never removed."""

    title: Title | None = Field(None, description="A title that says what the report is about")
    body: Body | None = Field(None, description="The text, corrected to EYD and without SARA")
    category_id: CategoryId | None = None
    tag_ids: list[TagId] = Field([], max_length=MOST_TAGS, description="Tags of the category")
    anonymous: bool | None = None
    secret: bool | None = None
    priority: bool | None = None
    programme_id: ProgrammeId | None = Field(None, description="Priority programme")
    region_code: str | None = Field(None, pattern=r"^\d{2}(\.\d{2,4}){0,3}$")
    place: PlaceText | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    released_attachments: list[UUID] = Field(
        [], max_length=50, description="The reporter's attachments that the public may see"
    )


class VerificationForm(Corrections):
    agency_id: AgencyId = Field(
        description="The unit that has to follow up: the own agency or one below"
    )
    classification: Refined
    category_id: CategoryId


class Amendment(Corrections):
    classification: Refined | None = None


class Tagging(Form):
    tag_ids: list[TagId] = Field(
        min_length=1,
        max_length=MOST_TAGS,
        description="Tags of the report's category, added to those it has",
    )


async def save_verification(
    session: AsyncSession, command: Command, request: CommandRequest
) -> None:
    """Save all values that are to apply, for the step that copies them into the report."""
    assert command.actor.staff_id is not None
    present = await _present(session, command.number)
    form = request.form
    if isinstance(form, Tagging):
        form = _with_tags(present, form)
    assert isinstance(form, Corrections)
    values = _over(present, form)
    if isinstance(form, VerificationForm) and command.actor.agency_id is not None:
        await note_usual_unit(session, command.actor.agency_id, form.category_id, form.agency_id)
    session.add(
        Verification(
            **values,
            command_id=command.id,
            number=command.number,
            staff_id=command.actor.staff_id,
            at=command.at,
        )
    )


router = CommandRouter("verification", save_verification)


@router.by_staff(Action.VERIFY, "/reports/{number}/verify")
async def verify(
    session: AsyncSession, access: ReportAccess, form: VerificationForm
) -> CommandFields:
    """Verify the report and hand it to the unit that is to follow it up."""
    unit = await unit_to_follow_up(session, access, form.agency_id)
    return {"handing": handing_to(access, unit)} | await _checked(session, access, form)


@router.by_staff(Action.AMEND, "/reports/{number}/amend")
async def amend(session: AsyncSession, access: ReportAccess, form: Amendment) -> CommandFields:
    """Change what verification set, except the handler."""
    return await _checked(session, access, form)


@router.by_staff(Action.AMEND, "/reports/{number}/tags")
async def tag(session: AsyncSession, access: ReportAccess, form: Tagging) -> CommandFields:
    """Add tags of the report's category to a verified report."""
    present = await _present(session, access.state.number)
    return await _checked(session, access, _with_tags(present, form))


async def _checked(
    session: AsyncSession, access: ReportAccess, form: Amendment | VerificationForm
) -> CommandFields:
    """Return the command's fields. Raises problems for values that do not exist or flags that
    cannot be removed. Values that the report already has may stay, even if they are no longer in
    use."""
    state = access.state
    present = await _present(session, state.number)
    values = _over(present, form)
    for flag in ("anonymous", "secret"):
        if getattr(form, flag) is False and getattr(state, flag):
            raise conflict("flag_not_removable")
    known = (await session.execute(_KNOWN, _named(state.number, values, present))).one()
    region = form.region_code if form.region_code != present["region_code"] else None
    if region and await asyncio.to_thread(regions.find, region) is None:
        raise validation(FieldError("region_code", "region_unknown"))
    if form.category_id is not None and not known.category:
        raise validation(FieldError("category_id", "category_unknown"))
    if known.tags != len(set(values["tag_ids"])):
        raise validation(FieldError("tag_ids", "tag_not_of_category"))
    if form.programme_id is not None and not known.programme:
        raise validation(FieldError("programme_id", "programme_unknown"))
    if known.attachments != len(set(values["released_attachments"])):
        raise validation(FieldError("released_attachments", "attachment_unknown"))
    return {
        "classification": form.classification,
        "anonymous": form.anonymous or None,
        "secret": form.secret or None,
        "priority": form.priority,
    }


async def _present(session: AsyncSession, number: int) -> dict[str, Any]:
    """The present values, read once in the transaction of a request."""
    present: dict[str, Any] | None = session.info.get((_PRESENT, number))
    if present is None:
        row = (await session.execute(_PRESENT_VALUES, {"number": number})).mappings().one()
        present = {**row, "released_attachments": row["released_attachments"] or []}
        session.info[_PRESENT, number] = present
    return present


_PRESENT = "present"


def _with_tags(present: dict[str, Any], form: Tagging) -> Amendment:
    tag_ids = sorted({*present["tag_ids"], *form.tag_ids})
    if len(tag_ids) > MOST_TAGS:
        raise validation(FieldError("tag_ids", "too_many_tags"))
    return Amendment(tag_ids=tag_ids)


def _over(present: dict[str, Any], form: Corrections) -> dict[str, Any]:
    """All values that are to apply after the step: the present ones, overwritten by the form."""
    sent = form.model_dump(include=form.model_fields_set & set(present))
    kept = {name for name in _NEVER_EMPTY if name in sent and sent[name] is None}
    values = {**present, **{name: sent[name] for name in sent if name not in kept}}
    if values["category_id"] != present["category_id"] and "tag_ids" not in sent:
        values["tag_ids"] = []
    return values


_NEVER_EMPTY = ("title", "body", "category_id")


# Built once: building it for each verification, with the cache keys, took 0.9 ms (at a load of 15).
_RELEASED = (
    select(array_agg(col(ReportFile.id)))
    .where(col(ReportFile.number) == col(Report.number), col(ReportFile.released))
    .scalar_subquery()
)
_PRESENT_VALUES = (
    select(
        func.coalesce(col(ReportText.title), col(ReportText.original_title)).label("title"),
        func.coalesce(col(ReportText.body), col(ReportText.original_body)).label("body"),
        col(Report.category_id),
        col(ReportText.tag_ids),
        col(ReportText.programme_id),
        col(Report.region_code),
        col(ReportText.place),
        col(ReportText.latitude),
        col(ReportText.longitude),
        _RELEASED.label("released_attachments"),
    )
    .join(ReportText, col(ReportText.number) == col(Report.number))
    .where(col(Report.number) == bindparam("number"))
)
"""The present values, by the names of `Verification`."""
_CATEGORY = select(col(CategoryEntry.id)).where(
    col(CategoryEntry.id) == bindparam("category_id"),
    or_(col(CategoryEntry.active), col(CategoryEntry.id) == bindparam("present_category")),
)
_TAGS = select(func.count(col(Tag.id))).where(
    col(Tag.category_id) == bindparam("category_id"),
    col(Tag.id).in_(bindparam("tag_ids", expanding=True)),
    or_(col(Tag.active), col(Tag.id).in_(bindparam("present_tags", expanding=True))),
)
_PROGRAMME = select(col(Programme.id)).where(
    col(Programme.id) == bindparam("programme_id"),
    or_(col(Programme.active), col(Programme.id) == bindparam("present_programme")),
)
_ATTACHMENTS = select(func.count(col(ReportFile.id))).where(
    col(ReportFile.number) == bindparam("number"),
    col(ReportFile.id).in_(bindparam("attachments", expanding=True)),
)
_KNOWN = select(
    _CATEGORY.exists().label("category"),
    _TAGS.scalar_subquery().label("tags"),
    _PROGRAMME.exists().label("programme"),
    _ATTACHMENTS.scalar_subquery().label("attachments"),
)
"""Whether category and programme exist, and how many of the tags and attachments do, among those
in use and those that the report already has."""


def _named(number: int, values: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """The parameters of `_KNOWN`."""
    return {
        "number": number,
        "category_id": values["category_id"],
        "present_category": present["category_id"],
        "tag_ids": values["tag_ids"],
        "present_tags": present["tag_ids"],
        "programme_id": values["programme_id"],
        "present_programme": present["programme_id"],
        "attachments": values["released_attachments"],
    }
