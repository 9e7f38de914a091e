"""What followup answers, as far as the portal reads it. Made by `make docs`
from the models of followup and the imports of the portal; not to be edited."""

from __future__ import annotations

from pydantic import BaseModel


class CommandAnswer(BaseModel):
    command_id: str
    number: int
    state: str
    status: str | None
    version: int | None
    refusal: str | None
    href: str


class Foreseen(BaseModel):
    number: int
    reason: str | None
    reason_words: str | None


class LinkedTargets(BaseModel):
    items: list[Foreseen]
