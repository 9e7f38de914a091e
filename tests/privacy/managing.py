"""Who may manage people, agencies, reference data and what goes out, endpoint by endpoint.

The person and the agency managed are the dinas' own: new ones for each trial, since some do not
outlive it.
"""

from tests.cluster import ADMIN, OFFICER
from tests.privacy.expectations import (
    EVERYBODY,
    NO_STAFF,
    OPEN,
    OUTSIDE,
    PUSAT,
    STAFF,
    Answers,
    Case,
    all_of,
)
from tests.workflows.country import DINAS

COORDINATORS = ("coordinator", "coordinator_below", "coordinator_beside")

MANAGING = NO_STAFF | all_of((*OUTSIDE, *STAFF), 403)
for _one in ("pusat", *COORDINATORS):
    del MANAGING[_one]
IN_REACH: Answers = MANAGING | all_of(("coordinator_below", "coordinator_beside"), 404)
OUT_OF_REACH: Answers = MANAGING | all_of(("coordinator_below", "coordinator_beside"), 422)
"""Where the form names the agency."""
ONLY_ITS_MAKER: Answers = IN_REACH | {"pusat": 404}
"""The province's coordinator."""
OF_ANOTHER: Answers = MANAGING | all_of(("pusat", *COORDINATORS), 404)
"""Of what nobody has asked them."""
ITS_ADMINS = NO_STAFF | all_of(OUTSIDE, 404)
ITS_ADMINS |= all_of(("own_officer", "pusat_officer", "below_officer"), 403)
ADMINS_HERE = NO_STAFF | all_of(("own_officer", "pusat_officer", "below_officer"), 403)

THEIR_ADMINS = ITS_ADMINS | {"above": 404}
"""An agency's own, and whoever manages agencies above it."""
TEMPLATES = "routing {} /management/answer-templates"

PEOPLE = "routing {} /management/staff/{{staff_id}}"
AGENCY = "routing {} /management/agencies/{{agency_id}}"
HOOK = "reporting {} /webhooks/{{id}}"
NOTHING: dict[str, object] = {}
RETIRED = {"active": False}
STAND_IN = {"stand_in_id": OFFICER[0], "first_day": "2026-01-01", "last_day": "2026-01-02"}

