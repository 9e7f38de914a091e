"""Without scripts an agency is searched for in a step of its own: what was only typed is not passed
over in silence."""

from contextlib import closing

import pytest

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
