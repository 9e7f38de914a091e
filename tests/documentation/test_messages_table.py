"""The page of messages says what the notification service does."""

from deploy.documentation.messages import PAGE, with_table


def test_the_page_has_the_table_of_messages() -> None:
    page = PAGE.read_text()
    assert with_table(page) == page, "run `make docs`"
