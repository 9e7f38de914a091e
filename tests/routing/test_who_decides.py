"""Whoever is removed, moves or leaves: somebody may act, decides, and finds it in a queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from shared.database.engine import Database
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import UrlOf
from tests.routing.country import Country
from tests.routing.test_managing_agencies import COORDINATOR, PUSAT, call, create, person
from tests.routing.test_queue import numbers
from workflows.handovers import HandingOver

ADMIN, SECOND = "admin.kab.bandung", "koordinator.kab.bandung"
REQUEST = {"suggested_agency_id": 0, "reason": "Bukan wewenang kami."}


@pytest.fixture
async def handing_over(
    module_database: UrlOf, temporal_address: str, temporal_namespace: str
) -> AsyncIterator[HandingOver]:
    database = Database(module_database("lapor_worker"), pool_size=5)
    client = await Client.connect(
        temporal_address, namespace=temporal_namespace, data_converter=pydantic_data_converter
    )
    yield HandingOver(database, ReportGateway(client, database))
    await database.dispose()


async def ask(country: Country, who: str, number: int) -> str:
    form = REQUEST | {"suggested_agency_id": country.agencies["kemensos"]}
    return str((await country.done(who, number, "not-authority", form))["command_id"])


async def test_after_a_removal_with_successor_pusat_its_admin_stands_above(
    country: Country, handing_over: HandingOver
) -> None:
    gone = await create(country, "dinas-ke-pusat")
    await person(country, "admin.dinas.ke.pusat", "dinas-ke-pusat", "agency_admin")
    number = await country.verified(unit="dinas-ke-pusat")
    before = {who: await _counts(country, who) for who in (ADMIN, PUSAT)}
    root = country.agencies["pusat"]
    removed = await call(country, PUSAT, "DELETE", f"/agencies/{gone}?successor_id={root}")
    assert removed.status_code == 200, removed.text
    await handing_over.once()
    assert await country.chain(number) == ["pusat"]
    assert (await country.get(ADMIN, f"/reports/{number}")).status_code == 404
    assert (await _counts(country, ADMIN))["disposed"] == before[ADMIN]["disposed"] - 1
    for who in (ADMIN, PUSAT):
        await counts_are_lists(country, who)
    seen = await country.seen(PUSAT, number)
    assert {"amend", "forward", "coordinate"} <= {
        action["code"] for action in seen["allowed_actions"]
    }


async def test_an_agency_that_moves_leaves_the_chains_of_who_stood_above(
    country: Country, handing_over: HandingOver
) -> None:
    await create(country, "dinas-pindah")
    await person(country, "admin.dinas.pindah", "dinas-pindah", "agency_admin")
    disposed = await country.verified(unit="dinas-pindah")
    thrown = await country.report()
    below = {"agency_id": country.agencies["dinas-pindah"]}
    await country.done(ADMIN, thrown, "throw", below)
    path = f"/agencies/{country.agencies['dinas-pindah']}"
    change = {"parent_id": country.agencies["kota-bandung"]}
    assert (await call(country, COORDINATOR, "PATCH", path, change)).status_code == 200
    await counts_are_lists(country, ADMIN)  # also while the chains are still to follow
    await handing_over.once()
    assert [await country.chain(n) for n in (disposed, thrown)] == [["dinas-pindah"]] * 2
    await counts_are_lists(country, ADMIN)
    for number in (disposed, thrown):
        assert number not in await numbers(country, ADMIN, tab="disposed")
        assert number not in await numbers(country, ADMIN, tab="thrown")
    request = await ask(country, "admin.dinas.pindah", disposed)
    [shown] = (await country.seen("admin.kota.bandung", disposed))["requests"]
    assert (shown["id"], shown["deciding"]["code"]) == (request, "kota-bandung")


async def test_verifying_to_the_same_unit_does_not_wind_its_clocks_up(country: Country) -> None:
    number = await country.verified()
    before = (await country.seen(ADMIN, number))["clocks"]
    await ask(country, "petugas.pupr.kab.bandung", number)
    again = await country.act(ADMIN, number, "verify", country.verification())
    assert (again.status_code, again.json()["code"]) == (409, "same_handler")
    [request] = (await country.seen(ADMIN, number))["requests"]
    assert request["decision"] is None
    reject = f"requests/{request['id']}/reject"
    await country.done(ADMIN, number, reject, {"reason": "Ini wewenang Anda."})
    after = (await country.seen(ADMIN, number))["clocks"]
    assert [clock["clock"] for clock in after] == [clock["clock"] for clock in before]
    assert after[0]["due_at"] >= before[0]["due_at"]


async def test_what_the_delegating_agency_s_only_admin_asks_is_decided_above(
    country: Country,
) -> None:
    await create(country, "kab-satu-admin", "jabar", kind="regency")
    await person(country, "admin.kab.satu", "kab-satu-admin", "agency_admin")
    await create(country, "dinas-satu", "kab-satu-admin")
    await person(country, "petugas.satu", "dinas-satu", "liaison_officer")
    number = await country.report("kab-satu-admin")
    await country.done("admin.kab.satu", number, "verify", country.verification("dinas-satu"))
    request = await ask(country, "admin.kab.satu", number)
    [shown] = (await country.seen("admin.jabar", number))["requests"]
    assert (shown["id"], shown["deciding"]["code"], shown["decidable"]) == (request, "jabar", True)
    assert number in await numbers(country, "admin.jabar", tab="requests")
    assert number not in await numbers(country, "admin.kab.satu", tab="requests")
    own = await country.act(
        "admin.kab.satu", number, f"requests/{request}/reject", {"reason": "Tidak jadi."}
    )
    assert own.status_code == 403


async def test_what_one_of_two_admins_asks_the_other_decides(country: Country) -> None:
    number = await country.verified()
    request = await ask(country, ADMIN, number)
    [shown] = (await country.seen(SECOND, number))["requests"]
    assert (shown["deciding"]["code"], shown["decidable"]) == ("kab-bandung", True)
    assert number in await numbers(country, SECOND, tab="requests")
    await country.done(SECOND, number, f"requests/{request}/reject", {"reason": "Tetap."})


async def test_a_request_whose_other_deciders_left_is_in_the_queue_above(country: Country) -> None:
    await create(country, "kab-dua-admin", "jabar", kind="regency")
    await person(country, "admin.kab.dua", "kab-dua-admin", "agency_admin")
    leaving = await person(country, "admin2.kab.dua", "kab-dua-admin", "agency_admin")
    await create(country, "dinas-dua", "kab-dua-admin")
    await person(country, "petugas.dua", "dinas-dua", "liaison_officer")
    number = await country.report("kab-dua-admin")
    await country.done("admin.kab.dua", number, "verify", country.verification("dinas-dua"))
    await ask(country, "admin.kab.dua", number)
    assert number not in await numbers(country, "admin.jabar", tab="requests")
    assert (await call(country, COORDINATOR, "DELETE", f"/staff/{leaving}")).status_code == 204
    assert number in await numbers(country, "admin.jabar", tab="requests")
    await counts_are_lists(country, "admin.jabar")
    await counts_are_lists(country, "admin.kab.dua")


async def test_an_orphan_is_in_the_queue_of_the_nearest_who_may_do_its_step(
    country: Country,
) -> None:
    await create(country, "unit-petugas")
    await person(country, "petugas.unit", "unit-petugas", "liaison_officer")
    await create(country, "sub-unit", "unit-petugas")
    last = await person(country, "petugas.sub", "sub-unit", "liaison_officer")
    number = await country.verified(unit="sub-unit")
    assert (await call(country, COORDINATOR, "DELETE", f"/staff/{last}")).status_code == 204
    assert number in await numbers(country, ADMIN, tab="awaiting_follow_up")
    assert number not in await numbers(country, "petugas.unit", tab="awaiting_follow_up")
    assert number not in await numbers(country, "admin.jabar", tab="awaiting_follow_up")
    for who in (ADMIN, "petugas.unit", "admin.jabar"):
        await counts_are_lists(country, who)
    await person(country, "admin.unit", "unit-petugas", "agency_admin")
    assert number in await numbers(country, "admin.unit", tab="awaiting_follow_up")
    assert number not in await numbers(country, ADMIN, tab="awaiting_follow_up")


async def test_the_handler_is_not_put_in_copy_of_its_own_report(country: Country) -> None:
    number = await country.verified()
    dinas, dinkes = (country.agencies[f"{unit}-kab-bandung"] for unit in ("pupr", "dinkes"))
    own = await country.act(ADMIN, number, "copies", {"agency_ids": [dinas]})
    assert (own.status_code, own.json()["code"]) == (409, "handler_in_copy")
    form = {"agency_id": dinkes, "copies": [dinkes]}
    forwarded = await country.act(ADMIN, number, "forward", form)
    assert forwarded.json()["code"] == "handler_in_copy"
    await country.done(ADMIN, number, "copies", {"agency_ids": [dinkes]})
    await country.done(ADMIN, number, "forward", {"agency_id": dinkes})
    kept = {"agency_ids": [dinkes, country.agencies["kemenkes"]]}
    await country.done(ADMIN, number, "copies", kept)


@pytest.mark.timeout(600)
@settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_counts_are_lists_whatever_lives_moves_and_ends(
    data: st.DataObject, country: Country, handing_over: HandingOver
) -> None:
    """A walk: reports are made, handed down, asked about; units move, go, lose their people."""
    walk = Walk(country, data, handing_over)
    await walk.begin()
    for _ in range(6):
        await walk.step()
        for who in walk.watching:
            await counts_are_lists(country, who)
    await handing_over.once()
    for who in walk.watching:
        await counts_are_lists(country, who)


class Walk:
    """Two regencies below Jawa Barat with units of their own; names are new each time."""

    serial = 0

    def __init__(self, country: Country, data: st.DataObject, handing_over: HandingOver) -> None:
        Walk.serial += 1
        self._hand_over = handing_over.once
        self.country, self.draw, self.tag = country, data.draw, f"jalan{Walk.serial}"
        self.regencies = [f"{self.tag}-kab-{side}" for side in "ab"]
        self.units: list[str] = []
        self.reports: list[int] = []
        self.leaving: list[int] = []
        self.watching = ["admin.jabar", PUSAT]

    async def begin(self) -> None:
        for regency in self.regencies:
            await create(self.country, regency, "jabar", kind="regency")
            await person(self.country, f"admin.{regency}", regency, "agency_admin")
            self.watching.append(f"admin.{regency}")
        for regency in self.regencies:
            await self.unit(regency)

    async def unit(self, parent: str) -> None:
        code = f"{self.tag}-unit-{len(self.units)}"
        await create(self.country, code, parent)
        role = self.draw(st.sampled_from(["agency_admin", "liaison_officer"]))
        self.leaving.append(await person(self.country, f"orang.{code}", code, role))
        self.units.append(code)

    async def step(self) -> None:
        kinds = [
            "report",
            "dispose",
            "throw",
            "ask",
            "move",
            "remove",
            "leave",
            "unit",
            "hand_over",
        ]
        await getattr(self, f"_{self.draw(st.sampled_from(kinds))}")()

    async def _report(self) -> None:
        regency = self.draw(st.sampled_from(self.regencies))
        self.reports.append(await self.country.report(regency))

    async def _dispose(self) -> None:
        await self._handed("verify", lambda unit: self.country.verification(unit))

    async def _throw(self) -> None:
        await self._handed("throw", lambda unit: {"agency_id": self.country.agencies[unit]})

    async def _handed(self, action: str, form: Callable[[str], dict[str, Any]]) -> None:
        """By pusat, to any unit there is; what is refused changes nothing."""
        await self._report()
        unit = self.draw(st.sampled_from(self.units))
        who = self.draw(st.sampled_from(self.watching))
        await self.country.act(who, self.reports[-1], action, form(unit))

    async def _ask(self) -> None:
        if self.reports:
            form = REQUEST | {"suggested_agency_id": self.country.agencies["kemensos"]}
            number = self.draw(st.sampled_from(self.reports))
            for who in self.watching[2:]:
                await self.country.act(who, number, "not-authority", form)

    async def _move(self) -> None:
        unit = self.draw(st.sampled_from(self.units))
        parent = self.draw(st.sampled_from([*self.regencies, *self.units]))
        change = {"parent_id": self.country.agencies[parent]}
        path = f"/agencies/{self.country.agencies[unit]}"
        await call(self.country, COORDINATOR, "PATCH", path, change)

    async def _remove(self) -> None:
        unit = self.draw(st.sampled_from(self.units))
        successor = self.draw(st.sampled_from([*self.regencies, *self.units, "pusat"]))
        ids = self.country.agencies
        path = f"/agencies/{ids[unit]}?successor_id={ids[successor]}"
        await call(self.country, PUSAT, "DELETE", path)

    async def _leave(self) -> None:
        who = self.draw(st.sampled_from(self.leaving))
        await call(self.country, COORDINATOR, "DELETE", f"/staff/{who}")

    async def _unit(self) -> None:
        await self.unit(self.draw(st.sampled_from(self.regencies)))


async def _counts(country: Country, who: str, **params: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in (await country.get(who, "/queue/counts", **params)).json():
        counts[row["tab"]] = counts.get(row["tab"], 0) + row["count"]
    return counts


async def counts_are_lists(country: Country, who: str) -> None:
    """Every tab's count is the length of its list; read again where the worker moved a report
    between the two readings."""
    for scope in ("own", "below"):
        for _ in range(20):
            counts = await _counts(country, who, scope=scope)
            lists = {tab: len(await numbers(country, who, tab=tab, scope=scope)) for tab in counts}
            if counts == lists:
                break
            await asyncio.sleep(0.1)
        assert counts == lists, (who, scope)
