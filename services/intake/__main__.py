"""Runs the intake service: `python -m services.intake`."""

from services.intake.app import make_app
from shared.http.app import serve
from shared.settings import settings

if __name__ == "__main__":
    own = settings("intake")
    serve("intake", lambda: make_app(own), own, port=own.intake_port)
