"""Runs the portal: `python -m services.portal`."""

from services.portal.app import create
from shared.http.app import serve
from shared.settings import settings

if __name__ == "__main__":
    own = settings("portal")
    serve("portal", lambda: create(own), own, port=own.portal_port)
