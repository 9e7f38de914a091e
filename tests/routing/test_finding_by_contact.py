"""An exact phone number or address finds the reports of who has proven it, for who is told them."""

from typing import Any
from urllib.parse import quote

import pytest

from services.intake.accepting.new_report import Identity
from services.routing.queue.by_contact import TypedContact, contact_in
from shared.privacy.contact_digest import account_digest
from shared.privacy.identity import BlindIndex
from tests.routing.country import Country
from tests.routing.panel import signed_in
from tests.routing.test_queue import numbers

ADMIN, OFFICER, BESIDE = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.kemensos"
ABOVE = "admin.jabar"


@pytest.mark.parametrize("typed", ["0812 3456 7890", "+62-812-3456-7890", "6281234567890"])
def test_a_phone_number_is_read_however_it_is_written(typed: str) -> None:
    assert contact_in(typed) == TypedContact("sms", "+6281234567890")


@pytest.mark.parametrize("typed", ["lampu 12", "siti@", "1234567", "siti contoh.id", "0812", ""])
def test_what_is_no_contact_is_none(typed: str) -> None:
    assert contact_in(typed) is None


def test_an_address_is_read_in_small_letters() -> None:
    assert contact_in(" Siti@Contoh.ID ") == TypedContact("email", "siti@contoh.id")


class Proofs:
    """What notification keeps of proven contacts."""

    def __init__(self, country: Country, phone: str) -> None:
        self._country, self.phone = country, phone
        index: BlindIndex = country.app.state.contact_index
        self._digest = account_digest(index, "sms", phone)

    @property
    def identity(self) -> Identity:
        return Identity(name="Siti Rahmawati", phone=self.phone)

    async def reported(self, *, offered: bool = True, **changes: Any) -> int:
        """Handed to PUPR, with its contact proven: as `notification` keeps it, of anonymous and
        secret ones without the digest that accounts have."""
        number = await self._country.verified(identity=self.identity, **changes)
        await self.keep(f"report-{number}", proof=b"of its own", offered=offered)
        return number

    async def keep(
        self, holder: str, *, proof: bytes | None = None, offered: bool = False, ago: int = 0
    ) -> None:
        await self._country.rows(
            "INSERT INTO notification.contact (id, holder, channel, proven_at, proof, offered)"
            " VALUES (gen_random_uuid(), :h, 'sms', now() - make_interval(days => :ago), :p, :o)",
            h=holder,
            p=proof or self._digest,
            o=self._digest if offered else None,
            ago=ago,
        )

    async def found(self, who: str, **params: Any) -> list[int]:
        asked = {"tab": "all", "scope": "below", "q": self.phone} | params
        return await numbers(self._country, who, **asked)


async def test_who_is_told_the_reporter_finds_the_reports(country: Country) -> None:
    siti = Proofs(country, "+6281298760001")
    first, second = await siti.reported(), await siti.reported()
    await country.verified(identity=Identity(name="Budi", phone="+6281298760009"))
    for who in (ADMIN, ABOVE, OFFICER):
        assert await siti.found(who) == [second, first], who
    for typed in ("0812-9876-0001", "62 812 9876 0001", "6281298760001"):
        assert await siti.found(ADMIN, q=typed, limit=1, channel="website") == [second, first]
    assert await siti.found(ADMIN, tab="disposed", sub="awaiting_follow_up") == [second, first]
    assert await siti.found(ADMIN, tab="closed") == []


async def test_who_is_not_told_gets_the_answer_that_there_is_none(country: Country) -> None:
    siti, nobody = Proofs(country, "+6281298760002"), Proofs(country, "+6281298760003")
    number = await siti.reported()
    copies = {"agency_ids": [country.agencies["kemensos"]]}
    await country.done(ADMIN, number, "copies", copies)
    for params in ({}, {"tab": "copies"}, {"tab": "requests"}):
        asked = {"tab": "all", "scope": "below"} | params
        answers = [
            (await country.get(BESIDE, "/queue", **asked, q=each.phone)).json()
            for each in (siti, nobody)
        ]
        assert answers[0] == answers[1]
        assert answers[0]["items"] == []


async def test_an_officer_finds_nobody_below(country: Country) -> None:
    siti = Proofs(country, "+6281298760004")
    number = await siti.reported()
    officers = [
        name
        for name, staff in country.staff.items()
        if staff.role == "liaison_officer" and staff.agency_id == country.agencies["kab-bandung"]
    ]
    for who in officers:
        assert await siti.found(who) == []
    assert await siti.found(ADMIN) == [number]


async def test_anonymous_reporters_are_found_by_nobody(country: Country) -> None:
    siti = Proofs(country, "+6281298760005")
    await siti.reported(anonymous=True)  # even if its digest were still there
    made_so = await siti.reported()
    await country.rows("UPDATE lifecycle.report SET anonymous = true WHERE number = :n", n=made_so)
    for who in (ADMIN, "admin.pusat", OFFICER):
        assert await siti.found(who) == []


async def test_a_contact_that_nobody_proved_finds_nothing(country: Country) -> None:
    siti = Proofs(country, "+6281298760006")
    number = await country.verified(identity=siti.identity)
    assert await siti.found(ADMIN) == []
    await siti.keep(f"report-{number}", offered=True, ago=4000)
    assert await siti.found(ADMIN) == []  # lapsed


async def test_reports_of_an_account_are_found_by_its_contact_alone(country: Country) -> None:
    siti, other = Proofs(country, "+6281298760007"), Proofs(country, "+6281298760008")
    number = await country.verified(identity=siti.identity)
    elsewhere = await country.verified(identity=other.identity)
    account = await country.one(
        "INSERT INTO intake.reporter (name) VALUES ('x') RETURNING id",
    )
    await country.rows(
        "UPDATE intake.submission SET reporter_id = :a WHERE number = ANY (:n)",
        a=account,
        n=[number, elsewhere],
    )
    await siti.keep(f"account-{account}")
    assert await siti.found(ADMIN) == [number]


async def test_who_finds_nothing_by_a_contact_reads_that_only_proven_ones_are_found(
    country: Country,
) -> None:
    siti, nobody = Proofs(country, "+6281298760010"), Proofs(country, "+6281298760011")
    unproven = "hanya menemukan kontak yang sudah diverifikasi"
    await country.verified(identity=siti.identity)
    async with signed_in(country, ADMIN) as panel:
        for who in (siti, nobody):
            await panel.opens(f"/panel?tab=all&q={quote(who.phone)}")
            assert unproven in panel.reads
        await panel.opens("/panel?tab=all&q=tidakada@contoh.id")
        assert unproven in panel.reads
        await panel.opens("/panel?tab=all&q=kata%20yang%20tidak%20ada")
        assert "Tidak ada laporan di sini" in panel.reads
        assert unproven not in panel.reads
