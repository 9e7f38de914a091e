"""What followup answers, as far as the portal reads it. Made by `make docs`
from the models of followup and the imports of the portal; not to be edited."""

from __future__ import annotations

from pydantic import BaseModel, Field


class CommandAnswer(BaseModel):
    command_id: str
    number: int
    state: str
    status: str | None = None
    version: int | None = None
    refusal: str | None = None
    href: str


class Foreseen(BaseModel):
    number: int
    reason: str | None = None
    reason_words: str | None = None


class LinkedTargets(BaseModel):
    items: list[Foreseen] = Field([], validate_default=True)
