"""The connection to Temporal."""

import asyncio
import logging

from temporalio.client import Client, TLSConfig
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

from shared.resilience.reasons import explained, known_reason
from shared.settings import Settings
from shared.temporal.names import SEARCH_ATTRIBUTES
from shared.temporal.tracing import interceptors

log = logging.getLogger(__name__)


async def connect(settings: Settings, name: str, *, lazy: bool = True) -> Client:
    """A client; by default it connects when it is first used.

    Temporal may be away when a service starts.
    """
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        tls=_tls(settings),
        api_key=settings.temporal_api_key,
        data_converter=pydantic_data_converter,
        interceptors=interceptors(),
        identity=name,
        lazy=lazy,
    )


def _tls(settings: Settings) -> TLSConfig | bool:
    files = (
        settings.temporal_tls_ca,
        settings.temporal_tls_certificate,
        settings.temporal_tls_key,
    )
    if not any(files):
        return settings.temporal_tls or bool(settings.temporal_api_key)  # never in the clear
    authority, certificate, key = (file.read_bytes() if file else None for file in files)
    return TLSConfig(server_root_ca_cert=authority, client_cert=certificate, client_private_key=key)


async def connect_patiently(settings: Settings, name: str) -> Client:
    """A connected client. Waits without limit for a server that is not there yet."""
    missing = False
    while True:
        try:
            return await connect(settings, name, lazy=False)
        except RuntimeError as error:  # what the SDK raises when nobody listens, or refuses
            if not missing:
                why = known_reason(error) or "Temporal is not there"
                log.warning("%s, trying on (%s)", why, name)
            missing = True
        await asyncio.sleep(1)


@explained.register
def _call_refused(error: RPCError) -> str | None:
    if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
        return _REFUSES
    if error.status is RPCStatusCode.NOT_FOUND and "namespace" in error.message.lower():
        return "Temporal has no such namespace (LAPOR_TEMPORAL_NAMESPACE)"
    if error.status is RPCStatusCode.INVALID_ARGUMENT:
        if missing := [name for name in SEARCH_ATTRIBUTES if name in error.message]:
            return f"Temporal lacks search attributes ({', '.join(missing)}): run `lapor migrate`"
        return f"Temporal: {error.message}"
    return None


@explained.register
def _connection_refused(error: RuntimeError) -> str | None:
    """The RuntimeError that the SDK raises when it cannot connect."""
    return _REFUSES if any(word in str(error) for word in _DENIED) else None


_DENIED = ("PermissionDenied", "Unauthenticated")
_REFUSES = "Temporal refuses the API key or certificate"
