"""The names by which a morning's digests and letters are scheduled and written, and their
messages."""

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.calendar import Zone

WORKFLOW: Final = "DigestWorkflow"
IS_DUE: Final = "is_digest_due"
WRITE_BATCH: Final = "write_digest_batch"
HOUR, MINUTE = 7, 30
"""Of the zone, when a morning begins."""


Mailing = Literal["digest", "letter"]
"""What a morning writes: digests of staff, or the weekly letters to leaders."""


class DigestRun(BaseModel):
    """One morning of a zone. `day` and `after` are of a run that goes on: the day it is of, and the
    agency up to which its rows are written."""

    model_config = ConfigDict(frozen=True)

    zone: Zone
    day: date | None = None
    after: int = 0
    mailing: Mailing = "digest"


class DigestBatch(BaseModel):
    """The next agencies of a morning."""

    model_config = ConfigDict(frozen=True)

    zone: Zone
    day: date
    after: int
    mailing: Mailing = "digest"
