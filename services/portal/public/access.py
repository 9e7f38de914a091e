"""Reaching one's own report by number and access code."""

from typing import Any

from services.portal.page_request import PageRequest
from shared.http.problems import Problem


async def open_report(page_request: PageRequest, number: int, code: str) -> Any:
    """Show number and code; the browser keeps the access. Gives the report as its reporter
    sees it. Raises the refusal where they do not belong together."""
    answer = await page_request.call(
        "intake", "POST", f"/reports/{number}/access", json={"access_code": code}
    )
    token = answer.json()["access_token"]
    page_request.session.keep_report(number, token)
    return await page_request.read("intake", f"/reports/{number}", token=token)


async def leave_report(page_request: PageRequest, number: int, token: str) -> None:
    """End an access, which a copy of the cookie would have as well."""
    try:
        await page_request.call("intake", "DELETE", f"/reports/{number}/access", token=token)
    except Problem as problem:
        if problem.status != 401:  # one that ran out by itself has ended
            raise
