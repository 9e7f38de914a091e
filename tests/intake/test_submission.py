"""A person submits a report."""

from tests.intake.conftest import form


async def test_a_report_is_accepted_with_number_code_and_link(intake, country) -> None:
    answer = await intake.post("/reports", json=form(addressee="kota-bandung"))
    assert answer.status_code == 201, answer.text
    print(answer.json())
