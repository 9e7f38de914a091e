"""All pages and forms that people reach: no id stands twice, and a form that is sent with a field
that it does not have does nothing, and says why."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from services.portal.panel.forms import FORMS as ACTION_FORMS
from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Portal
from tests.portal.reading import Form, Page, Reader

UNKNOWN = "nomor_polisi_lama"


def test_no_id_stands_twice_and_every_form_names_a_field_that_it_does_not_have(
    portal: Portal,
) -> None:
    """Of a form with all its own fields only the added one is not known, and nothing is done."""
    portal.forgets_who_came()
    with ExitStack() as signed_in:
        writer, citizen, admin, central, nobody = (
            signed_in.enter_context(_reader(portal, username))
            for username in (None, None, "admin.kab.bandung", "admin.pusat", None)
        )
        verified, _ = submit(writer)
        fresh, code = submit(writer)
        dispose(admin, verified)
        reports = [f"/panel/laporan/{number}" for number in (fresh, verified)]
        actions = [f"{report}/{action}" for report in reports for action in ACTION_FORMS]
        citizen.sends(citizen.opens(f"/lacak?nomor={fresh}").form("/lacak"), access_code=code)
        tried = {
            _tried(person, form)
            for person, forms in (
                (citizen, _forms(citizen, "/", "/daftar", "/masuk", f"/laporan/{fresh}")),
                (admin, _forms(admin, "/panel", *reports)),
                (admin, (form for path in actions for form in _once(path, admin.opens(path)))),
                (central, _forms(central, "/panel/pengaturan", f"/panel/laporan/{fresh}")),
                (nobody, _forms(nobody, "/panel/sandi", "/panel/faktor-kedua")),
            )
            for form in forms
            if form.method == "post"
        }
    assert len(tried) > 45, sorted(tried)


@contextmanager
def _reader(portal: Portal, username: str | None) -> Iterator[Reader]:
    person = Reader(portal, username)
    with closing(person):
        yield person


def _forms(person: Reader, *starts: str) -> Iterator[Form]:
    for path, page in person.walks(*starts):
        yield from _once(path, page)


def _once(path: str, page: Page) -> list[Form]:
    """The forms of a page on which no id stands twice."""
    assert page.status < 500, path
    assert {one for one in page.ids if page.ids.count(one) > 1} == set(), path
    return page.forms


def _tried(person: Reader, form: Form) -> str:
    """What the form is, after it was sent with one field more."""
    own = {field.name: field.value for field in form.fields}
    answer = person.http.post(form.action, data={**own, UNKNOWN: "D 1234 AB"})
    assert answer.status_code == 422, (form.action, answer.text[:500])
    assert f"<b>{UNKNOWN}</b>: Isian ini tidak dikenal." in answer.text, form.action
    assert answer.text.count("Isian ini tidak dikenal.") == 1, (form.action, answer.text)
    return re.sub(r"/[0-9a-f-]{36}|/\d+", "/N", form.action.split("#")[0])
