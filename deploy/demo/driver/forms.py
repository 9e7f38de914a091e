"""The forms of intake and routing, filled in for a demo report, and small files to attach. Pure."""

import io
import random
import time
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from PIL import Image, ImageDraw

from deploy.demo.driver.api import File
from deploy.demo.reports import DemoReport
from shared.lifecycle.channels import Channel

PUBLIC = frozenset({Channel.WEBSITE, Channel.ANDROID, Channel.IOS, Channel.AGENCY_WEBSITE})
"""The channels of the public form."""
_AS_SENT = "classification title body region_code place addressee category anonymous secret".split()


@dataclass(frozen=True)
class Ids:
    """The ids of agencies and categories by code, of tags by category and name, of programmes by
    name."""

    agencies: dict[str, int]
    categories: dict[str, int]
    tags: dict[tuple[int, str], int]
    programmes: dict[str, int]


def report_form(report: DemoReport, today: date) -> dict[str, Any]:
    """Return the fields that every form of intake has."""
    days = report.happened_days_ago
    return {
        **{name: getattr(report, name) for name in _AS_SENT},
        "happened_at": None if days is None else (today - timedelta(days)).isoformat(),
    }


def reporter(report: DemoReport) -> dict[str, str | None]:
    """Return the reporter's name, phone, e-mail and NIK."""
    return asdict(report.reporter)


def reporter_of_report(report: DemoReport) -> dict[str, str | bool | None]:
    """Return the same, with contacts at which messages are safe."""
    return {**reporter(report), "phone_safe": True, "email_safe": True}


def public_form(report: DemoReport, today: date, *, signed_in: bool) -> dict[str, Any]:
    """Return the public form; a reporter with an account leaves out who they are."""
    form = {**report_form(report, today), "channel": report.channel}
    return form if signed_in else {**form, "reporter": reporter_of_report(report)}


def partner_report(report: DemoReport, today: date, external_id: str) -> dict[str, Any]:
    """Return a report as a partner system sends it."""
    form = report_form(report, today)
    return {**form, "external_id": external_id, "reporter": reporter_of_report(report)}


def manual_form(
    report: DemoReport, today: date, verification: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the manual form; the report stays with the agency of the person who fills it in."""
    form = public_form(report, today, signed_in=False)
    return {**form, "addressee": None, "disposition": verification}


def open311_form(report: DemoReport, today: date) -> dict[str, str]:
    """Return the fields of a GeoReport v2 request. Its service is the category, which is always
    given."""
    form = report_form(report, today)
    first, _, last = report.reporter.name.partition(" ")
    fields = {
        "service_code": report.category or report.verified_category,
        "description": report.body,
        "address_id": report.region_code,
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
    """Return a post as an admin pastes it."""
    author = "".join(filter(str.isalnum, report.reporter.name.lower()))[:15]
    form = {**report_form(report, today), "addressee": None}
    return {**form, "url": f"https://x.com/{author}/status/{post_id}", "author": f"@{author}"}


def verification(report: DemoReport, ids: Ids, agency: str) -> dict[str, Any]:
    """Return the verification that disposes the report to an agency."""
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
        "region_code": report.region_code,
        "place": report.place,
    }


def photograph(rng: random.Random, name: str) -> File:
    """Return a PNG of a coloured shape."""
    background, shape = (f"hsl({rng.randrange(360)}, 60%, 50%)" for _ in range(2))
    picture = Image.new("RGB", (320, 240), background)
    circle = (160, 120, rng.randint(20, 110))
    ImageDraw.Draw(picture).regular_polygon(circle, rng.randint(3, 9), fill=shape)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return f"{name}.png", content.getvalue(), "image/png"


def letter(rng: random.Random, name: str) -> File:
    """Return a PDF of one page with a number on it."""
    page = Image.new("1", (595, 842), 1)
    number = f"Berita acara nomor {rng.randrange(100, 999)}"
    ImageDraw.Draw(page).text((72, 72), number, fill=0, font_size=18)
    content, written_at = io.BytesIO(), time.gmtime(0)  # the same in each demo
    page.save(content, "PDF", creationDate=written_at, modDate=written_at)
    return f"{name}.pdf", content.getvalue(), "application/pdf"
