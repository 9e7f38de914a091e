"""Fields of forms: what they say is what the services take; junk is no 500."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, LiteralString

import httpx
import pytest

from deploy.local.postgres import DATABASE
from services.portal.panel.forms import FORMS as ACTION_FORMS
from shared.lifecycle.actions import Action
from tests.portal.by_request import dispose, follow_up, sends, submit, waits_for
from tests.portal.conftest import Portal
from tests.portal.reading import Form, Reader

pytestmark = pytest.mark.timeout(900)

Reads = Callable[..., Reader]
JUNK = ("abc", "-1", "9" * 30, "9" * 5_000, "1.5", "²", "٣", "\x00")
WORDS = "Kata-kata yang tidak boleh hilang."
OF_THE_FORM = {"csrf", "halaman", "kunci", "langkah", "versi"}
LIMITED = ("title", "body", "place", "note", "reason", "phone", "email", "nik")
OF_ANOTHER_KIND = ("Coordination", "LeaderForm")
"""An internal note, and a person's title."""


@pytest.fixture(scope="module")
def reads(portal: Portal) -> Iterator[Callable[..., Reader]]:
    """A person without a browser, perhaps signed in as somebody; each signs in once."""
    portal.forgets_who_came()
    people: dict[str | None, Reader] = {}

    def person(username: str | None = None) -> Reader:
        if username not in people:
            people[username] = Reader(portal, username)
        return people[username]

    yield person
    for one in people.values():
        one.close()


@pytest.fixture(scope="module")
def reports(reads: Reads) -> dict[str, str]:
    """Reports of Kabupaten Bandung by what became of them, made once."""
    made = {name: submit(reads())[0] for name in ("fresh", "verified", *_ON)}
    admin, officer = reads(_ADMIN), reads(_OFFICER)
    for name in ("verified", "followed", "held", "closed"):
        dispose(admin, made[name])
    for name in ("followed", "held", "closed"):
        follow_up(officer, made[name], WORDS)
    sends(admin, f"/panel/laporan/{made['held']}/hold", reason=WORDS)
    sends(admin, f"/panel/laporan/{made['closed']}/close", reason=WORDS)
    sends(admin, f"/panel/laporan/{made['linked']}/link", main_number=made["fresh"])
    archived = {"category": "incomplete", "note": WORDS}
    sends(admin, f"/panel/laporan/{made['archived']}/archive", **archived)
    for name, actions in _ON.items():
        waits_for(admin, f"{made[name]}/{actions[0]}", 'id="formulir"')
    return made


_EVERY_KIND = pytest.param(len(JUNK), id="every kind", marks=pytest.mark.nightly)
_KINDS = pytest.mark.parametrize("kinds", [pytest.param(2, id="two kinds"), _EVERY_KIND])
_ADMIN = "admin.kab.bandung"
_OFFICER = "petugas.pupr.kab.bandung"
_OF_FRESH = (Action.VERIFY, Action.THROW, Action.DEFER, Action.ARCHIVE)
_ON: dict[str, tuple[Action, ...]] = {
    "followed": (Action.HOLD, Action.CLOSE, Action.REQUEST_HOLD, Action.REQUEST_CLOSE),
    "held": (Action.RELEASE, Action.REQUEST_RELEASE),
    "closed": (Action.REOPEN, Action.REQUEST_REOPEN),
    "linked": (Action.UNLINK,),
    "archived": (Action.RESTORE,),
}
"""What a report has to be for a form to be drawn."""
_WHERE: dict[Action, str] = {
    action: name for name, actions in {"fresh": _OF_FRESH, **_ON}.items() for action in actions
}
_ELSE = "verified"
_ASKED_FOR = [action for action in _WHERE if action.startswith("request_")]
_OF_WHO_IS_HELPED = (Action.REPLY, Action.COMPLETE_INFORMATION)
FORMS = (
    # page, who, service, path
    ("/buat-laporan", None, "intake", "/reports"),
    ("/panel/buat", _ADMIN, "intake", "/reports/manual"),
    ("/panel/pengguna/tambah", "admin.pusat", "routing", "/management/staff"),
    ("/panel/instansi/tambah", "admin.pusat", "routing", "/management/agencies"),
    ("/daftar", None, "intake", "/reporters"),
    # Of every action its own page, but that of copies: it has agencies once some are searched for.
    *(
        (
            f"/panel/laporan/{{{_WHERE.get(Action(action), _ELSE)}}}/{action}",
            _OFFICER if action in _ASKED_FOR else _ADMIN,
            form.service,
            form.path,
        )
        for action, form in ACTION_FORMS.items()
        if not form.many and action not in _OF_WHO_IS_HELPED
    ),
)
EMPTIED = {
    "FollowUpForm": {"outcome"},
    "Amendment": {"title", "body", "classification", "category_id"},
    "VerificationForm": {"title", "body"},
    "SubmissionForm": {"title", "name"},
    "SignUpForm": {"name"},
}
"""Required though the schema does not say so: where left out would mean unchanged, which no form
says, and where the service asks for it in its own words (a contact, the web form's title)."""


