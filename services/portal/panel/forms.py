"""The form of every action: where it is sent, what it sends and what it offers to choose from."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Literal

from services.portal import references
from services.portal.contracts.routing import Countdown, ShownAction
from services.portal.form_data import FormData, searched
from services.portal.panel.agency_finding import Purpose
from services.portal.service_calls import Service
from shared.labels import label
from shared.lifecycle.actions import REQUESTED_BY, Action, FollowUpKind, FollowUpOutcome
from shared.lifecycle.authority import Capacity
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.rules import RULES
from shared.values.report_numbers import only_number_in

Body = Callable[[FormData], dict[str, object]]
WordsField = Literal["reason", "note"]


@dataclass(frozen=True)
class ActionForm:
    """The form of one action. `agency` is the field that chooses an agency, for `purpose`. With
    `files`, the path has a variant that takes files. `button` is the button's text if the action's
    name is unclear. `words` labels the one text asked for, sent as `words_field`; `others` are the
    further fields of `templates/panel/fields/<action>.html`."""

    service: Service
    path: str
    body: Body
    button: str
    _: KW_ONLY
    agency: str | None = None
    purpose: Purpose = "any"
    many: bool = False
    files: bool = False
    words: str = ""
    words_field: WordsField = "reason"
    others: Collection[str] = ()

    @property
    def fields(self) -> set[str]:
        """Return the names of all fields that the form may send."""
        fields = {*self.others, *(searched(self.agency) if self.agency else ())}
        if self.words:
            fields.add(self.words_field)
        return fields | ({"attachments"} if self.files else set())


NAMES = {
    "title": label("field", "title"),
    "body": label("field", "body"),
    "classification": "Klasifikasi",
    "category_id": "Kategori",
    "tag_ids": "Tag",
    "agency_id": "Instansi",
    "suggested_agency_id": "Saran Instansi",
    "awaited_agency_id": "Instansi yang ditunggu",
    "copies": "Salinan",
    "agency_ids": "Salinan",
    "kind": "Jenis",
    "main_number": "Nomor laporan utama",
    "brought_by": "Disampaikan melalui",
    "rectifies": "Tindak lanjut yang diralat",
    "outcome": "Hasil",
    "unmet_reason": "Sebab tidak dapat dipenuhi",
    "category": "Kategori Arsip",
    "note": "Keterangan",
    "reason": "Alasan",
    "to_linked": "Laporan tertaut",
    "text": "Tindak lanjut",
    "assignee_id": "Ditugaskan kepada",
    "place": "Lokasi",
    "province": "Wilayah",
    "attachments": "Lampiran",
}


_CORRECTED = (
    *("title", "body", "classification", "category_id", "category_id_cari", "tag_ids"),
    "programme_id",
    *("anonymous", "secret", "priority", "place", "released_attachments"),
    *references.REGION_LEVELS,
)


def _corrections(form: FormData) -> dict[str, object]:
    sent: dict[str, object] = {
        "title": form.get("title"),
        "body": form.get("body"),
        "tag_ids": form.ids("tag_ids"),
        "priority": bool(form.get("priority")),
        "programme_id": form.id("programme_id"),
        "region_code": references.region_code(form),
        "place": form.get("place").strip() or None,
        "released_attachments": form.all("released_attachments"),
        **form.filled("classification"),
    }
    sent |= form.filled_ids("category_id")
    # These can be added, never removed.
    return sent | {flag: True for flag in ("anonymous", "secret") if form.get(flag)}


def _verification(form: FormData) -> dict[str, object]:
    return _corrections(form) | form.filled_ids("agency_id")


def _handing(form: FormData) -> dict[str, object]:
    return form.filled_ids("agency_id") | form.filled("note")


def _forwarding(form: FormData) -> dict[str, object]:
    return _handing(form) | {"copies": form.ids("copies")}


def _copies(form: FormData) -> dict[str, object]:
    return {"agency_ids": form.ids("agency_ids")}


def _linking(form: FormData) -> dict[str, object]:
    """Return the number as people write it. Other texts are sent unchanged; the service refuses
    them."""
    written = form.filled("main_number")
    return {name: only_number_in(str(number)) or number for name, number in written.items()}


def _deferral(form: FormData) -> dict[str, object]:
    waits = form.get("kind") == "agency_not_connected"
    return form.filled("kind", "note") | (form.filled_ids("awaited_agency_id") if waits else {})


def _not_authority(form: FormData) -> dict[str, object]:
    return form.filled("reason") | form.filled_ids("suggested_agency_id")


def _follow_up(form: FormData) -> dict[str, object]:
    return form.filled("text") | _comes_to(form) | {"secret": bool(form.get("secret"))}


def _comes_to(form: FormData) -> dict[str, object]:
    """Return the answer to the form's one question: ongoing work is an initial response."""
    outcome = form.get("outcome")
    if outcome == FollowUpKind.INITIAL_RESPONSE:
        return {"kind": FollowUpKind.INITIAL_RESPONSE}
    unmet = outcome == FollowUpOutcome.CANNOT_BE_MET
    return {"kind": FollowUpKind.FOLLOW_UP} | form.filled(
        "outcome", *(["unmet_reason"] if unmet else [])
    )


def _brought(form: FormData) -> dict[str, object]:
    return form.filled("brought_by", "text")


def _rectification(form: FormData) -> dict[str, object]:
    return form.filled("rectifies", "reason")


def _coordination(form: FormData) -> dict[str, object]:
    return form.filled("note") | form.filled_ids("assignee_id")


def _archiving(form: FormData) -> dict[str, object]:
    return form.filled("category", "note")


def _asking(kind: str) -> Body:
    return lambda form: form.filled("reason") | {"kind": kind}


