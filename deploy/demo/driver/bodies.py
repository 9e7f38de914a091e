"""What the forms of intake and routing are filled with for a demo report. Pure."""

from datetime import date, timedelta
from typing import Any

from deploy.demo.driver.directory import Directory
from deploy.demo.reports import DemoReport

MANUAL = frozenset(
    {
        "hotline",
        "instagram",
        "email",
        "face_to_face",
        "letter",
        "whatsapp",
        "facebook",
        "call_center",
    }
)
"""The channels that staff enter by hand."""

PUBLIC = frozenset({"website", "android", "ios", "agency_website"})
"""The channels of the public form."""


def report_form(report: DemoReport, today: date) -> dict[str, Any]:
    """The fields that every form of intake has."""
    place, days = report.place, report.happened_days_ago
    return {
        "classification": report.classification,
        "title": report.title,
        "body": report.body,
        "happened_at": None if days is None else (today - timedelta(days)).isoformat(),
        "region_code": place.region if place else None,
        "place": place.detail if place else None,
        "addressee": report.addressee,
        "category": report.category,
        "anonymous": report.anonymous,
        "secret": report.secret,
    }


def submission(report: DemoReport, today: date, *, with_account: bool) -> dict[str, Any]:
    """The public form; who has an account does not say again who it is."""
    form = {**report_form(report, today), "channel": report.channel}
    return form if with_account else {**form, "reporter": reporter(report)}


def open311(report: DemoReport, today: date) -> dict[str, str]:
    """The fields of a GeoReport v2 request. Its service is the category, which the reporter names
    always."""
    form = report_form(report, today)
    first, _, last = report.reporter.name.partition(" ")
    given = {
        "service_code": report.category or report.verified_category,
        "description": report.body,
        "address_id": form["region_code"],
        "address_string": form["place"],
        "first_name": first,
        "last_name": last,
        "email": report.reporter.email,
        "phone": report.reporter.phone,
        "attribute[classification]": report.classification,
        "attribute[title]": report.title,
        "attribute[happened_at]": form["happened_at"],
        "attribute[addressee]": report.addressee,
        "attribute[anonymous]": report.anonymous and "true",
        "attribute[secret]": report.secret and "true",
    }
    return {name: str(value) for name, value in given.items() if value}


def manual(report: DemoReport, today: date, disposition: dict[str, Any] | None) -> dict[str, Any]:
    """The manual form. It stays with the agency of the person who fills it in."""
    form = {**report_form(report, today), "addressee": None}
    return {
        **form,
        "channel": report.channel,
        "reporter": reporter(report),
        "disposition": disposition,
    }


def post_on_x(report: DemoReport, today: date, post_id: int) -> dict[str, Any]:
    """A post as an admin pastes it."""
    author = "".join(filter(str.isalnum, report.reporter.name.lower()))[:15]
    form = {**report_form(report, today), "addressee": None}
    return {**form, "url": f"https://x.com/{author}/status/{post_id}", "author": f"@{author}"}


def reporter(report: DemoReport) -> dict[str, Any]:
    person = report.reporter
    return {"name": person.name, "phone": person.phone, "email": person.email, "nik": person.nik}


def corrections(report: DemoReport, directory: Directory) -> dict[str, Any]:
    """What a verifier sets, but the agency."""
    return {
        "classification": report.verified_classification,
        "title": report.verified_title,
        "body": report.verified_body,
        "category_id": directory.categories[report.verified_category],
        "tag_ids": directory.tag_ids(report.verified_category, report.tags),
        "programme_id": directory.programme_id(report.priority_program),
        "priority": report.priority,
        "region_code": report.place.region if report.place else None,
        "place": report.place.detail if report.place else None,
    }


def verification(report: DemoReport, directory: Directory, agency: str) -> dict[str, Any]:
    """The verification that disposes the report to an agency."""
    return {**corrections(report, directory), "agency_id": directory.agencies[agency]}
