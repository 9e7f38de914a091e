"""The portal as people use it: a browser before a whole stack, on ports of its own."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.requests import Request
from starlette.responses import Response

from deploy.credentials import load_or_create
from deploy.local.ports import free_port
from deploy.local.postgres import DATABASE, Postgres
from services.portal.sessions import Cookies
from shared.settings import Addresses
from tests.intake import x_server
from tests.portal.person import Person as Person
from tests.stack.lapor_up import Stack

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Without the browser's own windows it costs a third of the computing."""
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class Portal:
    """Where the portal and three services are, the password of the demo's staff, what seals the
    portal's cookies, and the port at which X is looked for."""

    address: str
    intake: str
    routing: str
    followup: str
    password: str
    secret: str
    postgres: Postgres
    addresses: Addresses
    x_port: int = 0

    def forgets_who_came(self) -> None:
        """Nobody has used up a limit: all these people come from one address, and in a few minutes
        one of them signs in more often than a person would."""
        with self.postgres.administer(DATABASE) as connection:
            for schema in ("intake", "routing", "followup", "reporting", "notification"):
                connection.execute(f"TRUNCATE {schema}.rate_limit")

    def panel_cookie_with(self, sealed: str, **tokens: str) -> str:
        """The panel's cookie as the browser would hold it after a long while."""
        cookies = Cookies(self.secret, secure=False)
        header = f"lapor_panel={sealed}".encode()
        session = cookies.read(Request({"type": "http", "headers": [(b"cookie", header)]}), "panel")
        assert session.tokens is not None
        session.tokens = session.tokens.model_copy(update=tokens)
        answer = Response(json.dumps({}))
        cookies.write(answer, "panel", session)
        return answer.headers["set-cookie"].split(";")[0].split("=", 1)[1]


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """`lapor up`, with the demo's agencies and staff."""
    data_dir = tmp_path_factory.mktemp("portal") / "stack"
    x_port = free_port()
    stack = Stack(
        data_dir,
        quick_passwords=True,
        webhooks_to_private_addresses="true",
        x_api_base_url=f"http://127.0.0.1:{x_port}",
        x_api_token=x_server.TOKEN,
    )
    stack.start()
    try:
        stack.wait_ready()
        yield replace(portal_of(stack), x_port=x_port)
    finally:
        stack.end(signal.SIGINT)


def portal_of(stack: Stack) -> Portal:
    """What tests need of a stack that is ready."""
    known = load_or_create(stack.data_dir)
    return Portal(
        address=stack.url("portal"),
        intake=stack.url("intake"),
        routing=stack.url("routing"),
        followup=stack.url("followup"),
        password=known.demo,
        secret=known.application["LAPOR_COOKIE_SECRET"],
        postgres=Postgres(
            stack.data_dir, password=known.postgres, port=int(stack.ports["postgres_port"])
        ),
        addresses=Addresses.model_validate({"data_dir": stack.data_dir, **stack.ports}),
    )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; each person has a context of their own. While it lives, its loop runs in this
    thread, and asynchronous tests could not: those of this folder come before the first that asks
    for it (`tests/distribution.py`)."""
    if not Path(CHROMIUM).exists():
        needed = "Chromium is not there: apt-get install chromium-headless-shell"
        pytest.fail(needed) if "CI" in os.environ else pytest.skip(needed)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


Meet = Callable[..., Person]


@pytest.fixture
def meet(browser: Browser, portal: Portal) -> Iterator[Meet]:
    """A new person, with a phone 360 pixels wide or at a desk or with a `wide` screen of their own,
    with or without scripts, who reads this language; `by` for whoever uses no mouse."""
    portal.forgets_who_came()
    people: list[Person] = []

    def new(
        *,
        phone: bool = False,
        scripts: bool = True,
        locale: str = "id-ID",
        by: type[Person] = Person,
        wide: int | None = None,
    ) -> Person:
        height = 740 if phone or (wide and wide < 500) else 800
        context = browser.new_context(
            viewport={"width": wide or (360 if phone else 1100), "height": height},
            locale=locale,
            java_script_enabled=scripts,
        )
        people.append(by(context.new_page(), portal))
        return people[-1]

    yield new
    for person in people:
        person.page.context.close()
    assert [trouble for person in people for trouble in person.troubles] == []
