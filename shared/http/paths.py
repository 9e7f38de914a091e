"""Numbers and ids in the paths of endpoints, within what the database holds."""

from typing import Annotated

from fastapi import Path

ReportNumber = Annotated[int, Path(ge=1, le=2**63 - 1, description="The report's number")]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The id of an agency, a person or a category."""
