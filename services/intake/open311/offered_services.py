"""`GET services`: the categories of reports, and the attributes beside the standard's fields."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Select, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.intake.open311.rendering import ERRORS, Format, SpecRoute, content_of, rendered
from shared.database.views import CategoryEntry, TagEntry
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.labels import label

SAFE = ("phone_safe", "email_safe")
"""*Aman dihubungi di sini?*: without a yes only codes are sent there."""
ATTRIBUTES = (
    *("classification", "title", "happened_at", "addressee", "anonymous", "secret"),
    *SAFE,
)
"""The fields that can be sent as `attribute[…]`, the same for every service; none is required."""

router = APIRouter(prefix="/open311/v2", tags=["Open311"], route_class=SpecRoute)


@router.get(
    "/services.{format}",
    response_class=Response,
    responses={
        200: {
            "description": "The services",
            "content": content_of({"type": "array", "items": {"type": "object"}}),
        },
        **ERRORS,
    },
)
async def open311_services(format: Format, session: Transaction) -> Response:
    """List the categories in use. The group of a second-level category is the category above it."""
    rows = (await session.execute(_services())).mappings()
    services = [
        {
            "service_code": row["code"],
            "service_name": row["name"],
            "description": f"{row['group']}: {row['name']}" if row["group"] else row["name"],
            "metadata": True,
            "type": "realtime",
            "keywords": row["keywords"] or "",
            "group": row["group"] or row["name"],
        }
        for row in rows
    ]
    return rendered("services", services, format)


@router.get(
    "/services/{service_code}.{format}",
    response_class=Response,
    responses={
        200: {
            "description": "The definition",
            "content": content_of({"type": "object"}),
        },
        **ERRORS,
    },
)
async def open311_service_definition(
    service_code: str, format: Format, session: Transaction
) -> Response:
    """Read the attributes of a category."""
    await category_of(session, service_code)
    content = {
        "service_code": service_code,
        "attributes": [_attribute(order, code) for order, code in enumerate(ATTRIBUTES, 1)],
    }
    return rendered("service_definition", content, format)


async def category_of(session: AsyncSession, service_code: str) -> CategoryEntry:
    """The category of a service. Raises the 404 problem if it is unknown."""
    code = service_code.replace("\x00", "")
    of_code = select(CategoryEntry).where(col(CategoryEntry.active))
    category = await session.scalar(of_code.where(col(CategoryEntry.code) == code))
    if category is None:
        raise not_found("service_unknown")
    return category


def _attribute(order: int, code: str) -> dict[str, Any]:
    values = _VALUES.get(code)
    kind = "singlevaluelist" if values else "datetime" if code == "happened_at" else "string"
    return {
        "variable": True,
        "code": code,
        "datatype": kind,
        "required": False,
        "datatype_description": label("open311_format", code),
        "order": order,
        "description": label("open311_attribute", code),
        "values": [
            {"key": key, "name": label(labelled, name)} for key, labelled, name in values or ()
        ],
    }


_VALUES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "classification": tuple(
        (code, "classification", code) for code in ("complaint", "aspiration", "information")
    ),
    **dict.fromkeys(
        ("anonymous", "secret", *SAFE),
        (("false", "download_words", "no"), ("true", "download_words", "yes")),
    ),
}


def _services() -> Select[*tuple[Any, ...]]:
    """Select the categories by group; each group comes before its members."""
    group = aliased(CategoryEntry)
    tag = col(TagEntry.name)
    tags = (
        select(func.string_agg(tag, aggregate_order_by(literal(","), tag)))
        .where(col(TagEntry.category_id) == col(CategoryEntry.id), col(TagEntry.active))
        .scalar_subquery()
    )
    aliases = func.array_to_string(col(CategoryEntry.aliases), ",")
    keywords = func.nullif(func.concat_ws(",", tags, func.nullif(aliases, "")), "")
    code, name = col(CategoryEntry.code), col(CategoryEntry.name)
    above = col(group.name)
    return (
        select(code, name, above.label("group"), keywords.label("keywords"))
        .outerjoin(group, col(group.id) == col(CategoryEntry.parent_id))
        .where(col(CategoryEntry.active))
        .order_by(func.coalesce(above, name), col(group.id).is_not(None), name)
    )
