"""Authority by subtree: own agency and below, never beside or above."""

import uuid

import pytest

from shared.lifecycle.actions import RequestKind
from shared.lifecycle.authority import Capacity as S
from shared.lifecycle.authority import capacities, decides, possible_capacities
from shared.lifecycle.people import Role
from shared.lifecycle.state import PendingRequest
from tests.lifecycle.report_under_test import BIDANG, DINAS, MINISTRY, MONDAY, PROVINCE

ROOT = 1
PATH = (ROOT, PROVINCE, DINAS)
ALL = {S.HANDLER_ADMIN_OR_ABOVE, S.HANDLER_STAFF, S.ADMIN_ABOVE}
OWN = {S.HANDLER_ADMIN_OR_ABOVE, S.HANDLER_STAFF}
ADMIN, OFFICER = Role.AGENCY_ADMIN, Role.LIAISON_OFFICER

CAPACITIES: tuple[tuple[str, Role, int, bool, set[S]], ...] = (
    ("the handler's officer", OFFICER, DINAS, True, {S.HANDLER_STAFF}),
    ("the handler's officer, nobody above", OFFICER, DINAS, False, {S.HANDLER_STAFF}),
    ("the handler's admin", ADMIN, DINAS, True, OWN),
    ("the handler's admin, nobody above", ADMIN, DINAS, False, ALL),
    ("the handler's coordinating admin", Role.COORDINATING_ADMIN, DINAS, True, OWN),
    ("an admin above", ADMIN, PROVINCE, True, ALL),
    ("pusat", Role.CENTRAL_ADMIN, ROOT, True, ALL),
    ("an officer above", OFFICER, PROVINCE, True, set()),
    ("an officer below", OFFICER, BIDANG, True, set()),
    ("an admin below", ADMIN, BIDANG, True, set()),
    ("an admin beside", ADMIN, MINISTRY, True, set()),
)


@pytest.mark.parametrize(("_", "role", "agency", "above", "expected"), CAPACITIES,
                         ids=[row[0] for row in CAPACITIES])  # fmt: skip
def test_what_somebody_is_to_a_report(
    _: str, role: Role, agency: int, above: bool, expected: set[S]
) -> None:
    assert capacities(role, agency, PATH, admin_above=above) == expected
    assert expected <= possible_capacities(role)


DECIDERS = (
    ("the delegating agency's admin", ADMIN, PROVINCE, 2, True),
    ("an admin above it", Role.CENTRAL_ADMIN, ROOT, 1, True),
    ("who asked", ADMIN, PROVINCE, 4, False),
    ("its officer", OFFICER, PROVINCE, 5, False),
    ("an admin below it", ADMIN, DINAS, 3, False),
    ("an admin beside it", ADMIN, MINISTRY, 9, False),
)


@pytest.mark.parametrize(("_", "role", "agency", "staff", "expected"), DECIDERS,
                         ids=[row[0] for row in DECIDERS])  # fmt: skip
def test_who_decides_a_request(_: str, role: Role, agency: int, staff: int, expected: bool) -> None:
    request = PendingRequest(
        id=uuid.uuid4(),
        kind=RequestKind.HOLD,
        asked_at=MONDAY,
        staff_id=4,
        agency_id=DINAS,
        decider_id=PROVINCE,
    )
    assert decides(role, agency, staff, request, (ROOT, PROVINCE), others=True) is expected
    alone = decides(role, agency, staff, request, (ROOT, PROVINCE), others=False)
    assert alone is (expected or staff == request.staff_id)
