"""What intake's endpoints use: created once in each process and kept on the application."""

from dataclasses import dataclass
from typing import Annotated

import httpx
from fastapi import Depends, Request

from services.intake.accepting.acceptance import Acceptance
from services.intake.accepting.preparing import Found, Named
from services.intake.arrivals import Arrivals
from services.intake.x.api import XApi
from shared.attachments import AttachmentStore
from shared.attachments.drafts import DraftStore
from shared.batcher import Batcher
from shared.database.policy_in_force import ProcessTime
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.settings import Settings


@dataclass(frozen=True)
class Resources:
    acceptance: Acceptance
    arrivals: Arrivals
    """Accepts reports that arrive at the same time together."""
    named: Batcher[Named, Found]
    """Looks up the agencies and categories in forms."""
    times: ProcessTime
    store: AttachmentStore
    drafts: DraftStore
    cipher: IdentityCipher
    index: BlindIndex
    http: httpx.AsyncClient
    """The client for routing."""
    followup: httpx.AsyncClient
    notification: httpx.AsyncClient
    """The clients for what reporters do by SMS with an existing report."""
    x: XApi | None
    """None if the X API is not configured."""
    settings: Settings


async def resources(request: Request) -> Resources:
    kept: Resources = request.app.state.resources
    return kept


Intake = Annotated[Resources, Depends(resources)]
