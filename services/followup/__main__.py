"""`python -m services.followup`: the service at its port, until it is told to stop."""

from services.followup.app import make_app
from shared.http.app import serve
from shared.settings import settings

if __name__ == "__main__":
    own = settings("followup")
    serve("followup", lambda: make_app(own), own, port=own.followup_port)
