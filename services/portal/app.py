"""The portal put together: public site and staff panel, over the services' addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.portal import errors, panel, public, stylesheet, uploading
from services.portal.renewal import Renewal
from services.portal.sealed_forms import Seals
from services.portal.service_calls import Services
from services.portal.sessions import Cookies
from shared.http.app import create_app
from shared.settings import Settings

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def create(settings: Settings) -> FastAPI:
    """The portal's application; it needs no database, only the other services' addresses."""
    services = Services(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        yield
        await services.close()

    app = create_app(
        name="portal",
        title="LAPOR!",
        routers=[stylesheet.router, uploading.router, *public.routers, *panel.routers],
        settings=settings,
        lifespan=life,
        content_security=CONTENT_SECURITY,
        docs=False,
    )
    app.state.services = services
    app.state.renewal = Renewal(services)
    app.state.cookies = Cookies(
        settings.cookie_secret, secure=settings.public_base_url.startswith("https://")
    )
    app.state.seals = Seals(settings.cookie_secret)
    errors.install(app)
    return app
