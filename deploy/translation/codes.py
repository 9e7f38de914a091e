"""Codes whose texts are looked up by a variable: by context, in the order in which people see them.

A message whose context and code are both literals in the source is not listed here: see `source`.
"""

from collections.abc import Iterable
from typing import get_args

from services.intake.contact import ContactProblem
from services.intake.open311.offered_services import ATTRIBUTES
from services.intake.sms import messages as sms
from services.intake.sms import refusals as sms_refusals
from services.intake.sms import where_it_is as sms_where
from services.notification.messages.channel_choice import SkipReason
from services.notification.messages.digest_text import SECTIONS
from services.notification.messages.letter_text import PARTS
from services.notification.messages.staff_table import (
    FOR_STAND_INS,
    STAFF_TEMPLATES,
    Delivery,
    StaffKind,
)
from services.notification.messages.staff_texts import ACCOUNT_TEMPLATES
from services.notification.messages.table import TEMPLATES, MessageKind
from services.notification.messages.texts import CodePurpose
from services.notification.models import Channel as MessageChannel
from services.reporting.files.columns import columns
from services.reporting.files.job import Format
from services.reporting.files.selection import FIELDS, DownloadTab
from services.reporting.open_data import COLUMNS as OPEN_DATA_COLUMNS
from services.reporting.statistics.management import EVENTS
from services.reporting.statistics.marks import (
    ANSWERED_BY,
    CLOSED_UNANSWERED,
    DURATIONS,
    NONE,
    OBJECTIONS,
    OFTEN,
    TOTALS,
    VERIFIED_BY,
)
from services.reporting.webhooks import deliveries
from services.routing.directory import agencies
from services.routing.imports import endpoints as imports
from services.routing.queue.filters import QueueTab
from services.routing.reading.contact_states import ContactState
from services.routing.reading.posts import GoneBecause
from services.routing.second_person.models import Kind
from shared.attachments import rejection, store, types_not_taken
from shared.lifecycle.actions import (
    Action,
    ArchiveCategory,
    BroughtBy,
    Classification,
    DeferralKind,
    FollowUpKind,
    FollowUpOutcome,
    ObjectionReason,
    RequestKind,
    UnmetReason,
)
from shared.lifecycle.channels import Channel
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.people import Role
from shared.lifecycle.policy import Unit
from shared.lifecycle.statuses import Status
from shared.owed.statements import OwedKind
from shared.privacy.reveal_reasons import RevealReason
from shared.values.text import TextProblem


