"""Forms that change values of a report, filled in with the present ones."""

from services.portal import references
from services.portal.contracts.routing import ReportView
from services.portal.form_data import FormData
from services.portal.panel.forms import NAMES


def prefilled(report: ReportView, action: str) -> FormData:
    """Return the form of this action as it is first shown."""
    if action == "change_copies":
        return FormData(
            {
                "agency_ids": [agency.id for agency in report.copies],
                "agency_ids_nama": [f"{agency.id}|{agency.name}" for agency in report.copies],
            },
            NAMES,
        )
    if action not in ("verify", "amend"):
        return FormData({}, NAMES)
    form = FormData(
        {
            "title": report.title,
            "body": report.body,
            "classification": report.classification,
            **{flag: "1" for flag in ("anonymous", "secret", "priority") if getattr(report, flag)},
            "category_id": report.category and report.category.id,
            "tag_ids": [tag.id for tag in report.tags],
            "programme_id": report.programme and report.programme.id,
            "place": report.place.text,
            "released_attachments": [file.id for file in report.attachments if file.released],
        },
        NAMES,
    )
    references.spread_region(form, report.place.region_code)
    return form
