"""The roles that see the pages of management; the service decides what they may do there."""

from services.portal.page_request import PageRequest
from shared.http.problems import forbidden
from shared.lifecycle.people import MANAGERS


def require_manager(page_request: PageRequest) -> None:
    """Raises the 403 problem for a role that may use none of the page's buttons."""
    if page_request.session.role not in MANAGERS:
        raise forbidden()
