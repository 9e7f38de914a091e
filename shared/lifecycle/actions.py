"""What can be done to a report, and the requests that ask for it."""

from enum import StrEnum

from shared.lifecycle.statuses import Status


class Action(StrEnum):
    """Every step that a report can take. The codes are used in histories, events and the API."""

    SUBMIT = "submit"
    VERIFY = "verify"
    AMEND = "amend"
    THROW = "throw"
    DEFER = "defer"
    COMPLETE_INFORMATION = "complete_information"
    CONNECT = "connect"
    SUCCEED = "succeed"
    ARCHIVE = "archive"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    FOLLOW_UP = "follow_up"
    RECTIFY = "rectify"
    COORDINATE = "coordinate"
    REPLY = "reply"
    DECLARE_SATISFIED = "declare_satisfied"
    RATE = "rate"
    OBJECT = "object"
    FORWARD = "forward"
    CHANGE_COPIES = "change_copies"
    LINK = "link"
    UNLINK = "unlink"
    HOLD = "hold"
    RELEASE = "release"
    CLOSE = "close"
    REOPEN = "reopen"
    REQUEST_NOT_AUTHORITY = "request_not_authority"
    REQUEST_HOLD = "request_hold"
    REQUEST_RELEASE = "request_release"
    REQUEST_CLOSE = "request_close"
    REQUEST_REOPEN = "request_reopen"
    ACCEPT_REQUEST = "accept_request"
    REJECT_REQUEST = "reject_request"
    WITHDRAW_REQUEST = "withdraw_request"
    AUTO_CLOSE = "auto_close"
    CLOSING_NOTICE = "closing_notice"
    OVERDUE = "overdue"
    ESCALATE = "escalate"
    QUESTION_REMINDER = "question_reminder"
    END_REQUEST = "end_request"
    CANCEL = "cancel"
    """The Temporal UI's *Request Cancellation*: recorded as refused, never performed."""


class RequestKind(StrEnum):
    """Permintaan: what an agency may ask of the agency that delegated the report to it.

    The objection is the reporter's own request to those above who closed the report.
    """

    NOT_AUTHORITY = "not_authority"
    HOLD = "hold"
    RELEASE = "release"
    CLOSE = "close"
    REOPEN = "reopen"
    OBJECTION = "objection"


REQUESTED_BY: dict[Action, RequestKind] = {
    Action.REQUEST_NOT_AUTHORITY: RequestKind.NOT_AUTHORITY,
    Action.REQUEST_HOLD: RequestKind.HOLD,
    Action.REQUEST_RELEASE: RequestKind.RELEASE,
    Action.REQUEST_CLOSE: RequestKind.CLOSE,
    Action.REQUEST_REOPEN: RequestKind.REOPEN,
}
"""The kinds that staff ask for. The reporter makes an objection with the action `object`."""

PERFORMED_BY: dict[RequestKind, Action] = {
    RequestKind.HOLD: Action.HOLD,
    RequestKind.RELEASE: Action.RELEASE,
    RequestKind.CLOSE: Action.CLOSE,
    RequestKind.REOPEN: Action.REOPEN,
}


def performed_by(kind: RequestKind, status: Status) -> Action | None:
    """The action that accepting a request of this kind performs at this status.

    None if the request is accepted by acting on the report.
    """
    if kind is RequestKind.OBJECTION:
        return Action.RESTORE if status is Status.ARCHIVED_BY_ADMIN else Action.REOPEN
    return PERFORMED_BY.get(kind)


ANSWERS_NOT_AUTHORITY = frozenset(
    {
        Action.VERIFY,
        Action.THROW,
        Action.DEFER,
        Action.ARCHIVE,
        Action.FORWARD,
        Action.REQUEST_NOT_AUTHORITY,
    }
)
"""The actions with which the decider of a pending not-authority request accepts it."""

SIGNALS = frozenset({Action.HOLD, Action.RELEASE, Action.CLOSE, Action.REOPEN})
"""Commands that are sent as workflow signals, so that operators can also send them by hand."""


class DeferralKind(StrEnum):
    INCOMPLETE_DATA = "incomplete_data"
    AGENCY_NOT_CONNECTED = "agency_not_connected"


class FollowUpKind(StrEnum):
    INITIAL_RESPONSE = "initial_response"
    FOLLOW_UP = "follow_up"


class FollowUpOutcome(StrEnum):
    """The result of a follow-up proper. Work that goes on is an initial response."""

    DONE = "done"
    CANNOT_BE_MET = "cannot_be_met"


class UnmetReason(StrEnum):
    """Why the reporter's wish cannot be met; the words of the follow-up explain it."""

    OUTSIDE_AUTHORITY = "outside_authority"
    NO_BUDGET = "no_budget"
    AGAINST_REGULATION = "against_regulation"
    NOT_FOUND = "not_found"
    OTHER = "other"


class ObjectionReason(StrEnum):
    """Why a reporter asks to have the report opened again."""

    NOT_SOLVED = "not_solved"
    NOT_AS_SAID = "not_as_said"
    NOT_ANSWERED = "not_answered"
    WRONGLY_ARCHIVED = "wrongly_archived"
    OTHER = "other"


class BroughtBy(StrEnum):
    """How the words of a reporter who has no phone or mail reached staff (*pelapor dibantu*)."""

    VISIT = "visit"
    CALL = "call"
    LETTER = "letter"


class ArchiveCategory(StrEnum):
    """*Kriteria laporan yang dapat diarsipkan*, the guide's eight in its order."""

    CRIMINAL_CASE = "criminal_case"
    MISPLACED_REPLY = "misplaced_reply"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    ABUSIVE = "abusive"
    TOO_GENERAL = "too_general"
    COURT_CASE = "court_case"
    NOT_RELEVANT = "not_relevant"


class Classification(StrEnum):
    """The public chooses one of the first three; the verifier refines a complaint."""

    COMPLAINT = "complaint"
    ASPIRATION = "aspiration"
    INFORMATION = "information"
    COMPLAINT_WITH_OVERSIGHT = "complaint_with_oversight"
    COMPLAINT_WITHOUT_OVERSIGHT = "complaint_without_oversight"
