"""Without scripts an agency is searched for in a step of its own: what was only typed is not passed
over in silence."""

import re
from contextlib import closing

import pytest

from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Portal
from tests.portal.reading import Reader

pytestmark = pytest.mark.timeout(600)
CHOOSE = "Pilih dari yang ditemukan, atau kosongkan kata pencarian."
NONE_FOUND = "Tidak ada instansi yang cocok."


def test_an_agency_that_was_only_typed_is_searched_for_before_a_download(portal: Portal) -> None:
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        form = admin.opens("/panel/unduh").form("/panel/unduh")
        typed = admin.sends(form, agency_cari="pekerjaan umum", langkah="csv")
        assert typed.status == 422 and CHOOSE in typed.html
        assert 'href="#f-agency">Instansi</a>' in typed.html
        found = typed.form("/panel/unduh").named("agency")
        assert found.kind == "radio" and found.value
        unknown = admin.sends(form, agency_cari="zzzz", langkah="csv")
        assert unknown.status == 422 and CHOOSE in unknown.html and NONE_FOUND in unknown.html
        chosen = form.data(agency_cari="pekerjaan umum", agency=found.value, langkah="csv")
        assert admin.http.post(form.action, data=chosen).status_code == 200


def test_process_times_of_an_agency_that_was_only_typed_are_not_those_of_the_country(
    portal: Portal,
) -> None:
    with closing(Reader(portal, "admin.pusat")) as central:
        page = central.opens("/panel/waktu-proses")
        form, lengths = page.forms[-2:]
        for step, status in (("instansi", 422), ("cari", 200)):
            typed = central.sends(form, agency_id_cari="kabupaten bandung", langkah=step)
            assert typed.status == status
            assert ("Pilih instansi dari daftar." in typed.html) == (status == 422)
            assert typed.forms[-2].named("agency_id").value
            amount = typed.forms[-1].named("verification").value
            assert amount == lengths.named("verification").value != ""


def test_an_agency_that_a_reporter_only_typed_is_asked_about_before_the_check(
    portal: Portal,
) -> None:
    with closing(Reader(portal)) as citizen:
        form = citizen.opens("/buat-laporan").form("/buat-laporan")
        typed = citizen.sends(form, addressee_cari="pekerjaan umum", langkah="periksa")
        assert typed.status == 422 and typed.html.count(CHOOSE) == 2
        assert 'href="#f-body"' in typed.html, "what else is missing is said at once"
        assert typed.form("/buat-laporan").named("addressee").value


def test_an_agency_that_was_only_typed_is_asked_about_in_every_form_of_staff(
    portal: Portal,
) -> None:
    number, _ = submit(portal)
    change = f"/panel/laporan/{number}/change_copies"
    forms = (
        (change, change, "agency_ids", "kirim"),
        (
            f"/panel/massal?jenis=forward&nomor={number}",
            "/panel/massal/forward",
            "copies",
            "periksa",
        ),
        ("/panel/buat", "/panel/buat", "addressee", "kirim"),
        ("/panel/buat", "/panel/buat", "unit", "kirim"),
    )
    with closing(Reader(portal, "admin.kab.bandung")) as admin:
        dispose(admin, number)
        for path, action, field, step in forms:
            form = admin.opens(path).form(action)
            typed = admin.sends(form, **{f"{field}_cari": "zzzz"}, langkah=step)
            assert typed.status == 422 and CHOOSE in typed.html, path


def test_no_agency_is_removed_without_the_successor_that_was_only_typed(portal: Portal) -> None:
    with closing(Reader(portal, "admin.pusat")) as central:
        links = central.opens("/panel/instansi").links
        agency = next(link for link in links if re.fullmatch(r"/panel/instansi/\d+", link))
        form = central.opens(f"{agency}/hapus").form(f"{agency}/hapus")
        typed = central.sends(form, successor_id_cari="zzzz", langkah="kirim")
        assert typed.status == 422 and CHOOSE in typed.html
