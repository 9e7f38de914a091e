"""What a process takes from its environment, and what it refuses to start without."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings import Addresses, SecretMissing, Settings, settings


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LAPOR_{name.upper()}", raising=False)


def test_addresses_follow_host_and_ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LAPOR_INTAKE_PORT", "9001")
    monkeypatch.setenv("LAPOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LAPOR_ROUTING_URL", "https://routing.example.go.id")
    addresses = Addresses()
    assert addresses.intake_url == "http://127.0.0.1:9001"
    assert addresses.routing_url == "https://routing.example.go.id"
    assert addresses.storage_url == f"file://{tmp_path}/attachments"


def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.cache_clear()
    monkeypatch.setenv("LAPOR_STAFF_PUBLIC_KEYS", "s" * 43)
    monkeypatch.setenv("LAPOR_REPORTER_PUBLIC_KEYS", "s" * 43)
    with pytest.raises(SecretMissing, match="routing needs LAPOR_IDENTITY_KEYS, LAPOR_BLIND"):
        settings("routing")


def test_a_secret_that_is_too_short_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAPOR_STAFF_SIGNING_KEY", "short")
    with pytest.raises(ValidationError, match="staff_signing_key"):
        Settings()


def test_secrets_are_not_shown(settings: Settings) -> None:
    secrets = (settings.identity_keys, settings.database_url, settings.blind_index_key)
    for secret in (*secrets, settings.staff_signing_key, settings.reporter_signing_key):
        assert secret not in repr(settings)
