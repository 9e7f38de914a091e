"""Which form the panel has for an action."""

import pytest

from services.portal.panel.forms import FORMS
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.rules import RULES

ON_A_REQUEST = {Action.ACCEPT_REQUEST, Action.REJECT_REQUEST, Action.WITHDRAW_REQUEST}


def test_every_action_of_staff_has_a_form_but_decisions_which_stand_beside_the_request() -> None:
    of_staff = {
        action for action, rule in RULES.items() if rule.who - {Capacity.REPORTER, Capacity.SYSTEM}
    }
    assert FORMS.keys() == of_staff - ON_A_REQUEST


@pytest.mark.parametrize(
    "action",
    [
        action
        for action in RULES
        if action in FORMS and RULES[action].who <= {Capacity.ADMIN_ABOVE, Capacity.OPERATOR}
    ],
)
def test_an_intervention_asks_followup_under_its_own_name_with_a_reason(action: Action) -> None:
    form = FORMS[action]
    assert (form.service, form.path) == ("followup", f"/reports/{{number}}/{action}")
    assert form.reason
