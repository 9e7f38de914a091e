"""`lapor keys`, and the keys of a stack on this machine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.keys import app
from deploy.credentials import environment, load_or_create
from deploy.errors import StackError
from shared.http.signing_keys import key_id_of, public_key_of
from shared.http.tokens import Reporter, Staff, Tokens
from shared.settings import Addresses, Settings

Run = Callable[..., str]
ADMIN = Staff(id=5, role="agency_admin", agency_id=3, agency_path=(1, 3), name="Wati")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LAPOR_{name.upper()}", raising=False)
    monkeypatch.setenv("LAPOR_DATA_DIR", str(tmp_path))

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def settings_of(tmp_path: Path, process: str) -> Settings:
    """The settings of a process of the stack in this folder."""
    addresses = Addresses(data_dir=tmp_path)
    variables = environment(addresses, load_or_create(tmp_path), None, process)
    return Settings.model_validate(
        {name.removeprefix("LAPOR_").lower(): value for name, value in variables.items()}
    )


def test_a_pair_is_made_as_the_environment_has_it(run: Run) -> None:
    printed = dict(line.split("=", 1) for line in run("make", "staff").splitlines())
    assert list(printed) == ["LAPOR_STAFF_SIGNING_KEY", "LAPOR_STAFF_PUBLIC_KEYS"]
    assert public_key_of(printed["LAPOR_STAFF_SIGNING_KEY"]) == printed["LAPOR_STAFF_PUBLIC_KEYS"]
    assert run("make", "reporter") != run("make", "reporter")


def test_a_folder_of_before_starts_with_keys_of_its_own_and_keeps_the_rest(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    file = tmp_path / "secrets.env"
    lines = file.read_text().splitlines()
    kept = [line for line in lines if "_SIGNING_" not in line and "_PUBLIC_" not in line]
    assert len(kept) == len(lines) - 4
    file.write_text("\n".join([*kept, "LAPOR_JWT_SECRET=of-before"]) + "\n")
    first, second = load_or_create(tmp_path), load_or_create(tmp_path)
    assert first == second
    assert set(kept) <= set(file.read_text().splitlines())
    assert file.stat().st_mode & 0o777 == 0o600
    routing, followup = (
        Tokens.of(settings_of(tmp_path, "routing")),
        Tokens.of(settings_of(tmp_path, "followup")),
    )
    assert followup.read(routing.issue(ADMIN)).principal == ADMIN


def test_each_process_signs_for_its_own_people_only(tmp_path: Path) -> None:
    for process in ("intake", "routing", "followup", "reporting"):
        own = settings_of(tmp_path, process)
        assert bool(own.staff_signing_key) == (process == "routing")
        assert bool(own.reporter_signing_key) == (process == "intake")
    assert not settings_of(tmp_path, "portal").staff_public_keys


def test_a_changed_key_signs_and_what_the_former_signed_holds(run: Run, tmp_path: Path) -> None:
    before = Tokens.of(settings_of(tmp_path, "routing"))
    citizens = Tokens.of(settings_of(tmp_path, "intake"))
    first = key_id_of(load_or_create(tmp_path).application["LAPOR_STAFF_PUBLIC_KEYS"])
    old, citizen = before.issue(ADMIN), citizens.issue(Reporter(account_id=9))
    run("rotate", "staff")
    after = Tokens.of(settings_of(tmp_path, "routing"))
    new = after.issue(ADMIN)
    for token in (old, new, citizen):
        assert after.read(token)
    shown = [line.split() for line in run("show").splitlines()]
    assert [line[2] for line in shown] == ["signs", "verifies", "signs"]
    assert shown[1][1] == first
    run("rotate", "staff")
    shown = [line.split() for line in run("show").splitlines()]
    assert first not in {line[1] for line in shown}


def test_where_no_stack_is_nothing_is_made(run: Run, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="No stack"):
        run("rotate", "staff")
    assert not list(tmp_path.iterdir())