def _distinct(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


_STEPS_OF_TWO = ("asked", "granted", "refused")
_GUARDED = ("reset_password", "reset_second_factor", "restore", "new_admin")

_PROBLEMS = (
    "method_not_allowed",
    *("file_pending", "file_sealed"),
    *("not_sent", "form_expired_kept"),
    *(f"request_already_{decision}" for decision in ("accepted", "rejected", "withdrawn")),
    *("category_code_taken", "programme_name_taken", "username_taken", "recourse_code_taken"),
    *(f"{kind}_name_taken" for kind in ("category", "tag")),
    *(f"{kind}_not_found" for kind in ("category", "tag", "programme")),
)
BY_PYDANTIC = (
    *("missing", "extra_forbidden", "string_type", "string_too_short", "string_too_long"),
    *("string_pattern_mismatch", "too_short", "too_long", "int_parsing", "int_type"),
    *("float_parsing", "float_type", "bool_parsing", "bool_type"),
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal"),
    *("enum", "literal_error", "uuid_parsing", "uuid_type", "datetime_parsing"),
    *("datetime_from_date_parsing", "timezone_aware", "date_parsing"),
    *("date_from_datetime_parsing", "url_parsing"),
)
"""The errors of a form's field, as pydantic names them."""
_FIELDS = (
    "invalid",
    *BY_PYDANTIC,
    *(f"text_{problem}" for problem in get_args(TextProblem)),
    *(f"file_{problem}" for problem in get_args(rejection.Code)),
    *get_args(ContactProblem),
    "day_or_instant",
    *("needed", "needed_here", "not_needed_here", "not_a_choice", "words_too_long"),
    *("code_malformed", "username_malformed", "taken", "repeated"),
    *("parent_in_row_below", "parent_is_itself", "parent_in_circle"),
    *("formula_failed", "not_a_text", "role_beyond_own", "role_of_pusat"),
)

CODES: dict[str, Iterable[str]] = {
    "action": Action,
    "agency_kind": ("central", *get_args(agencies.Kind)),
    "archive_category": ArchiveCategory,
    "attachment_state": get_args(store.State),
    "brought_by": BroughtBy,
    "channel": Channel,
    "chart": (
        *("status", "classification", "category", "agency", "channel"),
        *("verification", "follow_up", "role", "active"),
    ),
    "checklist": ("reporter", "service", "office", "place_and_time"),
    "classification": Classification,
    "clock": ClockKind,
    "contact_state": get_args(ContactState),
    "deferral": DeferralKind,
    "digest": ("subject", "intro", *SECTIONS, "ordinary", "news", "link"),
    "download_column": _distinct(c.key for tab in DownloadTab for c in columns(tab)),
    "download_field": _distinct(name for tab in DownloadTab for name in FIELDS[tab]),
    "download_format": Format,
    "download_state": ("waiting", "running", "done", "cancelled", "failed", "expired"),
    "download_tab": DownloadTab,
    "duration": TOTALS,
    "field": ("close_note", "reopen_note", "objection_note"),
    "fact": (
        *("handed_to", "kind", "outcome", "deferral", "awaited_agency", "archive_category"),
        *("objection_reason", "accepted", "rejected", "withdrawn", "ended", "suggested_agency"),
        *("decider", "rectifies", "brought_by", "assignee", "copies", "clock", "escalated_to"),
        *("by_way_of", "sent_to", "sending_to", "not_sent_to", "others"),
        *("title", "category", "place", "region"),
    ),
    "figure": (
        *("received", "overdue", *EVENTS, "rated", CLOSED_UNANSWERED, *OBJECTIONS),
        *(f"{duration}_{figure}" for duration in DURATIONS for figure in ("measured", "within")),
        *(f"{total}_total_measured" for total in TOTALS),
        *(VERIFIED_BY, ANSWERED_BY, NONE),
    ),
    "file_type_instead": get_args(types_not_taken.Family),
    "flag": ("anonymous", "secret", "priority"),
    "follow_up_kind": FollowUpKind,
    "hand_overs": tuple(map(str, range(OFTEN + 1))),
    "import_state": get_args(imports.State),
    "management_action": (
        *("staff.add", "staff.change", "staff.remove"),
        *("staff.restore", "staff.reset_password", "staff.reset_second_factor"),
        *("staff.stand_in", "staff.stand_in_ended"),
        *(f"staff.{kind}_{step}" for kind in _GUARDED for step in _STEPS_OF_TWO),
        *("agency.create", "agency.change", "agency.remove"),
        *("agency.leader", "agency.leader_removed"),
        *("handover.reports", "handover.assignments"),
        *("category.create", "category.change", "tag.create", "tag.change"),
        *("programme.create", "programme.change", "archive_reason.change"),
        *("recourse.create", "recourse.change"),
        *("policy.set", "calendar.set", "import.run", "import.links"),
        *("saved_view.share", "saved_view.remove"),
        *(f"answer_template.{step}" for step in ("create", "change", "remove")),
    ),
    "letter": PARTS,
    "mark": ("overdue", "question_unanswered", "reporter_told"),
    "message_channel": get_args(MessageChannel),
    "message_kind": MessageKind,
    "message_reason": (
        *get_args(SkipReason),
        *("connection", "certificate", "credentials_refused", "sender_refused", "busy", "failing"),
        *("put_off", "answer_lost", "rejected", "no_such_address", "no_such_number"),
        *("undelivered", "no_gateway", "expired", "unreadable", "unexpected"),
    ),
    "message_state": ("queued", "sent", "on_its_way", "failed", "skipped"),
    "message_template": TEMPLATES,
    "notification": TEMPLATES,
    "notification_part": (
        *("subject", "about", "about_title", "how_to_open", "open_report", "why", "stop"),
        *("no_date", "recourse", "sms_discreet", "code_subject", "code_warning"),
        *(
            part
            for what in ACCOUNT_TEMPLATES
            for part in (f"{what}_subject", what, f"{what}_label")
        ),
        *(
            "staff_not_asked",
            "staff_subject",
            "staff_why",
            "staff_stop",
            "some_request",
            "decide_by",
        ),
        *("prove_leader_subject", "prove_leader", "prove_leader_label"),
        *("leader_why", "leader_stop"),
        *("contact_change", "contact_change_warning", "contact_change_stop", "contact_change_sms"),
        *("report_contact_change", "report_contact_change_warning", "report_contact_change_sms"),
    ),
    "notification_code": get_args(CodePurpose),
    "notification_code_sms": get_args(CodePurpose),
    "notification_sms": TEMPLATES,
    "objection_reason": ObjectionReason,
    "open311_attribute": ATTRIBUTES,
    "open311_format": ATTRIBUTES,
    "open_data_column": OPEN_DATA_COLUMNS,
    "outcome": FollowUpOutcome,
    "owed": OwedKind,
    "post_gone": get_args(GoneBecause),
    "problem.title": _PROBLEMS,
    "problem.detail": _PROBLEMS,
    "problem.field": _FIELDS,
    "rating": ("1", "2", "3", "4", "5"),
    "reveal_reason": RevealReason,
    "paper_hidden": ("anonymous", "copy", "below", "overseer"),
    "paper_said": (
        *("title", "footer", "printed_by", "older_words", "older_lines", "entry", "not_done"),
    ),
    "reading": (
        *("reveal", "reveal_asked", "reveal_emergency", "reveal_granted", "reveal_confirmed"),
        *("reveal_refused", "reveal_put_off", "original", "attachment", "printed", "overseen"),
        *("access_code_used", "access_code_renewed", "access_code_given", "sent_on"),
    ),
    "request": RequestKind,
    "request_state": ("asked", "accepted", "rejected", "withdrawn", "ended"),
    "role": ("reporter", "staff", *Role, "operator", "partner_system", "system"),
    "second_person": Kind,
    "sms_refusal": get_args(sms.Refusal),
    "sms_answer": get_args(sms.Answer),
    "sms_instead": get_args(sms_refusals.Instead),
    "sms_refused": get_args(sms_refusals.Reason),
    "sms_where": get_args(sms_where.Where),
    "sms_by_when": get_args(sms_where.ByWhen),
    "sms_waiting": get_args(sms_refusals.Waiting),
    "sms_question": ("last", "last_until", "more"),
    "sms_written": ("last", "last_reply", "last_object", "more"),
    "solved": ("yes", "no"),
    "staff_delivery": Delivery,
    "staff_message_kind": StaffKind,
    "staff_notification": (*STAFF_TEMPLATES, *FOR_STAND_INS.values()),
    "staff_subject": (*STAFF_TEMPLATES, *FOR_STAND_INS.values()),
    "status": Status,
    "tab": (*QueueTab,),
    "time_unit": Unit,
    "unmet_reason": UnmetReason,
    "webhook_disabled": ("failing", "gone"),
    "webhook_error": ("timeout", "connection", "certificate", "address", "unexpected"),
    "webhook_state": get_args(deliveries.State),
    "weekday": ("0", "1", "2", "3", "4", "5", "6"),
}