@pytest.mark.parametrize(("path", "who", "service", "endpoint"), FORMS)
def test_a_form_asks_what_its_service_asks(
    reads: Reads,
    portal: Portal,
    reports: dict[str, str],
    path: str,
    who: str | None,
    service: str,
    endpoint: str,
) -> None:
    path = path.format(**reports)
    form = reads(who).opens(path).form(path)
    described = httpx.get(f"{getattr(portal, service)}/openapi.json", timeout=60).json()
    known = described["components"]["schemas"]
    content = described["paths"][endpoint]["post"]["requestBody"]["content"]
    schema = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    wanted = known[schema]["properties"]
    checked = 0
    for one in form.fields:
        about = wanted.get(one.name)
        if about is None or one.kind == "hidden":
            continue
        limit = _found(about, "maxLength")
        if one.kind in ("text", "textarea") and limit is not None:
            assert one.limit == limit, (path, one.name)
        offered = _found(about, "enum") or _enum(about, known)
        if one.kind == "select" and offered:
            assert set(one.options) - {""} <= set(offered), (path, one.name)
        if one.name in known[schema].get("required", ()):
            assert "tidak wajib" not in one.label, (path, one.name)
        elif one.required:
            assert one.name in EMPTIED.get(schema, ()), (path, one.name)
        checked += 1
    assert checked


def test_the_manual_form_offers_the_channels_that_are_taken(reads: Reads, portal: Portal) -> None:
    form = reads("admin.kab.bandung").opens("/panel/buat").form("/panel/buat")
    known = httpx.get(f"{portal.intake}/openapi.json").json()["components"]["schemas"]
    offered = [code for code in form.named("channel").options if code]
    assert offered == known["ManualForm"]["properties"]["channel"]["enum"]
    assert "x" not in offered


def test_a_field_has_one_limit_in_every_service(portal: Portal) -> None:
    found: dict[str, dict[int, list[str]]] = {name: {} for name in LIMITED}
    for service in ("intake", "routing", "followup"):
        known = httpx.get(f"{getattr(portal, service)}/openapi.json", timeout=60).json()[
            "components"
        ]
        for schema, about in known["schemas"].items():
            for name, one in about.get("properties", {}).items():
                limit = _found(one, "maxLength")
                if name in LIMITED and limit is not None and schema not in OF_ANOTHER_KIND:
                    found[name].setdefault(limit, []).append(f"{service} {schema}")
    assert {name: limits for name, limits in found.items() if len(limits) != 1} == {}


@_KINDS
@pytest.mark.parametrize(
    ("path", "who", "texts"),
    [
        ("/buat-laporan", None, {"title": WORDS, "body": WORDS, "name": "A", "phone": "x"}),
        ("/panel/buat", "admin.kab.bandung", {"title": WORDS, "body": WORDS}),
        ("/panel/laporan/{fresh}/verify", "admin.kab.bandung", {"body": WORDS}),
        ("/panel/laporan/{fresh}/throw", "admin.kab.bandung", {"note": WORDS}),
        ("/panel/laporan/{fresh}/defer", "admin.kab.bandung", {"note": WORDS}),
        ("/panel/laporan/{verified}/forward", "admin.kab.bandung", {"note": WORDS}),
        (
            "/panel/laporan/{verified}/request_not_authority",
            "petugas.pupr.kab.bandung",
            {"reason": WORDS},
        ),
        ("/panel/laporan/{verified}/coordinate", "admin.kab.bandung", {"note": WORDS}),
        ("/panel/pengguna/tambah", "admin.pusat", {"name": WORDS}),
        ("/panel/instansi/tambah", "admin.pusat", {"name": WORDS}),
    ],
)
def test_junk_in_a_field_is_an_error_beside_words_that_stay(
    reads: Reads,
    portal: Portal,
    reports: dict[str, str],
    path: str,
    who: str | None,
    texts: dict[str, str],
    kinds: int,
) -> None:
    portal.forgets_who_came()
    path = path.format(**reports)
    person = reads(who)
    form = person.opens(path).form(path)
    step = "periksa" if path == "/buat-laporan" else "kirim"
    ids = [name for name in _ids_of(form) if name not in texts]
    assert ids
    for place, name in enumerate(ids):
        for junk in _some_junk(place, kinds):
            page = person.sends(form, langkah=step, **texts, **{name: junk})
            assert page.status < 500, (path, name, junk[:20])
            if page.status >= 400:
                assert WORDS in page.html, (path, name, junk[:20])
        portal.forgets_who_came()


