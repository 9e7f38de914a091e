"""The delegation chain: handed down, taken over, and who stands before the handler."""

import pytest

from shared.lifecycle.chain import delegating_agency, handed, succeeded
from tests.lifecycle.desk import BIDANG, DINAS, MINISTRY, PROVINCE

ROOT = 1
PATHS = {
    ROOT: (ROOT,),
    PROVINCE: (ROOT, PROVINCE),
    DINAS: (ROOT, PROVINCE, DINAS),
    BIDANG: (ROOT, PROVINCE, DINAS, BIDANG),
    MINISTRY: (ROOT, MINISTRY),
}

HANDED = (
    ("to a unit below", (PROVINCE,), PROVINCE, DINAS, (PROVINCE, DINAS)),
    ("past a level", (ROOT, PROVINCE), PROVINCE, BIDANG, (ROOT, PROVINCE, BIDANG)),
    ("kept for itself", (ROOT, PROVINCE), PROVINCE, PROVINCE, (ROOT, PROVINCE)),
    ("kept by its only agency", (DINAS,), DINAS, DINAS, (DINAS,)),
    ("from above, over the handler's head", (ROOT, PROVINCE, DINAS), PROVINCE, BIDANG,
     (ROOT, PROVINCE, BIDANG)),
    ("by pusat to elsewhere", (ROOT, PROVINCE, DINAS), ROOT, MINISTRY, (ROOT, MINISTRY)),
    ("by somebody who was not in the chain", (DINAS,), PROVINCE, BIDANG, (PROVINCE, BIDANG)),
)  # fmt: skip


@pytest.mark.parametrize(("_", "chain", "giver", "receiver", "expected"), HANDED,
                         ids=[row[0] for row in HANDED])  # fmt: skip
def test_handing_keeps_who_stands_above_the_giver(
    _: str, chain: tuple[int, ...], giver: int, receiver: int, expected: tuple[int, ...]
) -> None:
    assert handed(chain, PATHS[giver], receiver) == expected


DELEGATING = (
    ("the predecessor", (PROVINCE, DINAS), DINAS, {ROOT, PROVINCE}, PROVINCE),
    ("the predecessor, past a level", (PROVINCE, BIDANG), BIDANG, {PROVINCE, DINAS}, PROVINCE),
    ("no predecessor: the nearest above", (BIDANG,), BIDANG, {ROOT, PROVINCE}, PROVINCE),
    ("a predecessor without admin", (PROVINCE, DINAS), DINAS, {ROOT}, ROOT),
    ("a predecessor that no longer stands above", (MINISTRY, DINAS), DINAS,
     {ROOT, PROVINCE, MINISTRY}, PROVINCE),
    ("nobody above: finally pusat", (DINAS,), DINAS, set(), ROOT),
    ("pusat itself", (ROOT,), ROOT, {ROOT}, ROOT),
)  # fmt: skip


@pytest.mark.parametrize(("_", "chain", "handler", "with_admin", "expected"), DELEGATING,
                         ids=[row[0] for row in DELEGATING])  # fmt: skip
def test_who_delegated(
    _: str, chain: tuple[int, ...], handler: int, with_admin: set[int], expected: int
) -> None:
    assert delegating_agency(chain, PATHS[handler], with_admin.__contains__) == expected


SUCCEEDED = (
    ("the handler", (PROVINCE, DINAS), DINAS, MINISTRY, (PROVINCE, MINISTRY)),
    ("one before the handler", (ROOT, PROVINCE, DINAS), PROVINCE, MINISTRY,
     (ROOT, MINISTRY, DINAS)),
    ("by its predecessor", (PROVINCE, DINAS), DINAS, PROVINCE, (PROVINCE,)),
    ("the predecessor, by the handler", (PROVINCE, DINAS), PROVINCE, DINAS, (DINAS,)),
    ("by another of the chain", (ROOT, PROVINCE, DINAS), PROVINCE, ROOT, (ROOT, DINAS)),
    ("who is not in it", (PROVINCE, DINAS), MINISTRY, BIDANG, (PROVINCE, DINAS)),
)  # fmt: skip


@pytest.mark.parametrize(("_", "chain", "agency", "successor", "expected"), SUCCEEDED,
                         ids=[row[0] for row in SUCCEEDED])  # fmt: skip
def test_a_successor_takes_the_place_once(
    _: str, chain: tuple[int, ...], agency: int, successor: int, expected: tuple[int, ...]
) -> None:
    assert succeeded(chain, agency, successor) == expected
