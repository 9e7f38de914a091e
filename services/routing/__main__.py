"""`python -m services.routing`: the service at its port, until it is told to stop."""

from services.routing.app import make_app
from shared.http.app import serve
from shared.settings import settings

if __name__ == "__main__":
    own = settings("routing")
    serve("routing", lambda: make_app(own), own, port=own.routing_port)
