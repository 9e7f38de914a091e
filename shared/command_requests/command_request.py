"""A request for a command, and the handler that turns it into the command's fields."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid5

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared.attachments import StoredAttachment
from shared.command_requests.report_access import ReportAccess
from shared.http.idempotency import asker_of
from shared.http.tokens import Principal
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command
from shared.values.words import Form

F = TypeVar("F", bound=Form)

CommandFields = dict[str, Any]
"""Fields of a `Command`, without those that say who asks and when."""
Prepare = Callable[[AsyncSession, ReportAccess, F], Awaitable[CommandFields]]
"""Looks up what the form names and returns the fields of the command; raises problems. A 409 is
kept as the command's outcome."""
Save = Callable[[AsyncSession, Command, "CommandRequest"], Awaitable[None]]
"""Saves the words and the files, in the transaction that saves the command."""


@dataclass(frozen=True)
class CommandHandler(Generic[F]):
    """One action that a service offers. The form may choose among several actions."""

    action: Action | Callable[[F], Action]
    form: type[F]
    prepare: Prepare[F]
    save: Save

    def asked(
        self,
        principal: Principal,
        number: int,
        form: F,
        key: UUID,
        *,
        version: int | None = None,
        request_id: UUID | None = None,
        files: tuple[StoredAttachment, ...] = (),
    ) -> "CommandRequest":
        """The request of this person for this report."""
        action = self.action if isinstance(self.action, Action) else self.action(form)
        return CommandRequest(
            handler=self,
            action=action,
            principal=principal,
            number=number,
            form=form,
            key=key,
            version=version,
            request_id=request_id,
            files=files,
        )


@dataclass(frozen=True)
class CommandRequest:
    """A request for a command.

    `key` is the Idempotency-Key, and `version` the If-Match if there is one. `request_id` names the
    pending request (*permintaan*) that is decided or withdrawn.
    """

    handler: CommandHandler[Any]
    action: Action
    principal: Principal
    number: int
    form: Form
    key: UUID
    version: int | None = None
    request_id: UUID | None = None
    files: tuple[StoredAttachment, ...] = ()

    @property
    def id(self) -> UUID:
        return command_id(asker_of(self.principal), self.key)

    @property
    def digest(self) -> bytes:
        """A digest of all that is asked; a request with the same key must have the same digest.

        It is salted with the key, which is not stored, so that nobody can test guessed words
        against it.
        """
        content = [
            self.form.model_dump(mode="json"),
            self.request_id,
            [(file.original or file).sha256 for file in self.files],
        ]
        serialised = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        about = f"{self.number} {self.action} ".encode()
        return _DIGEST_VERSION + hashlib.sha256(self.key.bytes + about + serialised).digest()


def command_id(asker: str, key: UUID) -> UUID:
    """The id of the command and of its update, made from the key and from the person who uses it.

    So nobody can take the id of another person's command, or of one of the system's.
    """
    return uuid5(_OF_KEYS, f"{asker} {key}")


_DIGEST_VERSION: Final = b"\x02"
"""Digests from before 29 November 2026 lack this byte and cover other content."""
_OF_KEYS: Final = UUID("b2f4a0c6-7d1e-4f0b-9a53-1f6f2f9d8c40")
