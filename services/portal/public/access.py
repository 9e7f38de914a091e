"""Opening one's own report by number and access code."""

from services.portal.answers import answer_as
from services.portal.contracts.intake import PublicReport, ReportAccess, ReporterReport
from services.portal.page_request import PageRequest
from shared.http.problems import Problem

Report = PublicReport | ReporterReport


async def read_report(page_request: PageRequest, number: int) -> Report:
    """Return the report as its reporter sees it if this browser has access, else the public
    version."""
    token = page_request.session.reports.get(number)
    return await page_request.read("intake", f"/reports/{number}", Report, token=token)


async def open_report(page_request: PageRequest, number: int, code: str) -> Report:
    """Open a report by its number and code, and keep the access in the browser's session. Returns
    the report as its reporter sees it. Raises the refusal if number and code do not match."""
    answer = await page_request.call(
        "intake", "POST", f"/reports/{number}/access", json={"access_code": code}
    )
    access = answer_as(ReportAccess, answer)
    page_request.session.keep_report(number, access.access_token)
    return await read_report(page_request, number)


async def leave_report(page_request: PageRequest, number: int, token: str) -> None:
    """End an access, so that it is also useless in a copy of the cookie."""
    try:
        await page_request.call("intake", "DELETE", f"/reports/{number}/access", token=token)
    except Problem as problem:
        if problem.status != 401:  # an expired access has ended already
            raise
