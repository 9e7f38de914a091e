"""The service's way to Temporal, which it seldom needs: made when it is first asked for."""

from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from temporalio.client import Client


class LateClient:
    """What the client loads stays in memory; reading figures and lists does without."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None

    async def get(self) -> "Client":
        """The client; it connects by itself."""
        if self._client is None:
            from shared.temporal.client import connect

            self._client = await connect(self._settings, "reporting")
        return self._client
