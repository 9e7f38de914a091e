"""A service starts only when it is told clearly which proxies to believe."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
import yaml

from shared.http.proxies import VARIABLE, ProxiesUnclearError, believed_proxies
from tests.http.test_serving import _ENVIRONMENT, _PROGRAM, _ROOT

SETTINGS = Path(_ROOT) / "deploy" / "production" / "kubernetes" / "settings.yaml"
PLACEHOLDER = yaml.safe_load(SETTINGS.read_text())["data"][VARIABLE]


@pytest.mark.parametrize(
    ("setting", "believed"),
    [
        ("10.1.2.3", ["10.1.2.3"]),
        (" 10.1.2.0/24 , fd00:1::/64,", ["10.1.2.0/24", "fd00:1::/64"]),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
        ("", []),
    ],
)
def test_addresses_and_networks_are_believed(setting: str, believed: list[str]) -> None:
    assert believed_proxies({VARIABLE: setting}) == believed


def test_without_a_word_only_this_machine_is() -> None:
    assert believed_proxies({}) == ["127.0.0.1", "::1"]


@pytest.mark.parametrize(
    "setting",
    [
        *("*", "10.1.2.3,*", "0.0.0.0/0", "::/0", "0.0.0.0/1,128.0.0.0/1", "2000::/3"),
        *("ingress.lapor.svc", "10.1.2.3/24", "10.1.2.*", "10.1.2.3 10.1.2.4", PLACEHOLDER),
    ],
)
def test_everybody_and_what_is_no_address_is_refused(setting: str) -> None:
    with pytest.raises(ProxiesUnclearError):
        believed_proxies({VARIABLE: setting})


async def test_a_process_that_believes_everybody_does_not_start() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PROGRAM.format(port=0),
        cwd=_ROOT,
        env={**os.environ, **_ENVIRONMENT, VARIABLE: "*"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, log = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert b"FORWARDED_ALLOW_IPS takes the addresses of your proxies" in log
