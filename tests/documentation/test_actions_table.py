"""The documentation says what the code does."""

from deploy.documentation.actions import PAGE, with_table


def test_the_table_of_actions_is_the_transition_table() -> None:
    page = PAGE.read_text()
    assert page == with_table(page), "run `make docs`"
