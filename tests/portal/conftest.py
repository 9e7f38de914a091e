"""The portal as people use it: a browser before a whole stack, on ports of its own."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.requests import Request
from starlette.responses import Response

from deploy.credentials import load_or_create
from deploy.local.postgres import DATABASE, Postgres
from services.portal.sessions import Cookies
from shared.settings import Addresses
from tests.stack.lapor_up import Stack

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Without the browser's own windows it costs a third of the computing."""
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class Portal:
    """Where the portal and three services are, the password of the demo's staff, and what
    seals the portal's cookies."""

    address: str
    intake: str
    routing: str
    followup: str
    password: str
    secret: str
    postgres: Postgres
    addresses: Addresses

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
    stack = Stack(data_dir, webhooks_to_private_addresses="true")
    stack.start()
    try:
        stack.wait_ready()
        known = load_or_create(data_dir)
        yield Portal(
            address=stack.url("portal"),
            intake=stack.url("intake"),
            routing=stack.url("routing"),
            followup=stack.url("followup"),
            password=known.demo,
            secret=known.application["LAPOR_COOKIE_SECRET"],
            postgres=Postgres(
                data_dir, password=known.postgres, port=int(stack.ports["postgres_port"])
            ),
            addresses=Addresses.model_validate({"data_dir": data_dir, **stack.ports}),
        )
    finally:
        stack.end(signal.SIGINT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # No longer than a module: while it lives, its loop runs in this thread, and the tests of
    # others that are asynchronous could not.
    if not Path(CHROMIUM).exists():
        needed = "Chromium is not there: apt-get install chromium-headless-shell"
        pytest.fail(needed) if "CI" in os.environ else pytest.skip(needed)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Person:
    """Somebody at a browser of their own. Complaints of the browser are kept in `troubles`:
    errors of scripts and breaches of the content policy."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self.portal = portal
        self.troubles: list[str] = []
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda m: self._heard(m.type, m.text))

    def opens(self, path: str) -> None:
        self.page.goto(self.portal.address + path)

    def signs_in(self, username: str) -> None:
        self.opens("/panel/masuk")
        self.page.get_by_label("Nama pengguna").fill(username)
        self.page.get_by_label("Kata sandi").fill(self.portal.password)
        self.presses("Masuk")

    def presses(self, button: str) -> None:
        """A button of the page, by its exact words; waits for the page that comes."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=button, exact=True).click()

    def follows(self, link: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=link, exact=True).first.click()

    def finds_agency(self, field: str, words: str, name: str) -> None:
        """Search in an agency field and choose the agency of this name."""
        group = self.page.locator(f"#f-{field}")
        group.get_by_role("searchbox").fill(words)
        with self.page.expect_navigation():
            group.get_by_role("button", name="Cari").click()
        self.page.locator(f"#f-{field} label", has_text=name).first.click()

    def cookies(self) -> "list[SetCookieParam]":
        """Those this browser has, as another takes them."""
        return cast("list[SetCookieParam]", self.page.context.cookies())

    @property
    def reads(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def fits(self) -> bool:
        """Nothing sticks out sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def _heard(self, kind: str, words: str) -> None:
        # A page that answers 4xx is one of ours; the browser notes it as an error.
        if kind in {"error", "warning"} and "Failed to load resource" not in words:
            self.troubles.append(words)


Meet = Callable[..., Person]


@pytest.fixture
def meet(browser: Browser, portal: Portal) -> Iterator[Meet]:
    """A new person, with a phone 360 pixels wide or at a desk, with or without scripts."""
    portal.forgets_who_came()
    people: list[Person] = []

    def new(*, phone: bool = False, scripts: bool = True) -> Person:
        context = browser.new_context(
            viewport={"width": 360, "height": 740} if phone else {"width": 1100, "height": 800},
            locale="id-ID",
            java_script_enabled=scripts,
        )
        people.append(Person(context.new_page(), portal))
        return people[-1]

    yield new
    for person in people:
        person.page.context.close()
    assert [trouble for person in people for trouble in person.troubles] == []