@_KINDS
@pytest.mark.parametrize("who", [None, "admin.pusat"])
def test_junk_in_an_address_is_a_page_that_says_so(
    reads: Reads, who: str | None, kinds: int
) -> None:
    person = reads(who)
    paths = (
        (
            "/panel?tab=", "/panel?agency=", "/panel?region=", "/panel?category=", "/panel?lanjut=",
            "/panel/pengguna?agency_id=", "/panel/pengguna?lanjut=", "/panel/instansi?lanjut=",
            "/panel/pengguna/tambah?instansi=", "/panel/instansi/tambah?induk=", "/panel/laporan/",
            "/panel/waktu-proses?instansi=", "/panel/hari-libur?tahun=", "/panel/unduh?agency=",
            "/panel/unduh?tab=", "/panel/webhook/", "/panel/instansi/", "/panel/impor/",
            "/panel/acuan/kategori/", "/panel/riwayat?lanjut=",
        )
        if who
        else (
            "/laporan/", "/laporan?q=", "/laporan?category=", "/laporan?region=", "/laporan?tab=",
            "/laporan?lanjut=", "/lacak?nomor=", "/buat-laporan?lanjutan=", "/buat-laporan?anonim=",
        )
    )  # fmt: skip
    for place, path in enumerate(paths):
        for junk in _some_junk(place, kinds):
            answer = person.http.get(path + str(httpx.QueryParams({"": junk}))[1:])
            assert answer.status_code < 500, (path, junk[:20])
            assert "text/html" in answer.headers["content-type"], (path, junk[:20])


def test_a_form_saves_what_it_no_longer_offers(
    reads: Reads, portal: Portal, reports: dict[str, str]
) -> None:
    portal.forgets_who_came()
    number, person = reports["verified"], reads("admin.kab.bandung")
    path = f"/panel/laporan/{number}/amend"
    form = person.opens(path).form(path)
    tag = next(one.value for one in form.fields if one.name == "tag_ids")
    programme = next(code for code in form.named("programme_id").options if code)
    person.sends(form, langkah="kirim", tag_ids=tag, programme_id=programme)
    chosen = {"tag": tag, "programme": programme, "category": form.named("category_id").value}
    with portal.postgres.administer(DATABASE) as connection:
        for table, one in chosen.items():
            connection.execute(_ACTIVE[table], (False, int(one)))
        try:
            page = person.opens(path)
            assert page.html.lower().count("tidak dipakai lagi") == 3
            saved = person.sends(page.form(path), langkah="kirim", title="Judul Baru")
            assert re.search("berhasil|segera dijalankan", saved.html)
            until = time.monotonic() + 60
            kept = None
            while not (kept and kept[0] == "Judul Baru") and time.monotonic() < until:
                time.sleep(0.2)
                kept = connection.execute(
                    "SELECT t.title, t.tag_ids, t.programme_id, r.category_id"
                    " FROM lifecycle.report_text t JOIN lifecycle.report r USING (number)"
                    " WHERE t.number = %s",
                    (int(number),),
                ).fetchone()
        finally:
            for table, one in chosen.items():
                connection.execute(_ACTIVE[table], (True, int(one)))
    assert kept == ("Judul Baru", [int(tag)], int(programme), int(chosen["category"]))


def test_names_are_taken_in_capitals_and_with_spaces_around(reads: Reads, portal: Portal) -> None:
    portal.forgets_who_came()
    for name in ("Admin.Pusat", " admin.pusat ", "ADMIN.KAB.BANDUNG"):
        assert "Keluar" in reads(name).opens("/panel").html


_ACTIVE: dict[str, LiteralString] = {
    "tag": "UPDATE routing.tag SET active = %s WHERE id = %s",
    "programme": "UPDATE routing.programme SET active = %s WHERE id = %s",
    "category": "UPDATE routing.category SET active = %s WHERE id = %s",
}


def _some_junk(place: int, kinds: int) -> list[str]:
    """So many kinds for a field of a form or an address; the next one gets the next ones."""
    return [JUNK[(place * kinds + further) % len(JUNK)] for further in range(kinds)]


def _ids_of(form: Form) -> list[str]:
    """Fields that take what the page offers, the hidden ones, and agencies to search for."""
    kinds = ("select", "radio", "checkbox", "hidden", "date")
    names = [one.name for one in form.fields if one.kind in kinds]
    searched = [one.name for one in form.fields if one.name.endswith("_cari")]
    names += [name.removesuffix("_cari") for name in searched]
    return [name for name in dict.fromkeys(names) if name not in OF_THE_FORM]


def _found(about: dict[str, Any], key: str) -> Any:
    """In the schema of a field, or of what it may be beside null."""
    if key in about:
        return about[key]
    return next((one[key] for one in about.get("anyOf", ()) if key in one), None)


def _enum(about: dict[str, Any], known: dict[str, Any]) -> list[str]:
    name = about.get("$ref", "").rpartition("/")[2]
    return list(known.get(name, {}).get("enum", ()))
