"""Two copies of the portal: any request may reach either, whatever it goes on from."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from deploy.credentials import load_or_create
from deploy.local.ports import free_port
from deploy.local.processes import PROCESSES, Process
from tests.deadlines import READY_WITHIN
from tests.portal.alternating import Alternating, reports_with_a_picture, signs_in
from tests.portal.conftest import Portal
from tests.portal.test_chosen_files import picture


@pytest.fixture(scope="module")
def copies(portal: Portal) -> Iterator[tuple[str, str]]:
    """The portal of the stack, and another one of the same settings."""
    addresses = portal.addresses.model_copy(update={"portal_port": free_port()})
    [description] = (process for process in PROCESSES if process.name == "portal")
    second = Process(description, addresses, load_or_create(addresses.data_dir), "portal-2")
    second.start()
    try:
        asyncio.run(second.wait_ready(READY_WITHIN))
        yield portal.address, f"http://{addresses.host}:{addresses.portal_port}"
    finally:
        asyncio.run(second.stop())


def test_the_steps_of_a_form_with_a_file_go_to_either_copy_in_turn(
    portal: Portal, copies: tuple[str, str]
) -> None:
    portal.forgets_who_came()
    with httpx.Client(timeout=60) as http:
        reports_with_a_picture(Alternating(copies, http), picture())


def test_who_signed_in_by_one_copy_works_by_the_other(
    portal: Portal, copies: tuple[str, str]
) -> None:
    portal.forgets_who_came()
    with httpx.Client(timeout=60) as http:
        browser = Alternating(copies, http)
        signs_in(browser, "admin.kab.bandung", portal.password)
        for _ in range(2):
            browser.opens("/panel")
            assert "Kata sandi" not in browser.reads


def test_pages_that_renew_a_session_side_by_side_by_both_copies_stay_signed_in(
    portal: Portal, copies: tuple[str, str]
) -> None:
    portal.forgets_who_came()
    with httpx.Client(timeout=60) as http:
        signs_in(Alternating(copies, http), "admin.kab.bandung", portal.password)
        sealed = http.cookies["lapor_panel"]
    run_out = {"lapor_panel": portal.panel_cookie_with(sealed, access="run.out.token")}

    def opens(copy: str) -> httpx.Response:
        return httpx.get(f"{copy}/panel?tab=closed", cookies=run_out, timeout=60)

    with ThreadPoolExecutor() as pages:
        answers = list(pages.map(opens, [*copies, *copies, *copies]))
    assert [answer.status_code for answer in answers] == [200] * 6
    again = httpx.get(f"{copies[0]}/panel?tab=closed", cookies=answers[-1].cookies, timeout=60)
    assert again.status_code == 200
