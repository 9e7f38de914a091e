"""What people did before a test begins: they send the portal's forms as a browser without scripts
does, but no page is drawn, which costs a tenth. Who does nothing else in a test needs no
browser. How they do it in one is in `test_one_story.py`."""

import re
import time
from contextlib import closing
from urllib.parse import urlencode

from deploy.local.postgres import DATABASE
from tests.portal.conftest import Portal
from tests.portal.person import Person
from tests.portal.reading import Page, Reader, page_of
from tests.portal.test_one_story import BODY, CORRECTED, UNIT

_PATIENCE = 60.0


def submit(citizen: Person | Reader | Portal, *, anonymous: bool = True) -> tuple[str, str]:
    """A report to Kabupaten Bandung; its number and access code. Whoever has this browser reads it
    as its reporter; of the portal alone, somebody who does not come back."""
    if not isinstance(citizen, (Person, Reader)):
        with closing(Reader(citizen)) as somebody:
            return submit(somebody, anonymous=anonymous)
    receipt = sends(
        citizen,
        "/buat-laporan",
        title="jalan berlubang di depan SDN Soreang 1",
        body=BODY.replace("di depan", "di dpn"),
        province="32",
        regency="32.04",
        addressee="kab-bandung",
        name="Siti Aminah",
        phone="0812 3456 7890",
        phone_safe="1",
        **({"anonymous": "1"} if anonymous else {}),
    )
    shown = [re.search(rf'id="{one}">(\w+)<', receipt.html) for one in ("nomor", "kode")]
    number, code = (found[1] for found in shown if found)
    return number, code


def dispose(admin: Person | Reader, number: str, unit: str = UNIT) -> None:
    """Verify with a corrected text, and hand to the unit."""
    sends(
        admin,
        f"/panel/laporan/{number}/verify",
        title=CORRECTED,
        body=BODY,
        classification="complaint_without_oversight",
        category_id=_id_of(admin, "category", "Jalan Berlubang"),
        agency_id=_id_of(admin, "agency", unit),
    )
    waits_for(admin, number, CORRECTED)


def follow_up(officer: Person | Reader, number: str, words: str) -> None:
    sends(officer, f"/panel/laporan/{number}/follow_up", outcome="done", text=words)
    waits_for(officer, number, words)


def sends(person: Person | Reader, path: str, **answers: str) -> Page:
    """The page that comes after its form was sent with these answers."""
    form = _opens(person, path).form(path)
    data = form.data(**answers, langkah="kirim")
    if isinstance(person, Reader):
        page = page_of(person.http.post(path, data=data))
    else:
        answer = person.page.request.post(
            person.portal.address + path,
            data=urlencode(data, doseq=True),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        page = Page(answer.status, answer.text())
    assert page.status == 200, page.html
    return page


def _opens(person: Person | Reader, path: str) -> Page:
    if isinstance(person, Reader):
        return person.opens(path)
    answer = person.page.request.get(person.portal.address + path)
    return Page(answer.status, answer.text())


def waits_for(person: Person | Reader, place: str, done: str) -> None:
    """Until these words are on the page of a report, or on one below it."""
    until = time.monotonic() + _PATIENCE
    while done not in (page := _opens(person, f"/panel/laporan/{place}")).html:
        assert time.monotonic() < until, page.html
        time.sleep(0.2)


def _id_of(person: Person | Reader, table: str, name: str) -> str:
    with person.portal.postgres.administer(DATABASE) as connection:
        query = f"SELECT id FROM routing.{table} WHERE name = %s"  # noqa: S608
        row = connection.execute(query.encode(), (name,)).fetchone()
    assert row is not None, name
    return str(row[0])
