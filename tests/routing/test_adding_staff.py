"""`lapor staff add`: a new member of staff signs in."""

import asyncio

import pytest
from typer.testing import CliRunner

from deploy.cli.staff import app
from deploy.errors import StackError
from shared.settings import Settings
from tests.routing.country import Country


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("database_url", "identity_keys", "blind_index_key", "sms_secret"):
        monkeypatch.setenv(f"LAPOR_{name.upper()}", getattr(settings, name))


async def add(*arguments: str, password: str | None = None) -> str:
    """What the command prints; it has an event loop of its own."""
    result = await asyncio.to_thread(
        CliRunner().invoke, app, ["add", *arguments], input=password, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


async def test_somebody_added_with_a_password_shown_once_signs_in(country: Country) -> None:
    output = await add(
        "budi", "--name", "Budi", "--role", "agency_admin", "--agency", "kab-pangandaran"
    )
    password = output.rsplit(": ", 1)[1].strip()
    answer = await country.http.post("/sign-in", json={"username": "budi", "password": password})
    assert answer.status_code == 200


async def test_a_password_can_come_from_standard_input_and_is_not_shown(country: Country) -> None:
    password = "kereta hijau tujuh"
    options = ("--name", "Ani", "--role", "liaison_officer", "--agency", "kemensos")
    output = await add("ani", *options, "--password-stdin", password=password + "\n")
    assert password not in output
    answer = await country.http.post("/sign-in", json={"username": "ani", "password": password})
    assert answer.status_code == 200


async def test_an_address_is_kept_and_a_link_that_proves_it_is_mailed(country: Country) -> None:
    options = ("--name", "Ita", "--role", "liaison_officer", "--agency", "kemensos")
    output = await add("ita", *options, "--email", "Ita@Kemensos.Example")
    assert "on its way" in output
    [(staff_id,)] = await country.rows("SELECT id FROM routing.staff WHERE username = 'ita'")
    [(template, state)] = await country.rows(
        "SELECT template, state FROM notification.message WHERE recipient = :who",
        who=f"staff-{staff_id}",
    )
    assert (template, state) == ("prove_email", "queued")
    with pytest.raises(StackError, match="no e-mail address"):
        await add("eka", *options, "--email", "eka di kantor")
    assert not await country.rows("SELECT FROM routing.staff WHERE username = 'eka'")


@pytest.mark.parametrize(
    ("password", "why"),
    [("pendek", "at least 10"), ("1234567890", "easy"), ("dewi.ayu.dewi", "easy")],
)
async def test_a_password_that_can_be_guessed_is_not_taken(
    country: Country, password: str, why: str
) -> None:
    options = ("--name", "Dewi Ayu", "--role", "liaison_officer", "--agency", "kemensos")
    with pytest.raises(StackError, match=why):
        await add("dewi.ayu", *options, "--password-stdin", password=password + "\n")
    assert not await country.rows("SELECT FROM routing.staff WHERE username = 'dewi.ayu'")


@pytest.mark.parametrize(
    ("username", "role", "agency", "why"),
    [
        ("admin.pusat", "agency_admin", "kemensos", "taken"),
        ("dewi", "agency_admin", "tidak-ada", "no active agency"),
        ("dewi", "central_admin", "kemensos", "pusat"),
        ("De wi", "agency_admin", "kemensos", "no user name"),
    ],
)
async def test_what_cannot_be_is_said_in_words(
    country: Country, username: str, role: str, agency: str, why: str
) -> None:
    with pytest.raises(StackError, match=why):
        await add(username, "--name", "Dewi", "--role", role, "--agency", agency)