def in_order(actions: list[ShownAction]) -> list[ShownAction]:
    """Return the allowed actions that have a form, those most often owed first. A person who may do
    something is not also offered to request it."""
    ranks = {action.value: rank for rank, action in enumerate(_ORDER)}
    codes = {action.code for action in actions}
    shown = [
        action.model_copy(update={"label": _RECORDING.get(action.code, action.label)})
        for action in actions
        if action.code in FORMS
        and action.code not in _BESIDE_ITS_SUBJECT
        and action.code.removeprefix("request_") not in codes - {action.code}
    ]
    return sorted(shown, key=lambda action: ranks.get(action.code, len(ranks)))


def owed_action(countdown: Countdown | None) -> str | None:
    """Return the action that the running clock waits for, which is the first one to offer."""
    if countdown is None or countdown.paused:
        return None
    return Action.VERIFY if countdown.clock == ClockKind.VERIFICATION else Action.FOLLOW_UP


_ORDER = (
    Action.VERIFY,
    Action.FOLLOW_UP,
    Action.THROW,
    Action.DEFER,
    Action.ARCHIVE,
    Action.FORWARD,
    *REQUESTED_BY,
    Action.COORDINATE,
    Action.AMEND,
)
_BESIDE_ITS_SUBJECT = frozenset({Action.RECTIFY})
"""Actions offered beside their subject, not among the report's actions."""
_RECORDING: dict[str, str] = {
    Action.REPLY: label("button", "record_reply"),
    Action.COMPLETE_INFORMATION: label("button", "record_information"),
}
"""The reporter's actions that staff record."""
_R = "/reports/{number}/"
_ASK = label("button", "ask")


def _asking_for_words(
    path: str,
    body: Body | None = None,
    *,
    service: Service = "followup",
    asks: str = "Alasan",
    field: WordsField = "reason",
    button: str = "",
) -> ActionForm:
    """Return a form with one text, which its endpoint calls a reason or a note."""
    sent: Body = body or (lambda form: form.filled(field))
    return ActionForm(service, _R + path, sent, button, words=asks, words_field=field)


def _by_staff() -> Iterator[Action]:
    """Yield the actions that have their own button; a request is decided where it is shown."""
    on_requests = {Action.ACCEPT_REQUEST, Action.REJECT_REQUEST, Action.WITHDRAW_REQUEST}
    for action, rule in RULES.items():
        if not rule.who & {Capacity.REPORTER, Capacity.SYSTEM} and action not in on_requests:
            yield action


FORMS: dict[str, ActionForm] = {
    # An action without a row below is sent to followup, under its own name, with a reason. A test
    # checks every form against its endpoint.
    **{action: _asking_for_words(action.replace("_", "-")) for action in _by_staff()},
    Action.CLOSE: _asking_for_words("close", asks=label("field", "close_note")),
    Action.REOPEN: _asking_for_words("reopen", asks=label("field", "reopen_note")),
    Action.VERIFY: ActionForm(
        "routing", _R + "verify", _verification, label("button", "verify"),
        agency="agency_id", purpose="verify", others=(*_CORRECTED, "checked"),
    ),
    Action.AMEND: ActionForm("routing", _R + "amend", _corrections, "Simpan", others=_CORRECTED),
    Action.THROW: ActionForm(
        "routing", _R + "throw", _handing, "Lempar",
        agency="agency_id", purpose="throw", others=("note",),
    ),
    Action.DEFER: ActionForm(
        "routing", _R + "defer", _deferral, "Tunda",
        agency="awaited_agency_id", purpose="defer", others=("kind", "note"),
    ),
    Action.ARCHIVE: ActionForm(
        "routing", _R + "archive", _archiving, "Arsipkan", others=("category", "note")
    ),
    Action.RESTORE: _asking_for_words("restore", service="routing"),
    Action.FORWARD: ActionForm(
        "routing", _R + "forward", _forwarding, label("button", "forward"),
        agency="agency_id", purpose="forward", others=(*searched("copies"), "note"),
    ),
    Action.CHANGE_COPIES: ActionForm(
        "routing", _R + "copies", _copies, "Simpan", agency="agency_ids", many=True
    ),
    Action.LINK: ActionForm(
        "routing", _R + "link", _linking, "Tautkan", others=("main_number",)
    ),
    Action.UNLINK: ActionForm(
        "routing", _R + "unlink", lambda form: form.filled("note"), "Lepas tautan", others=("note",)
    ),
    Action.REQUEST_NOT_AUTHORITY: ActionForm(
        "followup", _R + "not-authority", _not_authority, _ASK,
        agency="suggested_agency_id", others=("reason",),
    ),
    Action.FOLLOW_UP: ActionForm(
        "followup", _R + "follow-ups", _follow_up, label("button", "follow_up"),
        files=True, others=("outcome", "unmet_reason", "text", "secret", "to_linked"),
    ),
    Action.COORDINATE: ActionForm(
        "followup", _R + "coordination", _coordination, "Simpan", others=("note", "assignee_id")
    ),
    Action.RECTIFY: ActionForm(
        "followup", _R + "rectify", _rectification, "Ralat", others=("rectifies", "reason")
    ),
    Action.REPLY: ActionForm(
        "followup", _R + "assisted-replies", _brought, "Simpan", others=("brought_by", "text")
    ),
    Action.COMPLETE_INFORMATION: ActionForm(
        "followup", _R + "assisted-information", _brought, "Simpan", others=("brought_by", "text")
    ),
    **{
        action: _asking_for_words("requests", _asking(kind), button=_ASK)
        for action, kind in REQUESTED_BY.items()
        if action is not Action.REQUEST_NOT_AUTHORITY
    },
}  # fmt: skip
