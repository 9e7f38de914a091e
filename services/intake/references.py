"""Checks the agency, category and region in a form, and makes the report."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import orjson

from services.intake.accepting.new_report import NewReport
from services.intake.accepting.preparing import NOTHING, Found, LookUp, Named, as_columns
from services.intake.report_form import ReportForm
from shared.batcher import Batcher
from shared.database.engine import Database, raw
from shared.database.policy_in_force import Connection
from shared.http.problems import FieldError, validation
from shared.lifecycle.channels import Channel
from shared.values import regions


def reference_batcher(database: Database) -> Batcher[Named, Found]:
    """A batcher that looks up the names of forms that arrive at the same time together."""

    async def together(named: Sequence[Named]) -> Sequence[Found]:
        async with database.autocommit() as connection:
            return await look_up(connection, named)

    return Batcher(together)


async def check_references(session: Connection, form: ReportForm) -> Found:
    """The ids of addressee and category. Raises the 422 problem if one does not exist."""

    async def found_of(named: Named) -> Found:
        return (await look_up(session, [named]))[0]

    return await check_references_by(found_of, form)


async def check_references_by(
    found_of: Callable[[Named], Awaitable[Found]], form: ReportForm
) -> Found:
    """As `check_references`, with another function for the look-up."""
    named = named_in(form)
    ids = await found_of(named) if named != NOTHING else NOTHING
    refuse_unknown(form, ids)
    return ids


def named_in(form: ReportForm) -> Named:
    """The agency and category in the form."""
    return form.addressee, form.category


def look_up_of(form: ReportForm) -> LookUp:
    """The look-up that acceptance does together with its other work."""
    code = form.region_code
    in_vain = code is not None and code != "" and regions.find(code) is None
    return LookUp(named_in(form), partial(refuse_unknown, form), in_vain)


def refuse_unknown(form: ReportForm, ids: Found) -> None:
    """Raises the 422 problem for everything in the form that does not exist."""
    errors: list[FieldError] = []
    if form.region_code and not regions.find(form.region_code):
        errors.append(FieldError("region_code", "region_unknown"))
    for field, asked, id in zip(("addressee", "category"), named_in(form), ids, strict=True):
        if asked is not None and id is None:
            errors.append(FieldError(field, f"{_KINDS[field]}_unknown"))
    if errors:
        raise validation(*errors)


def report_of(
    form: ReportForm, references: Found, *, channel: Channel, scope: str, key: str
) -> NewReport:
    """The report for acceptance, with what all forms have. `references`: from
    `check_references`. Each channel adds the reporter, the person who entered it and its files
    (`dataclasses.replace`)."""
    addressee_id, category_id = references
    region = regions.find(form.region_code) if form.region_code else None
    return NewReport(
        title=form.heading,
        body=form.body,
        channel=channel,
        scope=scope,
        idempotency_key=key,
        classification=form.class_code,
        details=form,
        region_code=region.code if region else None,
        addressee_id=addressee_id,
        category_id=category_id,
        anonymous=form.anonymous,
        secret=form.secret,
    )


_KINDS = {"addressee": "agency", "category": "category"}


async def look_up(session: Connection, named: Sequence[Named]) -> list[Found]:
    """The ids of agency and category for several forms, in order."""
    connection = await raw(session)
    references = [as_columns(reference) | {"place": place} for place, reference in enumerate(named)]
    parameters = {"wanted": orjson.dumps(references).decode()}
    return list(await (await connection.execute(_LOOK_UP, parameters)).fetchall())


_LOOK_UP = """
SELECT coalesce(
    (SELECT id FROM routing.agency_directory WHERE active AND id = named.agency_id),
    (SELECT id FROM routing.agency_directory WHERE active AND code = named.agency_code)
), coalesce(
    (SELECT id FROM routing.published_category WHERE active AND id = named.category_id),
    (SELECT id FROM routing.published_category WHERE active AND code = named.category_code)
)
FROM json_to_recordset(%(wanted)s::json) AS named (
    place int, agency_id int, agency_code text, category_id int, category_code text)
ORDER BY named.place
"""
"""An id is tried before a code that looks like it. Each has its own subquery, so that an index is
used."""
