"""The connection to Temporal."""

import asyncio
import logging

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from shared.settings import Settings
from shared.temporal.tracing import Tracing

log = logging.getLogger(__name__)


async def connect(settings: Settings, name: str) -> Client:
    """A client that connects when first used: Temporal may be away when a service starts."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        interceptors=[Tracing()],
        identity=name,
        lazy=True,
    )


async def connect_patiently(settings: Settings, name: str) -> Client:
    """A connected client; waits for a server that is not there yet, for ever."""
    missing = False
    while True:
        try:
            return await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=pydantic_data_converter,
                interceptors=[Tracing()],
                identity=name,
            )
        except RuntimeError:  # what the SDK raises when nobody listens
            if not missing:
                log.warning("Temporal is not there, trying on (%s)", name)
            missing = True
        await asyncio.sleep(1)
