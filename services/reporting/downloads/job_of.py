"""The job of a download: the instructions for the process that makes its file."""

from pathlib import Path
from typing import Annotated

from services.reporting.files.job import Format, Job
from services.reporting.files.selection import Selection
from shared.clock import now
from shared.command_requests.directory import Agency
from shared.http.tokens import Staff
from shared.settings import Settings


def job_of(
    settings: Settings,
    selection: Selection,
    format: Format,
    agency: Agency,
    staff: Staff,
    folder: Annotated[Path, "where the file goes"],
    parts: str | None = None,
) -> Job:
    """Return the job of one file, as of now. Its parts go into `folder` unless `parts` names
    another folder."""
    return Job(
        database_url=settings.database_url,
        selection=selection,
        format=format,
        agency_id=agency.id,
        agency_name=agency.name,
        zone=agency.zone,
        reader_agency_id=staff.agency_id,
        reader_name=staff.name,
        reader_role=staff.role,
        at=now(),
        panel_url=settings.public_base_url,
        output=folder / f"download.{format}",
        parts=parts or (folder / "parts").as_uri(),
    )
