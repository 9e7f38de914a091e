"""What the deployments name: versions, and what a container must not reach."""

import re

import pytest
import yaml
from pydantic import ValidationError

from shared.settings import Settings
from tests.production.manifests import FOLDER


def test_a_port_that_is_no_number_is_still_refused() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"intake_port": "eight thousand"})


def test_no_image_is_whatever_happens_to_be_newest() -> None:
    version = re.search(
        r'^version = "(.+)"$', (FOLDER.parents[2] / "pyproject.toml").read_text(), re.M
    )
    assert version
    [image] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["images"]
    assert image["newTag"] == version[1]
    compose = yaml.safe_load((FOLDER.parent / "compose.yaml").read_text())
    for name, service in compose["services"].items():
        tag = service["image"].partition(":")[2]
        assert tag and not tag.startswith("latest"), name
    example = (FOLDER.parent / "environment.example").read_text()
    assert f"LAPOR_VERSION={version[1]}\n" in example


def test_compose_wants_to_know_its_proxy_and_keeps_the_portal_from_what_it_need_not_reach() -> None:
    compose = yaml.safe_load((FOLDER.parent / "compose.yaml").read_text())
    assert compose["x-environment"]["FORWARDED_ALLOW_IPS"] == "${FORWARDED_ALLOW_IPS:?}"
    services = compose["services"]
    portal = services["portal"]
    assert portal["volumes"] == []
    assert not any("TEMPORAL" in name or "DATABASE" in name for name in portal["environment"])
    for name in ("postgres", "nats", "temporal", "temporal-ui"):
        assert not set(services[name]["networks"]) & set(portal["networks"]), name
    assert services["temporal"]["environment"]["TEMPORAL_TLS_REQUIRE_CLIENT_AUTH"] == "true"
    for name in ("intake", "routing", "followup", "reporting"):
        assert set(portal["networks"]) < set(services[name]["networks"]), name
