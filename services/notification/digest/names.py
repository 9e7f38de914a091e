"""Names and messages of the workflow that writes a morning's digests and letters."""

from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.calendar import Zone

WORKFLOW: Final = "DigestWorkflow"
IS_DUE: Final = "is_digest_due"
WRITE_BATCH: Final = "write_digest_batch"
HOUR, MINUTE = 7, 30
"""The local time at which a morning starts."""


Mailing = Literal["digest", "letter"]
"""What a morning writes: digests of staff, or the weekly letters to leaders."""


class DigestRun(BaseModel):
    """One morning of a zone. A continued run has `day`, and in `after` the last agency whose rows
    are written."""

    model_config = ConfigDict(frozen=True)

    zone: Zone
    day: date | None = None
    after: int = 0
    mailing: Mailing = "digest"


class DigestBatch(BaseModel):
    """The next batch of agencies in a morning."""

    model_config = ConfigDict(frozen=True)

    zone: Zone
    day: date
    after: int
    mailing: Mailing = "digest"