MANAGING_CASES: dict[str, Case] = {
    TEMPLATES.format("GET"): Case(THEIR_ADMINS, query={"agency_id": DINAS}),
    TEMPLATES.format("POST"): Case(
        THEIR_ADMINS, body={"name": "Sudah", "text": "{nomor}"}, query={"agency_id": DINAS}
    ),
    TEMPLATES.format("GET") + "/{template_id}": Case(THEIR_ADMINS, "template"),
    TEMPLATES.format("PUT") + "/{template_id}": Case(
        THEIR_ADMINS, "template", {"name": "Sudah", "text": "{nomor}"}
    ),
    TEMPLATES.format("DELETE") + "/{template_id}": Case(THEIR_ADMINS, "template", once=True),
    "routing GET /letterhead": Case(ADMINS_HERE),
    "routing PUT /letterhead": Case(ADMINS_HERE, body=NOTHING),
    "intake GET /open311/discovery.{format}": Case(OPEN),
    "intake GET /open311/v2/discovery.{format}": Case(OPEN),
    "intake GET /open311/v2/services.{format}": Case(OPEN),
    "intake GET /open311/v2/services/{service_code}.{format}": Case(all_of(EVERYBODY, 404)),
    "intake POST /open311/v2/requests.{format}": Case(OPEN, body=NOTHING),
    "intake GET /open311/v2/requests.{format}": Case(OPEN),
    "intake GET /open311/v2/requests/{service_request_id}.{format}": Case(
        all_of(EVERYBODY, 404), "secret"
    ),
    "intake GET /open311/v2/tokens/{token}.{format}": Case(all_of(EVERYBODY, 404), "secret"),
    "routing GET /closed-days/redating": Case(PUSAT),
    "routing GET /management/staff": Case(MANAGING),
    "routing POST /management/staff": Case(
        OUT_OF_REACH,
        body={
            "username": "petugas.baru",
            "name": "Budi Baru",
            "role": "liaison_officer",
            "agency_id": DINAS,
        },
    ),
    PEOPLE.format("GET"): Case(IN_REACH, "person"),
    PEOPLE.format("PATCH"): Case(IN_REACH, "person", {"name": "Budi Baru"}),
    PEOPLE.format("DELETE"): Case(IN_REACH, "person"),
    PEOPLE.format("GET") + "/stand-in": Case(IN_REACH, "person"),
    PEOPLE.format("PUT") + "/stand-in": Case(IN_REACH, "person", STAND_IN),
    PEOPLE.format("DELETE") + "/stand-in": Case(IN_REACH, "person"),
    PEOPLE.format("POST") + "/restore": Case(IN_REACH, "person"),
    PEOPLE.format("POST") + "/password-link": Case(IN_REACH, "person"),
    PEOPLE.format("DELETE") + "/second-factor": Case(IN_REACH, "person"),
    "routing POST /password/by-link": Case(OPEN, body=NOTHING),
    "routing POST /password/by-link/check": Case(OPEN, body=NOTHING),
    "routing POST /me/password": Case(NO_STAFF, body=NOTHING),
    "routing POST /second-factor/enrol": Case(OPEN, body=NOTHING),
    "routing POST /second-factor/confirm": Case(OPEN, body=NOTHING),
    "routing POST /second-factor/remove": Case(OPEN, body=NOTHING),
    "routing POST /management/agencies": Case(
        OUT_OF_REACH,
        body={
            "code": "seksi-baru",
            "name": "Seksi Baru",
            "kind": "unit",
            "parent_id": DINAS,
            "zone": "WIB",
        },
    ),
    AGENCY.format("GET"): Case(IN_REACH, "agency"),
    AGENCY.format("PUT") + "/leader": Case(
        IN_REACH, "agency", {"name": "Ibu", "title": "Kepala", "email": "kepala@contoh.id"}
    ),
    # Nobody was named there.
    AGENCY.format("DELETE") + "/leader": Case(OF_ANOTHER, "agency"),
    AGENCY.format("PATCH"): Case(IN_REACH, "agency", {"name": "Seksi Baru"}),
    AGENCY.format("PUT") + "/aliases": Case(IN_REACH, "agency", {"aliases": ["Seksi"]}),
    AGENCY.format("DELETE"): Case(IN_REACH, "agency"),
    "routing POST /management/handovers": Case(
        OUT_OF_REACH, body={"kind": "assignments", "from_id": OFFICER[0], "to_id": ADMIN[0]}
    ),
    "routing GET /management/handovers/duties/{staff_id}": Case(IN_REACH, "person"),
    "routing GET /management/handovers/{handover_id}": Case(IN_REACH, "handover"),
    "routing GET /management/imports/template": Case(MANAGING),
    "routing GET /management/imports/agency-codes": Case(MANAGING),
    "routing GET /management/imports": Case(MANAGING),
    "routing POST /management/imports": Case(MANAGING, body=NOTHING, part="nothing"),
    "routing GET /management/imports/{import_id}": Case(ONLY_ITS_MAKER, "import"),
    "routing POST /management/imports/{import_id}/run": Case(ONLY_ITS_MAKER, "import"),
    "routing POST /management/imports/{import_id}/links": Case(ONLY_ITS_MAKER, "import"),
    "routing GET /management/reference-data": Case(PUSAT),
    "routing POST /management/categories": Case(PUSAT, body={"code": "baru", "name": "Baru"}),
    "routing PATCH /management/categories/{category_id}": Case(PUSAT, "reference", RETIRED),
    "routing PUT /management/categories/{category_id}/aliases": Case(
        PUSAT, "reference", {"aliases": ["Lubang"]}
    ),
    "routing POST /management/tags": Case(PUSAT, body={"category_id": 1, "name": "Baru"}),
    "routing PATCH /management/tags/{tag_id}": Case(PUSAT, "reference", RETIRED),
    "routing GET /management/archive-reasons": Case(PUSAT),
    "routing GET /management/recourse": Case(PUSAT),
    "routing POST /management/recourse": Case(
        PUSAT, body={"code": "kantor_baru", "name": "Kantor Baru", "how": "Datang saja."}
    ),
    "routing PATCH /management/recourse/{office}": Case(PUSAT, body={"active": True}),
    "routing PATCH /management/archive-reasons/{reason}": Case(PUSAT, body={"active": True}),
    "routing POST /management/programmes": Case(PUSAT, body={"name": "Baru"}),
    "routing PATCH /management/programmes/{programme_id}": Case(PUSAT, "reference", RETIRED),
    "routing GET /management/log": Case(MANAGING),
    "routing GET /second-person/requests": Case(MANAGING),
    "routing POST /second-person/requests/{request_id}/grant": Case(OF_ANOTHER, "asked"),
    "routing POST /second-person/requests/{request_id}/refuse": Case(OF_ANOTHER, "asked"),
    "reporting GET /open-data": Case(OPEN),
    "reporting GET /open-data/reports.{format}": Case(OPEN, query={"year": 2026}),
    "reporting GET /webhooks": Case(ADMINS_HERE),
    "reporting POST /webhooks": Case(
        ADMINS_HERE | all_of(OUTSIDE, 404) | {"below_officer": 403},
        # Let through, and then told that the address is not one to send to.
        body={"url": "https://127.0.0.1/lapor", "agency": DINAS},
    ),
    HOOK.format("GET"): Case(ITS_ADMINS, "webhook"),
    HOOK.format("DELETE"): Case(ITS_ADMINS, "webhook", once=True),
    HOOK.format("POST") + "/enable": Case(ITS_ADMINS, "webhook"),
    HOOK.format("POST") + "/secret": Case(ITS_ADMINS, "webhook"),
    HOOK.format("GET") + "/deliveries": Case(ITS_ADMINS, "webhook"),
    HOOK.format("POST") + "/deliveries/{delivery}/resend": Case(ITS_ADMINS, "webhook"),
}
