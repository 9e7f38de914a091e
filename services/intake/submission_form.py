"""The form with which a person submits a report, and its answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.intake.accepting.new_report import Accepted
from services.intake.report_form import ReporterOfReport, ReportForm
from shared.attachments import StoredAttachment
from shared.attachments.store import State
from shared.labels import label


class SubmissionForm(ReportForm):
    """A report by a member of the public. Without an account, `reporter` is needed."""

    channel: Literal["website", "android", "ios", "agency_website"] = "website"
    reporter: ReporterOfReport | None = None
    linked_number: int | None = Field(
        None,
        gt=0,
        lt=2**63,
        description="An earlier report of one's own that this one continues. It is not stored "
        "if one of the two is anonymous and the other is not",
    )

    @model_validator(mode="after")
    def _has_title(self) -> Self:
        """Require a title from the web form; other programs may leave it out."""
        if self.channel == "website" and self.title is None:
            error = InitErrorDetails(
                type=PydanticCustomError("missing", "Field required"), loc=("title",), input=None
            )
            raise ValidationError.from_exception_data("title", [error])
        return self


class TakenFile(BaseModel):
    """What became of a file. A `sealed` file of an anonymous report is stored but cannot be read:
    to have it read, send a copy as PDF (at most 40 pages) or picture."""

    name: str
    size: int = Field(description="Size in bytes, as it was sent")
    state: State
    state_label: str

    @classmethod
    def of(cls, file: StoredAttachment) -> "TakenFile":
        return cls(
            name=file.name,
            size=(file.original or file).size,
            state=file.state,
            state_label=label("attachment_state", file.state),
        )


class SubmissionAnswer(BaseModel):
    """The answer to a submission. Keep number and access code: together they open the report. A
    repeat has no code once its reporter has renewed it."""

    number: int
    access_code: str | None
    link: str
    status: str
    status_label: str
    submitted_at: datetime
    verification_due_at: datetime | None
    attachments: list[TakenFile]

    @classmethod
    def of(cls, accepted: Accepted, files: Sequence[StoredAttachment] = ()) -> "SubmissionAnswer":
        return cls(
            number=accepted.number,
            access_code=accepted.access_code,
            link=accepted.link,
            status=accepted.status,
            status_label=label("status", accepted.status),
            submitted_at=accepted.submitted_at,
            verification_due_at=accepted.verification_due_at,
            attachments=[TakenFile.of(file) for file in files],
        )


class OpenedSubmission(SubmissionAnswer):
    """The answer with a token that opens the report for an hour, like its access code. This does
    not count as a use of the code. Null if the code is not shown."""

    access_token: str | None = Field(repr=False)
