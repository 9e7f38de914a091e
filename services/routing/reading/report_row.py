"""The parts of a report that its state does not hold: words, names, the assignee."""

from typing import Any

from sqlalchemy import Select, any_, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.routing.models import Category, Programme, Tag
from shared.database.lifecycle import Report, ReportDetails, ReportText
from shared.database.views import Addressee, StaffEntry


def report_row(number: int) -> Select[*tuple[Any, ...]]:
    """The statement that reads them."""
    linked = aliased(Report)
    tag = func.jsonb_build_object("id", col(Tag.id), "name", col(Tag.name))
    tags = (
        select(func.jsonb_agg(aggregate_order_by(tag, col(Tag.name))))
        .where(col(Tag.id) == any_(col(ReportText.tag_ids)))
        .scalar_subquery()
    )
    # Both are of one person: one that is anonymous must not lead to that person's name.
    alike = col(Report.anonymous) == col(linked.anonymous)
    return (
        select(
            *(col(column) for column in _OF_TEXT),
            col(Report.category_id),
            col(Category.name).label("category"),
            col(Programme.name).label("programme"),
            col(Report.region_code),
            col(Addressee.addressee_id),
            col(Report.assignee_id),
            col(Report.verified_at),
            col(StaffEntry.name).label("assignee_name"),
            col(StaffEntry.role).label("assignee_role"),
            col(StaffEntry.agency_id).label("assignee_agency"),
            col(StaffEntry.active).label("assignee_active"),
            case((alike, col(Report.linked_number))).label("linked_number"),
            tags.label("tags"),
        )
        .join(ReportText, col(ReportText.number) == col(Report.number))
        .outerjoin(Addressee, col(Addressee.number) == col(Report.number))
        .outerjoin(linked, col(linked.number) == col(Report.linked_number))
        .outerjoin(StaffEntry, col(StaffEntry.id) == col(Report.assignee_id))
        .outerjoin(Category, col(Category.id) == col(Report.category_id))
        .outerjoin(Programme, col(Programme.id) == col(ReportText.programme_id))
        .where(col(Report.number) == number)
    )


_OF_TEXT = (
    *(ReportText.original_title, ReportText.original_body, ReportText.title, ReportText.body),
    *(getattr(ReportText, name) for name in ReportDetails.model_fields),
    ReportText.programme_id,
)
