"""Who sees the pages of management; what they do there the service decides."""

from services.portal.page_request import Visit
from shared.http.problems import forbidden

COORDINATORS = ("coordinating_admin", "central_admin")


def only_who_manages(visit: Visit) -> None:
    """403 for who would find each button of the page refused."""
    if visit.session.role not in COORDINATORS:
        raise forbidden()
