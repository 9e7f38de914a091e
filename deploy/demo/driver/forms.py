"""The forms of intake and routing, filled in for a demo report. Pure."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from deploy.demo.reports import DemoReport
from shared.lifecycle.channels import Channel

PUBLIC = frozenset({Channel.WEBSITE, Channel.ANDROID, Channel.IOS, Channel.AGENCY_WEBSITE})
"""The channels of the public form."""


@dataclass(frozen=True)
class Ids:
    """The ids of agencies and categories by code, of tags by category and name, of programmes by
    name."""

    agencies: dict[str, int]
    categories: dict[str, int]
    tags: dict[tuple[int, str], int]
    programmes: dict[str, int]


def report_form(report: DemoReport, today: date) -> dict[str, Any]:
    """The fields that every form of intake has."""
    days = report.happened_days_ago
    return {
        "classification": report.classification,
        "title": report.title,
        "body": report.body,
        "happened_at": None if days is None else (today - timedelta(days)).isoformat(),
        "region_code": report.region,
        "place": report.place,
        "addressee": report.addressee,
        "category": report.category,
        "anonymous": report.anonymous,
        "secret": report.secret,
    }


def reporter(report: DemoReport) -> dict[str, str | None]:
    """Name, phone, e-mail and NIK."""
    return asdict(report.reporter)


def public_form(report: DemoReport, today: date, *, signed_in: bool) -> dict[str, Any]:
    """The public form, in which a reporter with an account leaves out who they are."""
    form = {**report_form(report, today), "channel": report.channel}
    return form if signed_in else {**form, "reporter": reporter(report)}


def manual_form(
    report: DemoReport, today: date, disposition: dict[str, Any] | None
) -> dict[str, Any]:
    """The manual form, which stays with the agency of the person who fills it in."""
    return {
        **report_form(report, today),
        "addressee": None,
        "channel": report.channel,
        "reporter": reporter(report),
        "disposition": disposition,
    }


def open311_form(report: DemoReport, today: date) -> dict[str, str]:
    """The fields of a GeoReport v2 request. Its service is the category, always given."""
    form = report_form(report, today)
    first, _, last = report.reporter.name.partition(" ")
    fields = {
        "service_code": report.category or report.verified_category,
        "description": report.body,
        "address_id": report.region,
        "address_string": report.place,
        "first_name": first,
        "last_name": last,
        "email": report.reporter.email,
        "phone": report.reporter.phone,
    }
    for name in ("classification", "title", "happened_at", "addressee"):
        fields[f"attribute[{name}]"] = form[name]
    for name in ("anonymous", "secret"):
        fields[f"attribute[{name}]"] = "true" if form[name] else None
    return {name: value for name, value in fields.items() if value}


def post_on_x(report: DemoReport, today: date, post_id: int) -> dict[str, Any]:
    """A post as an admin pastes it."""
    author = "".join(filter(str.isalnum, report.reporter.name.lower()))[:15]
    form = {**report_form(report, today), "addressee": None}
    return {**form, "url": f"https://x.com/{author}/status/{post_id}", "author": f"@{author}"}


def verification(report: DemoReport, ids: Ids, agency: str) -> dict[str, Any]:
    """The verification that disposes the report to an agency."""
    category = ids.categories[report.verified_category]
    return {
        "agency_id": ids.agencies[agency],
        "classification": report.verified_classification,
        "title": report.verified_title,
        "body": report.verified_body,
        "category_id": category,
        "tag_ids": [ids.tags[category, tag] for tag in report.tags],
        "programme_id": report.programme and ids.programmes[report.programme],
        "priority": report.priority,
        "region_code": report.region,
        "place": report.place,
    }
