"""The delegation chain: handed down, taken over, and who stands before the handler."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lifecycle.chain import (
    chain_after_handing,
    chain_after_succession,
    chain_in_tree,
    deciding_agency,
)
from tests.lifecycle.report_under_test import BIDANG, DINAS, MINISTRY, PROVINCE

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
    assert chain_after_handing(chain, PATHS[giver], receiver) == expected


DELEGATING: tuple[tuple[str, tuple[int, ...], int, set[int], int | None], ...] = (
    ("the predecessor", (PROVINCE, DINAS), DINAS, {ROOT, PROVINCE}, PROVINCE),
    ("the predecessor, past a level", (PROVINCE, BIDANG), BIDANG, {PROVINCE, DINAS}, PROVINCE),
    ("no predecessor: the nearest above", (BIDANG,), BIDANG, {ROOT, PROVINCE}, PROVINCE),
    ("a predecessor without admin", (PROVINCE, DINAS), DINAS, {ROOT}, ROOT),
    ("above the predecessor, not below it", (PROVINCE, BIDANG), BIDANG, {ROOT, DINAS}, ROOT),
    ("nobody from the predecessor up", (PROVINCE, BIDANG), BIDANG, {DINAS}, DINAS),
    ("a predecessor that no longer stands above", (MINISTRY, DINAS), DINAS,
     {ROOT, PROVINCE, MINISTRY}, PROVINCE),
    ("nobody above: the handler's own", (PROVINCE, DINAS), DINAS, {DINAS, BIDANG}, DINAS),
    ("nobody at all", (DINAS,), DINAS, set(), None),
    ("pusat itself", (ROOT,), ROOT, {ROOT}, ROOT),
    ("pusat that has taken over", (PROVINCE, ROOT), ROOT, {ROOT, PROVINCE}, ROOT),
)  # fmt: skip


@pytest.mark.parametrize(("_", "chain", "handler", "with_admin", "expected"), DELEGATING,
                         ids=[row[0] for row in DELEGATING])  # fmt: skip
def test_who_delegated(
    _: str, chain: tuple[int, ...], handler: int, with_admin: set[int], expected: int | None
) -> None:
    assert deciding_agency(chain, PATHS[handler], with_admin.__contains__) == expected


SUCCEEDED = (
    ("the handler", (PROVINCE, DINAS), DINAS, MINISTRY, (PROVINCE, MINISTRY)),
    ("one before the handler", (ROOT, PROVINCE, DINAS), PROVINCE, MINISTRY,
     (ROOT, MINISTRY, DINAS)),
    ("by its predecessor", (PROVINCE, DINAS), DINAS, PROVINCE, (PROVINCE,)),
    ("the predecessor, by the handler", (PROVINCE, DINAS), PROVINCE, DINAS, (DINAS,)),
    ("by another of the chain", (ROOT, PROVINCE, DINAS), PROVINCE, ROOT, (ROOT, DINAS)),
    ("who is not in it", (PROVINCE, DINAS), MINISTRY, BIDANG, (PROVINCE, DINAS)),
    ("the handler, by one further up", (ROOT, PROVINCE, DINAS, BIDANG), BIDANG, PROVINCE,
     (ROOT, PROVINCE)),
    ("the handler, by the root", (ROOT, PROVINCE, DINAS), DINAS, ROOT, (ROOT,)),
)  # fmt: skip


@pytest.mark.parametrize(("_", "chain", "agency", "successor", "expected"), SUCCEEDED,
                         ids=[row[0] for row in SUCCEEDED])  # fmt: skip
def test_a_successor_takes_the_place_once(
    _: str, chain: tuple[int, ...], agency: int, successor: int, expected: tuple[int, ...]
) -> None:
    assert chain_after_succession(chain, agency, successor) == expected


IN_TREE = (
    ("all in their places", (ROOT, PROVINCE, DINAS), (ROOT, PROVINCE, DINAS)),
    ("past a level", (ROOT, DINAS), (ROOT, DINAS)),
    ("one that stands beside", (PROVINCE, MINISTRY, DINAS), (PROVINCE, DINAS)),
    ("one that stands below", (PROVINCE, BIDANG, DINAS), (PROVINCE, DINAS)),
    ("two in the wrong order", (PROVINCE, ROOT, DINAS), (ROOT, DINAS)),
    ("after pusat has taken over", (PROVINCE, DINAS, ROOT), (ROOT,)),
)


@pytest.mark.parametrize(("_", "chain", "expected"), IN_TREE, ids=[row[0] for row in IN_TREE])
def test_who_does_not_stand_above_the_next_leaves(
    _: str, chain: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert chain_in_tree(chain, PATHS[chain[-1]]) == expected


class Tree:
    """Agencies by number, each with its parent; 0 is the root."""

    def __init__(self, parents: list[int]) -> None:
        self.parent = dict(enumerate(parents, start=1))

    def path(self, agency: int) -> tuple[int, ...]:
        above = self.path(self.parent[agency]) if agency else ()
        return (*above, agency)

    def move(self, agency: int, parent: int) -> None:
        if agency and agency not in self.path(parent):
            self.parent[agency] = parent


@given(st.data())
def test_whatever_moves_and_whoever_succeeds_each_stands_above_the_next(
    data: st.DataObject,
) -> None:
    size = data.draw(st.integers(1, 9))
    tree = Tree([data.draw(st.integers(0, agency - 1)) for agency in range(1, size + 1)])
    somebody = st.integers(0, size)
    chain: tuple[int, ...] = (data.draw(somebody),)
    for _ in range(data.draw(st.integers(1, 12))):
        match data.draw(st.sampled_from(["hand", "succeed", "move"])):
            case "hand":
                giver = data.draw(st.sampled_from(tree.path(chain[-1])))
                below = [agency for agency in range(size + 1) if giver in tree.path(agency)]
                receiver = data.draw(st.sampled_from(below))
                chain = chain_after_handing(chain, tree.path(giver), receiver)
                assert chain[-1] == receiver
            case "succeed":
                old, new = data.draw(somebody), data.draw(somebody)
                expected = new if chain[-1] == old else chain[-1]
                chain = chain_after_succession(chain, old, new)
                assert chain[-1] == expected
                chain = chain_in_tree(chain, tree.path(chain[-1]))
            case "move":
                tree.move(data.draw(somebody), data.draw(somebody))
                chain = chain_in_tree(chain, tree.path(chain[-1]))
        path = tree.path(chain[-1])
        assert list(chain) == [agency for agency in path if agency in chain]
        with_admin = data.draw(st.frozensets(somebody))
        decider = deciding_agency(chain, path, with_admin.__contains__)
        able = [agency for agency in path if agency in with_admin]
        assert (decider in able) if able else decider is None
        strictly_above = [agency for agency in able if agency != chain[-1]]
        assert decider in strictly_above or not strictly_above
