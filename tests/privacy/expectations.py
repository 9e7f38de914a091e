"""Who may do what, endpoint by endpoint: an endpoint that is not named here fails a test.

A report is handled by the dinas, to which the province delegated. Staff of pusat and the province
stand *above* it, a bidang *below*, a mission *beside*.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.chaos.people import FOLLOW_UP, REASON, VERIFICATION
from tests.workflows.country import BIDANG, DINAS, MISSION

STAFF = ("own_officer", "own_admin", "above", "coordinator", "pusat", "pusat_officer")
"""Those who may read the report, and …"""
OUTSIDE = (
    *("below_officer", "below_admin", "beside"),
    *("coordinator_below", "coordinator_beside"),
)
"""… those who may not know of it."""
REPORTERS = ("reporter", "another", "account", "partner")
EVERYBODY = ("nobody", *REPORTERS, *OUTSIDE, *STAFF)

Answers = dict[str, int]
"""The refusal each gets; who is not in it is let through."""


def all_of(names: tuple[str, ...], status: int) -> Answers:
    return dict.fromkeys(names, status)


NO_STAFF = {"nobody": 401, **all_of(REPORTERS, 403)}
READING = NO_STAFF | all_of(OUTSIDE, 404)
OFFICER = READING | {"pusat_officer": 403}
ADMIN = OFFICER | {"own_officer": 403}
ABOVE = ADMIN | {"own_admin": 403}
PUSAT_READING = ABOVE | {"above": 403, "coordinator": 403}
PUSAT = NO_STAFF | all_of((*OUTSIDE, *STAFF), 403)
del PUSAT["pusat"]
ASKER = READING | all_of(("own_admin", "above", "coordinator", "pusat", "pusat_officer"), 403)
AUTHOR = {"nobody": 401} | all_of((*REPORTERS, *OUTSIDE, *STAFF), 404)
del AUTHOR["own_officer"]
REPORTER = {"nobody": 401} | all_of(REPORTERS[1:], 404) | all_of((*OUTSIDE, *STAFF), 403)
ONLY_ITS_REPORTER = all_of(EVERYBODY, 404)
del ONLY_ITS_REPORTER["reporter"]
ONLY_A_REPORTER = {"nobody": 401, "partner": 403} | all_of(("another", "account"), 404)
ONLY_A_REPORTER |= all_of((*OUTSIDE, *STAFF), 403)
STAFF_AND_REPORTER = {"nobody": 404} | all_of((*REPORTERS[1:], *OUTSIDE), 404)
ONLY_ACCOUNTS = {"nobody": 401} | all_of(EVERYBODY[1:], 403)
del ONLY_ACCOUNTS["account"]
ONLY_ITS_ACCOUNT = ONLY_ACCOUNTS | {"account": 404}
ONLY_ITS_OWNER = NO_STAFF | all_of((*OUTSIDE, *STAFF), 404)
del ONLY_ITS_OWNER["own_officer"]
NO_SIGNATURE = all_of(EVERYBODY, 401)
NOBODY = all_of(EVERYBODY, 404)
OPEN: Answers = {}


@dataclass(frozen=True)
class Case:
    """What is asked, of a report in which state, and who is refused how."""

    refused: Answers
    state: str = "none"
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    part: str | None = None
    """A form with files: the name of the part that is JSON."""
    once: bool = False
    """It can be done once: everybody who is let through gets a scene of their own."""


REPLY = {"text": "Belum selesai."}
BROUGHT = {"brought_by": "visit", "text": "Belum selesai."}
MANUAL = {
    "classification": "complaint",
    "title": "Jalan",
    "body": "Rusak.",
    "channel": "letter",
    "reporter": {"name": "Warga", "phone": "+6281234567890"},
}
POST = {
    "classification": "complaint",
    "title": "Jalan",
    "body": "Rusak.",
    "url": "https://x.com/i/status/1790000000000007777",
    "author": "Warga",
}
ASKING = {"kind": "hold", **REASON}
NOT_AUTHORITY = {"suggested_agency_id": MISSION, "reason": "Bukan wewenang."}
DEFERRAL = {"kind": "incomplete_data", "note": "Di mana?"}
ARCHIVING = {"category": "incomplete", "note": "Tidak lengkap."}
FILE_OF_MESSAGE = "/reports/{number}/follow-ups/{command_id}/attachments/{attachment_id}"
FILE = "/reports/{number}/attachments/{attachment_id}"
OF_DINAS = {"agency": DINAS}

OVERSEEN = frozenset(
    {
        "routing GET /me",
        "routing POST /me/password",
        "routing GET /queue",
        "routing GET /queue/counts",
        "routing GET /queue/choices",
        "routing GET /reports/{number}",
        "routing GET /reports/{number}/document",
        "routing GET /reports/{number}/attachments/{attachment_id}",
        "routing GET /reports/{number}/attachments/{attachment_id}/preview",
        "routing GET /agencies",
        "routing GET /agencies/{agency_id}",
        "routing GET /categories",
        "routing GET /tags",
        "routing GET /programmes",
        "reporting GET /statistics/management",
        "reporting GET /statistics/agencies",
        "reporting GET /statistics/usage",
        "reporting GET /statistics/places",
        "routing GET /agency-choices",
    }
)
"""What an overseer is let through to, beside what is open to everybody."""

OF_ONESELF = frozenset(
    f"routing {method} /reports/{{number}}/form-drafts/{{action}}" for method in ("GET", "DELETE")
)
"""What is of the person who asks, whoever reads the report."""

CASES: dict[str, Case] = {
    "intake POST /reports": Case(OPEN, body={}),
    "intake POST /reports/with-attachments": Case(OPEN, body={}, part="report"),
    "intake POST /reports/check": Case(OPEN, body={}),
    # Drafts are found by the secret of who keeps them, which nobody here has sent.
    "intake POST /drafts": Case(OPEN),
    "intake GET /drafts/{draft_id}": Case(OPEN),
    "intake DELETE /drafts/{draft_id}": Case(OPEN),
    "intake GET /reports/manual/channels": Case(NO_STAFF),
    "intake GET /reports": Case(OPEN),
    "intake GET /reports/{number}": Case(ONLY_ITS_REPORTER, "secret"),
    "intake GET /reports/{number}/document": Case(NOBODY, "secret"),
    f"intake GET {FILE}": Case(ONLY_ITS_REPORTER, "attached"),
    "intake POST /reports/{number}/access-code": Case(ONLY_A_REPORTER, "verified"),
    "intake POST /reports/{number}/access": Case(NOBODY, "verified", {"access_code": "AAAA"}),
    "intake POST /reports/{number}/access-code/recovered": Case(
        NOBODY, "verified", {"recovery_token": "AAAA"}
    ),
    "intake DELETE /reports/{number}/access": Case(REPORTER, "verified"),
    "intake POST /reports/manual": Case(NO_STAFF, body=MANUAL),
    "intake POST /reports/manual/with-attachments": Case(NO_STAFF, body=MANUAL, part="report"),
    "intake POST /channels/sms": Case(NO_SIGNATURE, body={}),
    "intake GET /channels/x": Case(NO_STAFF),
    "intake GET /channels/x/posts": Case(NO_STAFF, query={"url": "1790000000000000001"}),
    "intake POST /channels/x/reports": Case(NO_STAFF, body=POST),
    "intake POST /reporters": Case(OPEN, body={}),
    "intake POST /reporters/sign-in": Case(OPEN, body={}),
    "intake POST /reporters/refresh": Case(OPEN, body={}),
    "intake POST /reporters/sign-out": Case(OPEN, body={}),
    "intake POST /reporters/me/password": Case(
        ONLY_ACCOUNTS, body={"current_password": "dulu", "password": "kata sandi yang baru"}
    ),
    "intake GET /reporters/me/reports": Case(ONLY_ACCOUNTS),
    # Each for a token that notification gave, which nobody here has.
    "intake POST /reporters/password": Case(
        NO_SIGNATURE, body={"recovery_token": "AAAA", "password": "kata sandi yang baru"}
    ),
    "intake POST /reporters/me/reports": Case(ONLY_ITS_ACCOUNT, body={"proof_token": "AAAA"}),
    "intake POST /reporters/me/contact-changes": Case(
        ONLY_ACCOUNTS, body={"proof_token": "AAAA", "current_password": "dulu"}
    ),
    "intake GET /reporters/me/contact-changes": Case(ONLY_ACCOUNTS),
    "intake POST /reporters/me/contact-changes/{channel}/apply": Case(ONLY_ACCOUNTS, "reachable"),
    "intake DELETE /reporters/me/contact-changes/{channel}": Case(ONLY_ACCOUNTS, "reachable"),
    "intake POST /reporters/me/contacts/{channel}/removal": Case(
        ONLY_ACCOUNTS, "reachable", {"current_password": "dulu"}
    ),
    "intake GET /reports/{number}/contact-changes": Case(ONLY_A_REPORTER, "reachable"),
    "intake POST /reports/{number}/contact-changes": Case(
        ONLY_A_REPORTER, "reachable", {"proof_token": "AAAA", "safe": False}
    ),
    "intake POST /reports/{number}/contact-changes/{channel}/apply": Case(
        ONLY_A_REPORTER, "reachable"
    ),
    "intake DELETE /reports/{number}/contact-changes/{channel}": Case(ONLY_A_REPORTER, "reachable"),
    "intake POST /reports/{number}/contacts/{channel}/removal": Case(
        ONLY_A_REPORTER, "reachable", once=True
    ),
    "intake POST /contact-changes/stop": Case(NOBODY, body={"token": "AAAA"}),
    "notification GET /reporters/me/contacts": Case(ONLY_ACCOUNTS),
    "notification POST /reporters/me/contacts/{channel}/code": Case(ONLY_ITS_ACCOUNT, "reachable"),
    "notification POST /reporters/me/contacts/{channel}/proof": Case(
        ONLY_ITS_ACCOUNT, "reachable", {"code": "000000"}
    ),
    "notification POST /reporters/me/new-contact/code": Case(
        ONLY_ACCOUNTS, body={"contact": "a@contoh.id"}
    ),
    "notification POST /reporters/me/new-contact/proof": Case(
        ONLY_ACCOUNTS, body={"contact": "a@contoh.id", "code": "000000"}
    ),
    "notification POST /reports/{number}/new-contact/code": Case(
        ONLY_A_REPORTER, "reachable", {"contact": "a@contoh.id"}
    ),
    "notification POST /reports/{number}/new-contact/proof": Case(
        ONLY_A_REPORTER, "reachable", {"contact": "a@contoh.id", "code": "000000"}
    ),
    "notification GET /reporters/me/earlier-reports": Case(ONLY_ACCOUNTS),
    "notification POST /reporters/me/earlier-reports/{number}": Case(
        ONLY_ITS_ACCOUNT, "reachable", {}
    ),
    "notification POST /account-recovery": Case(OPEN, body={"contact": "a@contoh.id"}),
    "notification POST /account-recovery/proof": Case(
        OPEN, body={"request_token": "dari-orang-lain", "code": "000000"}
    ),
    "notification GET /reports/{number}/contacts": Case(ONLY_A_REPORTER, "reachable"),
    "notification POST /reports/{number}/contacts/{channel}/code": Case(
        ONLY_A_REPORTER, "reachable"
    ),
    "notification POST /reports/{number}/contacts/{channel}/proof": Case(
        ONLY_A_REPORTER, "reachable", {"code": "000000"}
    ),
    "notification POST /reports/{number}/contacts/sms/sender": Case(
        ONLY_A_REPORTER, "reachable", {"phone": "+6281234567890"}
    ),
    "notification POST /reports/{number}/contacts/sms/stop": Case(ONLY_A_REPORTER, "reachable"),
    "notification PUT /reports/{number}/preferences": Case(
        ONLY_A_REPORTER,
        "reachable",
        {"stopped": False, "email": True, "sms": False, "muted": []},
    ),
    # Who asks and who shows a code is answered alike, whatever there is.
    "notification POST /recovery": Case(OPEN, "reachable", {"number": 1, "contact": "a@contoh.id"}),
    "notification POST /recovery/proof": Case(
        OPEN, "reachable", {"number": 1, "contact": "a@contoh.id", "code": "000000"}
    ),
    "notification GET /unsubscribe/{token}": Case(NOBODY),
    "notification POST /unsubscribe": Case(NOBODY, body={"token": str(UUID(int=0))}),
    "notification GET /me/email": Case(NO_STAFF),
    "notification GET /me/messages": Case(NO_STAFF),
    "notification PUT /me/messages": Case(NO_STAFF, body={"stopped": False, "kinds": {}}),
    "notification GET /me/bell": Case(NO_STAFF),
    "notification GET /me/bell/live": Case(NO_STAFF),
    "notification POST /me/bell/read": Case(NO_STAFF, body={"id": 1}),
    "notification POST /me/bell/reports/{number}/read": Case(NO_STAFF, "verified"),
    "notification POST /me/bell/{item_id}/read": Case(ONLY_ITS_OWNER, "rung"),
    "notification POST /me/email/link": Case(
        NO_STAFF | all_of((*OUTSIDE, *STAFF), 404), "without_addresses"
    ),
    "notification POST /me/email/proof": Case(NO_STAFF, body={"token": "1.x"}),
    "notification POST /leaders/{agency_id}/proof": Case(OPEN, body={"token": "1.x"}),
    "notification POST /sms/deliveries": Case(NO_SIGNATURE, body={}),
    "intake GET /partner/reports/{external_id}": Case(
        {"nobody": 401} | all_of(EVERYBODY[1:], 403) | {"partner": 404}
    ),
    "intake GET /regions": Case(OPEN),
    "intake GET /regions/{code}": Case(OPEN),
    "intake GET /region-levels": Case(OPEN),
    "intake GET /agencies": Case(OPEN),
    "intake GET /categories": Case(OPEN),
    "intake GET /classifications": Case(OPEN),
    "routing POST /sign-in": Case(OPEN, body={}),
    "routing POST /refresh": Case(OPEN, body={}),
    "routing POST /sign-out": Case(OPEN, body={}),
    "routing GET /me": Case(NO_STAFF),
    "routing GET /me/stand-in": Case(NO_STAFF),
    "routing PUT /me/stand-in": Case(NO_STAFF, body={}),
    "routing DELETE /me/stand-in": Case(NO_STAFF),
    "routing GET /owed": Case(NO_STAFF),
    "routing GET /owed/counts": Case(NO_STAFF),
    "routing GET /queue": Case(READING, query={"tab": "in_process", **OF_DINAS}),
    "routing GET /report-titles": Case(NO_STAFF, query={"number": "1"}),
    "routing GET /saved-views": Case(NO_STAFF),
    "routing POST /saved-views": Case(NO_STAFF, body={}),
    "routing DELETE /saved-views/{view_id}": Case(ONLY_ITS_OWNER, "view"),
    "routing GET /queue/counts": Case(READING, query=OF_DINAS),
    "routing GET /queue/choices": Case(NO_STAFF),
    "routing GET /reports/{number}/verification": Case(READING, "verified"),
    "routing PUT /reports/{number}/checklist": Case(ADMIN, "verified", {"checked": []}),
    "routing GET /reports/{number}/answer-templates": Case(READING, "verified"),
    "routing GET /reports/{number}/similar": Case(READING, "verified"),
    "routing GET /unreached": Case(NO_STAFF),
    "routing POST /reports/{number}/told-otherwise": Case(
        OFFICER, "verified", {"message_id": str(UUID(int=1))}
    ),
    "routing GET /reports/{number}": Case(READING, "verified"),
    "routing GET /reports/{number}/document": Case(READING, "verified"),
    "routing GET /reports/{number}/follow-ups/{command_id}/letter": Case(READING, "answered"),
    "routing PUT /reports/{number}/presence": Case(READING, "verified"),
    "routing PUT /reports/{number}/form-drafts/{action}": Case(
        READING, "verified", {"fields": {"text": ["Belum"]}}
    ),
    "routing GET /reports/{number}/form-drafts/{action}": Case(ONLY_ITS_OWNER, "drafted"),
    # Whether there is one or not, and whoever reads the report.
    "routing DELETE /reports/{number}/form-drafts/{action}": Case(NO_STAFF, "verified"),
    "routing GET /reports/{number}/suggested-agencies": Case(READING, "verified"),
    "routing POST /reports/{number}/reveal": Case(PUSAT_READING, "anonymous", REASON),
    f"routing GET {FILE}": Case(READING, "attached"),
    f"routing GET {FILE}/preview": Case(READING, "pictured"),
    f"routing GET {FILE}/original": Case(PUSAT_READING, "sealed"),
    "routing POST /reports/{number}/verify": Case(ADMIN, "unverified", VERIFICATION),
    "routing POST /reports/{number}/amend": Case(ADMIN, "verified", {"title": "Baru"}),
    "routing POST /reports/{number}/throw": Case(ADMIN, "unverified", {"agency_id": BIDANG}),
    "routing POST /reports/{number}/defer": Case(ADMIN, "unverified", DEFERRAL),
    "routing POST /reports/{number}/archive": Case(ADMIN, "unverified", ARCHIVING),
    "routing POST /reports/{number}/restore": Case(ADMIN, "archived", REASON),
    "routing POST /reports/{number}/forward": Case(ADMIN, "verified", {"agency_id": BIDANG}),
    "routing POST /reports/{number}/copies": Case(ADMIN, "verified", {"agency_ids": []}),
    "routing POST /reports/{number}/tags": Case(ADMIN, "verified", {"tag_ids": [1]}),
    # Of a report that is not theirs, each is told so as the result of that report.
    "routing POST /bulk-commands/throw": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/throw/preview": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/forward": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/forward/preview": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/tag": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/tag/preview": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/archive": Case(NO_STAFF, body={}),
    "routing POST /bulk-commands/archive/preview": Case(NO_STAFF, body={}),
    "routing GET /bulk-commands": Case(NO_STAFF),
    "routing GET /bulk-commands/{bulk_id}": Case(ONLY_ITS_OWNER, "bulk"),
    "followup GET /reports/{number}/linked-follow-ups": Case(READING, "verified"),
    "followup POST /reports/{number}/linked-follow-ups": Case(
        OFFICER, "verified", {"numbers": [7], "form": {"kind": "initial_response", "text": "Ya."}}
    ),
    "routing POST /reports/{number}/link": Case(ADMIN, "verified", {"main_number": 7}),
    "routing POST /reports/{number}/unlink": Case(ADMIN, "verified", {}),
    "routing GET /agencies": Case(NO_STAFF),
    "routing GET /agencies/{agency_id}": Case(NO_STAFF),
    "routing GET /agency-choices": Case(NO_STAFF),
    "routing GET /staff": Case(READING, query=OF_DINAS),
    "routing GET /categories": Case(NO_STAFF),
    "routing GET /tags": Case(NO_STAFF),
    "routing GET /programmes": Case(NO_STAFF),
    "routing GET /verification-choices": Case(NO_STAFF),
    "routing GET /archive-categories": Case(NO_STAFF),
    "routing GET /deferral-kinds": Case(NO_STAFF),
    "routing GET /policy": Case(READING, query={"agency_id": DINAS}),
    "routing GET /policy/versions": Case(READING, query={"agency_id": DINAS}),
    "routing PUT /policy": Case(PUSAT, body={}),
    "routing GET /closed-days/{year}": Case(NO_STAFF),
    "routing PUT /closed-days/{year}": Case(PUSAT, body={"items": []}),
    "routing GET /closed-days/{year}/decreed": Case(PUSAT),
    "routing GET /commands/{command_id}": Case(AUTHOR, "asked"),
    "followup POST /reports/{number}/follow-ups": Case(OFFICER, "verified", FOLLOW_UP),
    "followup GET /reports/{number}/follow-ups": Case(READING, "verified"),
    "followup POST /reports/{number}/follow-ups/with-attachments": Case(
        OFFICER, "verified", FOLLOW_UP, part="message"
    ),
    f"followup GET {FILE_OF_MESSAGE}": Case(STAFF_AND_REPORTER, "answered"),
    "followup POST /reports/{number}/rectify": Case(
        OFFICER, "in_process", {"rectifies": str(UUID(int=1)), **REASON}
    ),
    "followup POST /reports/{number}/coordination": Case(OFFICER, "verified", {"note": "Ya."}),
    "followup POST /reports/{number}/assisted-replies": Case(OFFICER, "in_process", BROUGHT),
    "followup POST /reports/{number}/assisted-information": Case(OFFICER, "questioned", BROUGHT),
    "followup POST /reports/{number}/replies": Case(REPORTER, "in_process", REPLY),
    "followup POST /reports/{number}/replies/with-attachments": Case(
        REPORTER, "in_process", REPLY, part="message"
    ),
    "followup POST /reports/{number}/information": Case(REPORTER, "questioned", REPLY),
    "followup POST /reports/{number}/information/with-attachments": Case(
        REPORTER, "questioned", REPLY, part="message"
    ),
    "followup POST /reports/{number}/satisfaction": Case(REPORTER, "in_process", {"rating": 5}),
    "followup POST /reports/{number}/rating": Case(REPORTER, "closed", {"rating": 5}),
    "followup POST /reports/{number}/objection": Case(
        REPORTER, "closed", {"objection_reason": "not_solved"}
    ),
    "followup POST /reports/{number}/withdrawal": Case(REPORTER, "unverified", {}),
    "followup POST /reports/{number}/not-authority": Case(OFFICER, "verified", NOT_AUTHORITY),
    "followup POST /reports/{number}/requests": Case(OFFICER, "in_process", ASKING),
    "followup POST /reports/{number}/requests/{request_id}/accept": Case(ABOVE, "asked", {}),
    "followup POST /reports/{number}/requests/{request_id}/reject": Case(ABOVE, "asked", REASON),
    "followup POST /reports/{number}/requests/{request_id}/withdraw": Case(ASKER, "asked", {}),
    "followup POST /reports/{number}/requests/{request_id}/reject (not-authority)": Case(
        ABOVE, "not_authority", REASON
    ),
    "followup POST /reports/{number}/requests/{request_id}/withdraw (not-authority)": Case(
        ASKER, "not_authority", {}
    ),
    "followup POST /reports/{number}/hold": Case(ABOVE, "in_process", REASON),
    "followup POST /reports/{number}/release": Case(ABOVE, "held", REASON),
    "followup POST /reports/{number}/close": Case(ABOVE, "in_process", REASON),
    "followup POST /reports/{number}/reopen": Case(ABOVE, "closed", REASON),
    "followup POST /bulk-commands/coordinate": Case(NO_STAFF, body={}),
    "followup POST /bulk-commands/coordinate/preview": Case(NO_STAFF, body={}),
    "followup GET /commands/{command_id}": Case(AUTHOR, "asked"),
    "followup GET /commands/{command_id}/text": Case(AUTHOR, "asked"),
    "reporting GET /downloads/tabs": Case(NO_STAFF),
    "reporting GET /downloads": Case(NO_STAFF),
    "reporting POST /downloads": Case(
        READING, body={"selection": {"tab": "incoming", **OF_DINAS}, "format": "csv"}
    ),
    "reporting GET /downloads/{id}": Case(ONLY_ITS_OWNER, "download"),
    "reporting POST /downloads/{id}/cancel": Case(ONLY_ITS_OWNER, "download"),
    "reporting POST /downloads/{id}/resume": Case(ONLY_ITS_OWNER, "download"),
    "reporting GET /downloads/{id}/file": Case(ONLY_ITS_OWNER, "download"),
    "reporting GET /figures/public": Case(OPEN),
    "reporting GET /statistics/management": Case(READING, query=OF_DINAS),
    "reporting GET /statistics/comments": Case(READING, query=OF_DINAS),
    "reporting GET /statistics/agencies": Case(READING, query=OF_DINAS),
    "reporting GET /statistics/staff": Case(ADMIN, query=OF_DINAS),
    "reporting GET /statistics/usage": Case(READING, query=OF_DINAS),
    "reporting GET /statistics/places": Case(READING, query=OF_DINAS),
    "reporting GET /statistics/reports": Case(READING, query=OF_DINAS),
    "reporting GET /events": Case(NO_STAFF),
}
"""By service, method and path, as its OpenAPI document has them."""
