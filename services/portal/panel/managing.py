"""Who sees the pages of management; what they do there the service decides."""

from services.portal.page_request import PageRequest
from shared.http.problems import forbidden
from shared.lifecycle.people import MANAGERS


def only_who_manages(page_request: PageRequest) -> None:
    """403 for anyone who would find each button of the page refused."""
    if page_request.session.role not in MANAGERS:
        raise forbidden()
