"""Open311 GeoReport v2: other cities' and citizens' apps report and follow reports as anywhere."""

from services.intake.open311 import discovery, following, offered_services, submitting

routers = [discovery.router, offered_services.router, submitting.router, following.router]
