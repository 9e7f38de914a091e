"""The messages received, stored in the data folder: mail as `.eml`, text messages as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class StoredFile:
    """An attachment of a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class StoredMail:
    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    files: tuple[StoredFile, ...]


@dataclass(frozen=True)
class StoredSms:
    id: str
    at: datetime
    to: str
    text: str
    sender: str = ""
    """Empty if the system sent it."""


class MessageStore:
    """The folders `mail` and `sms` below the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._mail, self._sms = data_dir / "mail", data_dir / "sms"
        for folder in (self._mail, self._sms):
            folder.mkdir(parents=True, exist_ok=True)

    def keep_mail(self, to: str, content: bytes) -> None:
        """Store a mail unchanged, with the envelope's recipient added as a header."""
        at = datetime.now(UTC)
        path = self._mail / f"{at:%Y%m%dT%H%M%S%f}.eml"
        path.write_bytes(f"X-Envelope-To: {to}\r\n".encode() + content)

    def keep_sms(self, id: str, to: str, text: str, *, sender: str = "") -> bool:
        """Store a text message; return whether it is new: the same id twice is one message."""
        path = self._sms / f"{id}.json"
        if path.exists():
            return False
        at = datetime.now(UTC).isoformat()
        values = {"id": id, "at": at, "to": to, "text": text, "sender": sender}
        path.write_text(json.dumps(values))
        return True

    def mails(self) -> Iterator[StoredMail]:
        """Newest first."""
        for path in sorted(self._mail.glob("*.eml"), reverse=True):
            yield _read(path)

    def mail(self, name: str) -> StoredMail | None:
        path = next((path for path in self._mail.glob("*.eml") if path.stem == name), None)
        return _read(path) if path else None

    def texts(self) -> list[StoredSms]:
        """Newest first."""
        values: list[dict[str, Any]] = [
            json.loads(path.read_text()) for path in self._sms.glob("*.json")
        ]
        texts = [StoredSms(**v | {"at": datetime.fromisoformat(v["at"])}) for v in values]
        return sorted(texts, key=lambda each: each.at, reverse=True)


def _read(path: Path) -> StoredMail:
    mail = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return StoredMail(
        name=path.stem,
        at=datetime.strptime(path.stem, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC),
        to=str(mail["X-Envelope-To"]),
        subject=str(mail["Subject"] or ""),
        text=str(plain.get_content()) if plain else "",
        html=str(html.get_content()) if html else "",
        files=tuple(_file(part) for part in mail.iter_attachments()),
    )


def _file(part: Message) -> StoredFile:
    content = part.get_payload(decode=True)
    return StoredFile(
        name=part.get_filename() or "attachment",
        media_type=part.get_content_type(),
        content=content if isinstance(content, bytes) else b"",
    )
