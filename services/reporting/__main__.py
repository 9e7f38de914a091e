"""Runs the reporting service: `python -m services.reporting`."""

from services.reporting.app import make_app
from shared.http.app import serve
from shared.settings import settings

if __name__ == "__main__":
    own = settings("reporting")
    serve("reporting", lambda: make_app(own), own, port=own.reporting_port)
