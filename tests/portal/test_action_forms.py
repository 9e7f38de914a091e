"""Which form the panel has for an action."""

import re
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.documentation import portal_contracts
from services.portal.form_data import FormData
from services.portal.panel.forms import FORMS
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.rules import RULES
from tests.portal.by_request import submit
from tests.portal.conftest import Portal
from tests.portal.reading import Reader

NOT_ASKED = {"latitude", "longitude"}
"""Services take them; the panel has no map."""
FILLED_IN = {"title", "body"}
"""Not required, and always there: the page shows what the report has."""
document = cache(portal_contracts.document)
ON_A_REQUEST = {Action.ACCEPT_REQUEST, Action.REJECT_REQUEST, Action.WITHDRAW_REQUEST}


def test_every_action_of_staff_has_a_form_but_decisions_which_stand_beside_the_request() -> None:
    of_staff = {
        action for action, rule in RULES.items() if rule.who - {Capacity.REPORTER, Capacity.SYSTEM}
    }
    assert FORMS.keys() == of_staff - ON_A_REQUEST


@pytest.mark.parametrize("action", FORMS)
def test_what_a_form_sends_is_what_its_endpoint_takes(action: str) -> None:
    """Filled in whole, and with what is required alone. One that fails needs a row in `FORMS`."""
    form = FORMS[action]
    described = document(form.service)
    operation = described["paths"].get(form.path, {}).get("post")
    assert operation, f"{form.service} has no POST {form.path}"
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    fields = described["components"]["schemas"][name.rpartition("/")[2]]
    properties, required = fields["properties"], set(fields.get("required", ()))
    whole = {field: _filled(about, described) for field, about in properties.items()}
    kinds = [
        {field: code}
        for field in ("kind", "outcome")
        for code in _codes(properties.get(field, {}), described)
    ]
    sent = [form.body(FormData(whole | kind)) for kind in kinds or [{}]]
    least = properties.keys() & (required | FILLED_IN)
    sent.append(form.body(FormData({field: whole[field] for field in least})))
    assert {field for body in sent for field in body} == properties.keys() - NOT_ASKED
    for body in sent:
        assert required <= body.keys()
        Draft202012Validator({**described, "$ref": name}).validate(body)
    assert form.files is (f"{form.path}/with-attachments" in described["paths"])


@pytest.mark.parametrize("action", [action for action in FORMS if FORMS[action].words])
def test_the_text_that_a_form_asks_for_is_sent(action: str) -> None:
    form = FORMS[action]
    assert form.body(FormData({form.words_field: "Kata."}))[form.words_field] == "Kata."


def _codes(field: Mapping[str, Any], described: Mapping[str, Any]) -> list[str]:
    field = field.get("anyOf", [field])[0]
    if "$ref" in field:
        field = described["components"]["schemas"][field["$ref"].rpartition("/")[2]]
    return list(field.get("enum", ()))


def _filled(field: Mapping[str, Any], described: Mapping[str, Any]) -> str | list[str]:
    """What a browser sends of a field, filled in as its schema has it."""
    for part in field.get("anyOf", ()):
        if part.get("type") != "null":
            return _filled(part, described)
    if codes := _codes(field, described):
        return codes[0]
    if field["type"] == "array":
        return [str(_filled(field["items"], described))]
    if field.get("format") == "uuid":
        return "00000000-0000-4000-8000-000000000001"
    return {"integer": "1", "number": "1.5", "boolean": "1", "string": "Kata."}[field["type"]]


def test_who_chose_no_tag_for_many_reports_is_told_to_choose_one(portal: Portal) -> None:
    number, _ = submit(portal)
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        form = admin.opens(f"/panel/massal?jenis=tag&nomor={number}").form("/panel/massal/tag")
        category = next(filter(None, form.named("category_id").options))
        for chosen in ("", category):
            page = admin.sends(form, category_id=chosen, langkah="periksa")
            assert page.status == 422 and "f-tag_ids" in page.ids
            assert page.html.count("Pilih kategori, lalu paling sedikit satu tag.") == 2


def test_what_is_wrong_is_called_as_its_field_is(portal: Portal) -> None:
    number, _ = submit(portal)
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        for path, action, step, wrong in (
            (f"/panel/laporan/{number}/link", "", "kirim", "Nomor laporan utama"),
            (f"/panel/laporan/{number}/archive", "", "kirim", "Keterangan Arsip"),
            (
                f"/panel/massal?jenis=archive&nomor={number}",
                "/panel/massal/archive",
                "periksa",
                "Keterangan Arsip",
            ),
            (f"/panel/laporan/{number}/defer", "", "kirim", "Keterangan Tunda"),
        ):
            page = admin.sends(admin.opens(path).form(action or path), langkah=step)
            assert page.status == 422
            assert re.search(rf'<li><a href="#f-\w+">{wrong}</a>: Wajib diisi\.', page.html), path
            assert wrong in {field.label.strip() for form in page.forms for field in form.fields}


def test_all_that_lacks_of_a_report_is_said_at_once(portal: Portal) -> None:
    everything = ["Judul", "Isi laporan", "Nomor telepon", "Nama"]
    with closing(Reader(portal)) as citizen:
        form = citizen.opens("/buat-laporan").form("/buat-laporan")
        for filled, lacking in (
            ({}, everything),
            ({"body": "Jalan di depan pasar berlubang."}, ["Judul", "Nomor telepon", "Nama"]),
            ({"title": "Jalan berlubang", "phone": "0812 3456 7890"}, ["Isi laporan", "Nama"]),
        ):
            page = citizen.sends(form, langkah="periksa", **filled)
            assert page.status == 422
            said = re.findall(r'<li><a href="#f-\w+">([^<]+)</a>:', page.html)
            assert sorted(said) == sorted(lacking)
            kept = page.form("/buat-laporan")
            assert all(kept.named(name).value == value for name, value in filled.items())
