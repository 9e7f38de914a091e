"""Who is told what, by which channel, and why not: pure."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from services.notification.messages.channel_choice import (
    Choice,
    HolderChoices,
    Reachable,
    choose_channel,
    not_in_quiet_hours,
    sms_choice,
    zone_of_reporter,
)
from services.notification.messages.staff_table import STAFF_TABLE
from services.notification.messages.staff_texts import StaffFacts, text_for_staff
from services.notification.messages.table import (
    MESSAGE_TABLE,
    TEMPLATES,
    MessageKind,
    messages_of,
)
from services.notification.messages.texts import CodePurpose, ReportFacts, text_of, text_of_code
from services.notification.models import Channel
from shared.labels.catalogue import LANGUAGES, Language
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.events import EVENTS, ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import TAB_OF, Status
from shared.values.gsm import septets

AT = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)
PROVEN = Reachable(AT - timedelta(days=30))


def happened(event: str, status: Status, **details: str) -> ReportEvent:
    return ReportEvent(
        number=1,
        version=2,
        event=event,
        action=Action.VERIFY,
        actor_kind=ActorKind.STAFF,
        at=AT,
        from_status=None,
        status=status,
        tab=TAB_OF[status],
        handler_id=1,
        chain=(1,),
        copies=(),
        channel="website",
        system=None,
        held=False,
        overdue=False,
        due_at=None,
        auto_close_at=None,
        details=details,
    )


def templates_for(event: ReportEvent) -> list[str]:
    return [rule.template for rule in messages_of(event)]


def test_every_event_of_the_table_is_one_of_the_domain() -> None:
    assert {rule.event for rule in MESSAGE_TABLE} <= EVENTS


def test_a_deferral_tells_of_a_question_only_where_one_was_asked() -> None:
    assert templates_for(happened("deferred", Status.AWAITING_INFORMATION)) == ["question"]
    assert templates_for(happened("deferred", Status.AGENCY_NOT_CONNECTED)) == []


def test_lateness_with_a_request_is_the_agencies_own_affair() -> None:
    assert templates_for(happened("overdue", Status.VERIFIED, clock="follow_up")) == ["overdue"]
    assert templates_for(happened("overdue", Status.VERIFIED, clock="request")) == []


def test_of_requests_the_reporter_hears_of_the_own_objection_alone() -> None:
    closed = Status.CLOSED_BY_SYSTEM
    assert templates_for(happened("objection_rejected", closed)) == ["objection_refused"]
    assert templates_for(happened("request_rejected", closed, request="hold")) == []
    reopened = "reopened", Status.FOLLOWED_UP
    assert templates_for(happened(*reopened, request="objection")) == ["objection_accepted"]
    assert templates_for(happened(*reopened, request="reopen")) == ["reopened"]
    assert templates_for(happened(*reopened)) == ["reopened"]


def test_reporters_are_not_told_of_what_they_did_themselves() -> None:
    assert templates_for(happened("closed", Status.CLOSED_BY_REPORTER)) == []
    assert templates_for(happened("withdrawn", Status.ARCHIVED_BY_REPORTER)) == []


@pytest.mark.parametrize(
    ("contacts", "discreet", "expected"),
    [
        ({}, False, Choice("none", "no_contact")),
        ({"email": PROVEN, "sms": PROVEN}, False, Choice("email")),
        ({"email": Reachable(), "sms": PROVEN}, False, Choice("sms")),
        ({"sms": PROVEN}, True, Choice("sms", "sms_not_chosen")),
        ({"email": PROVEN, "sms": PROVEN}, True, Choice("email")),
        ({"email": Reachable(), "sms": Reachable()}, False, Choice("email", "unproven")),
        ({"email": Reachable(AT - timedelta(days=366))}, False, Choice("email", "lapsed")),
        ({"email": Reachable(undeliverable=True)}, False, Choice("email", "undeliverable")),
    ],
)
def test_mail_goes_before_a_text_message_and_only_to_who_is_proven(
    contacts: dict[Channel, Reachable], discreet: bool, expected: Choice
) -> None:
    known = {channel: (contact, HolderChoices()) for channel, contact in contacts.items()}
    chosen = choose_channel(known, MessageKind.PROGRESS, discreet=discreet, at=AT)
    assert chosen == expected


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (HolderChoices(stopped=True, sms=True), Choice("email", "stopped")),
        (HolderChoices(email=False), Choice("sms")),
        (HolderChoices(email=False, sms=False), Choice("email", "channel_off")),
        (HolderChoices(muted=["progress"]), Choice("email", "muted")),
    ],
)
def test_what_somebody_wants_decides(wishes: HolderChoices, expected: Choice) -> None:
    contacts: dict[Channel, tuple[Reachable, HolderChoices]] = {
        "email": (PROVEN, wishes),
        "sms": (PROVEN, wishes),
    }
    assert choose_channel(contacts, MessageKind.PROGRESS, discreet=False, at=AT) == expected


@pytest.mark.parametrize(
    ("zone", "at", "sent"),
    [
        (Zone.WIB, "2026-12-04T20:59+07:00", "2026-12-04T20:59+07:00"),
        (Zone.WIB, "2026-12-04T21:00+07:00", "2026-12-05T07:00+07:00"),
        (Zone.WIT, "2026-12-04T20:00+07:00", "2026-12-05T07:00+09:00"),
        (Zone.WITA, "2026-12-05T06:59+08:00", "2026-12-05T07:00+08:00"),
    ],
)
def test_a_text_message_of_the_night_waits_for_the_morning_of_its_zone(
    zone: Zone, at: str, sent: str
) -> None:
    assert not_in_quiet_hours(datetime.fromisoformat(at), zone) == datetime.fromisoformat(sent)


LONG = "Dinas Pekerjaan Umum dan Penataan Ruang – Kabupaten Kepulauan Siau Tagulandang Biaro"
WHEN = {
    name: datetime(2026, 12, 14, 9, 0, tzinfo=UTC).isoformat()
    for name in ("at", "due_at", "auto_close_at", "question_until", "rating_until")
}


def sms_of(template: str, language: Language = "id", handler: str = "Dinas Bina Marga") -> str:
    report = ReportFacts(10_000_042, None, False, handler, Zone.WITA)
    return text_of(template, WHEN, report, "https://www.lapor.go.id", language).sms


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("handler", ["Dinas Bina Marga", LONG])
def test_every_text_message_fits_into_one(language: Language, handler: str) -> None:
    texts = [sms_of(template, language, handler) for template in TEMPLATES]
    for purpose in get_args(CodePurpose):
        texts += [text_of_code("123456", language, purpose, each).sms for each in (None, 10**10)]
    assert [text for text in texts if septets(text) > 160] == []


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("accepted", ["14 Des"]),
        ("question", ["s.d. 14 Des: ", "10000042 TANYA"]),
        ("verified", ["Dinas Bina Marga", "14 Des"]),
        ("handed_on", ["Dinas Bina Marga", "14 Des"]),
        ("overdue", ["Dinas Bina Marga", "sejak 14 Des 2026"]),
        ("closing_soon", ["ditutup 14 Des 17.00 WITA"]),
        ("closed_by_system", ["ampai 14 Des", "NILAI 1-5", "10000042 BUKA"]),
        ("followed_up", ["10000042 BACA", "10000042 lalu pesan"]),
        ("rectified", ["10000042 BACA"]),
        ("closed_by_admin", ["ampai 14 Des", "NILAI 1-5", "10000042 BUKA", "10000042 BACA"]),
        ("archived", ["ampai 14 Des", "10000042 BUKA", "10000042 BACA"]),
        ("objection_refused", ["10000042 BACA"]),
        ("reopened", ["14 Des"]),
    ],
)
def test_who_has_text_messages_alone_reads_by_when_and_at_whom(
    template: str, says: list[str]
) -> None:
    assert [each for each in says if each not in sms_of(template)] == []


def test_of_a_long_name_a_text_message_says_as_much_as_there_is_room_for() -> None:
    text = sms_of("verified", handler=LONG)
    assert LONG[:30] in text and "..." in text and 155 < septets(text) <= 160


@pytest.mark.parametrize("template", ["closed_by_system", "closed_by_admin", "archived"])
@pytest.mark.parametrize(
    ("language", "says"), [("id", "minta laporan dibuka kembali"), ("en", "opened again")]
)
def test_mail_of_what_has_ended_says_until_when_it_may_be_opened_again(
    template: str, language: Language, says: str
) -> None:
    report = ReportFacts(10_000_042, None, False, "Dinas Bina Marga", Zone.WIB)
    paragraphs = text_of(template, WHEN, report, "https://lapor.go.id", language).paragraphs
    text = " ".join(paragraphs)
    assert says in text and "14 De" in text


@pytest.mark.parametrize(
    ("ticked", "before", "discreet", "wish"),
    [
        (True, None, False, None),  # as it stood: nothing is chosen for secret reports
        (False, None, False, False),
        (True, False, False, None),
        (True, True, False, True),  # chosen on the page of a secret one
        (False, None, True, None),
        (True, None, True, True),
        (False, True, True, None),
        (False, False, True, False),  # turned off on the page of one with a name
    ],
)
def test_a_box_left_as_it_stood_chooses_no_text_messages_for_secret_reports(
    ticked: bool, before: bool | None, discreet: bool, wish: bool | None
) -> None:
    assert sms_choice(ticked, before, discreet=discreet) is wish


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_says_which_report_it_is_of_and_what_for_unless_nobody_may_see(
    language: Language,
) -> None:
    def texts(purpose: CodePurpose, number: int | None) -> tuple[str, str]:
        text = text_of_code("123456", language, purpose, number)
        return text.paragraphs[0], text.sms

    of_report: tuple[CodePurpose, ...] = ("contact", "by_sms", "recovery")
    named = [text for purpose in of_report for text in texts(purpose, 10_000_042)]
    assert all("10000042" in text and "123456" in text for text in named)
    assert len(set(named)) == len(named), "what it is for"
    assert "10000042 123456" in texts("by_sms", 10_000_042)[1], "as it is sent back"
    hidden = {texts(purpose, None) for purpose in of_report}
    assert hidden == {texts("contact_of_account", None)}, "not even that it opens something"
    assert texts("password", None) not in hidden


def test_a_discreet_text_message_says_nothing_at_all() -> None:
    report = ReportFacts(10_000_042, None, True, "Dinas Bina Marga", Zone.WIB)
    facts = {"at": AT.isoformat()}
    for rule in MESSAGE_TABLE:
        text = text_of(rule.template, facts, report, "https://lapor.go.id", "id").sms
        assert text == "Ada kabar untuk Anda."


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("32.73", Zone.WIB),
        ("51.71.01", Zone.WITA),
        ("94", Zone.WIT),
        (None, Zone.WITA),
        ("00.00", Zone.WITA),
    ],
)
def test_a_reporter_is_where_the_report_is_though_an_agency_far_away_has_it(
    place: str | None, zone: Zone
) -> None:
    assert zone_of_reporter(place, Zone.WITA) is zone


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_subject_of_a_mail_to_staff_says_the_number_and_what_is_new_alone(
    language: Language,
) -> None:
    decided = {"request": "hold", "by": "agency_admin", "by_agency": "Kota Bandung"}
    by_template: dict[str, set[str]] = {}
    for rule in STAFF_TABLE:
        for handler, zone in (("Dinas Bina Marga", Zone.WIB), ("Polda Papua", Zone.WIT)):
            for more in ({}, decided):
                facts = {"at": AT.isoformat(), "due_at": AT.isoformat(), "kind": rule.kind} | more
                report = StaffFacts(10_000_042, handler, zone, None)
                mail = text_for_staff(rule.template, facts, report, "https://lapor.go.id", language)
                by_template.setdefault(rule.template, set()).add(mail.subject)
    assert all(len(subjects) == 1 for subjects in by_template.values())
    subjects = {template: min(each) for template, each in by_template.items()}
    assert subjects["request_granted"] == subjects["request_refused"]  # the decision is inside
    assert len({*subjects.values()}) == len(subjects) - 1
    assert ("dibuka kembali" if language == "id" else "open again") in subjects["open_again"]
    assert all("10000042" in subject for subject in subjects.values())
