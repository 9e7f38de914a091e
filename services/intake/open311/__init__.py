"""Open311 GeoReport v2: apps of citizens and other cities submit and follow reports."""

from services.intake.open311 import discovery, following, offered_services, submitting

routers = [discovery.router, offered_services.router, submitting.router, following.router]
