"""A form does nothing, and says why, where it is sent with a field that it does not have."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from services.portal.panel.forms import FORMS as ACTION_FORMS
from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Meet, Portal
from tests.portal.reading import Form, Reader

UNKNOWN = "nomor_polisi_lama"


def test_every_form_names_a_field_that_it_does_not_have_and_no_other(
    portal: Portal, meet: Meet
) -> None:
    """Of all forms that people reach, with all their own fields: only the added one is not known,
    and nothing is done."""
    portal.forgets_who_came()
    writer, verifier = meet(phone=True), meet()
    verified, _ = submit(writer)
    fresh, code = submit(writer)
    verifier.signs_in("admin.kab.bandung")
    dispose(verifier, verified)
    actions = [
        f"/panel/laporan/{number}/{action}"
        for number in (fresh, verified)
        for action in ACTION_FORMS
    ]
    with ExitStack() as signed_in:
        citizen, admin, central, nobody = (
            signed_in.enter_context(_reader(portal, username))
            for username in (None, "admin.kab.bandung", "admin.pusat", None)
        )
        citizen.sends(citizen.opens(f"/lacak?nomor={fresh}").form("/lacak"), access_code=code)
        tried = {
            _tried(person, form)
            for person, forms in (
                (citizen, _forms(citizen, "/", "/daftar", "/masuk", f"/laporan/{fresh}")),
                (admin, _forms(admin, "/panel", f"/panel/laporan/{fresh}")),
                (admin, (form for path in actions for form in admin.opens(path).forms)),
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
    with closing(person.http):
        yield person


def _forms(person: Reader, *starts: str) -> Iterator[Form]:
    for _, page in person.walks(*starts):
        yield from page.forms


def _tried(person: Reader, form: Form) -> str:
    """What the form is, after it was sent with one field more."""
    own = {field.name: field.value for field in form.fields}
    answer = person.http.post(form.action, data={**own, UNKNOWN: "D 1234 AB"})
    assert answer.status_code == 422, (form.action, answer.text[:500])
    assert f"<b>{UNKNOWN}</b>: Isian ini tidak dikenal." in answer.text, form.action
    assert answer.text.count("Isian ini tidak dikenal.") == 1, (form.action, answer.text)
    return re.sub(r"/[0-9a-f-]{36}|/\d+", "/N", form.action.split("#")[0])
