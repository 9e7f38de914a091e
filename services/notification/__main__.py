"""`python -m services.notification`: runs the service at its port until it is stopped."""

from services.notification.app import make_app
from shared.http.app import serve
from shared.settings import settings

if __name__ == "__main__":
    own = settings("notification")
    serve("notification", lambda: make_app(own), own, port=own.notification_port)
