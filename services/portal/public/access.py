"""Reaching one's own report by number and access code."""

from services.portal.answers import answer_as
from services.portal.contracts.intake import PublicReport, ReportAccess, ReporterReport
from services.portal.page_request import PageRequest
from shared.http.problems import Problem

Report = PublicReport | ReporterReport


async def read_report(page_request: PageRequest, number: int) -> Report:
    """The report as its reporter sees it where this browser has access, else what is public."""
    token = page_request.session.reports.get(number)
    return await page_request.read("intake", f"/reports/{number}", Report, token=token)


async def open_report(page_request: PageRequest, number: int, code: str) -> Report:
    """Show number and code; the browser keeps the access. Gives the report as its reporter
    sees it. Raises the refusal where they do not belong together."""
    answer = await page_request.call(
        "intake", "POST", f"/reports/{number}/access", json={"access_code": code}
    )
    access = answer_as(ReportAccess, answer)
    page_request.session.keep_report(number, access.access_token)
    return await read_report(page_request, number)


async def leave_report(page_request: PageRequest, number: int, token: str) -> None:
    """End an access, which a copy of the cookie would have as well."""
    try:
        await page_request.call("intake", "DELETE", f"/reports/{number}/access", token=token)
    except Problem as problem:
        if problem.status != 401:  # one that ran out by itself has ended
            raise
