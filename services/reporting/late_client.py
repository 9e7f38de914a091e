"""The service's Temporal client, created when it is first needed, because that is seldom."""

from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from temporalio.client import Client


class LateClient:
    """Creates the client when first asked. The client uses memory that reading figures and lists
    does not need."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None

    async def get(self) -> "Client":
        """Return the client; it connects by itself."""
        if self._client is None:
            from shared.temporal.client import connect

            self._client = await connect(self._settings, "reporting")
        return self._client
