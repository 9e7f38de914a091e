"""Forms that outlive their session: sealed into the page that asks to sign in again, and opened
only for the person whose page they came from."""

import base64
import binascii
import json
import re
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import FormData as SentForm
from starlette.datastructures import UploadFile

CARRIED = "dibawa"
"""The field that holds a sealed form."""
PAGE = "halaman"
"""The field that says, sealed, for whom a page was made."""
LONGEST = 150_000
"""Characters of a sealed form; the page that asks to sign in must still be small enough."""
SEALED_SEARCH = re.compile(r"~[\w=-]{60,}", re.ASCII)
"""The words of a search as they stand sealed in an address."""
NOT_YOURS = "Yang ditulis sebelum sesi berakhir tidak ditampilkan: itu tulisan orang lain."
_DAYS = 7 * 86_400
_HOURS = 12 * 3_600
_NEVER = {
    "csrf", "kunci", "langkah", PAGE, CARRIED, "password", "present", "again",
    "current_password", "own_password", "access_code",
}  # fmt: skip
"""What is of the page, or secret: it is typed again."""


class Search(BaseModel):
    """The words that a person searched by."""

    person: str
    words: str = Field(repr=False)


class Page(BaseModel):
    """For whom a page was made ("" for nobody known), and what finds the files of its forms."""

    person: str = ""
    drafts: str = Field(default="", repr=False)


class Carried(Page):
    """A form as it was sent, and where to."""

    path: str
    fields: list[tuple[str, str]] = Field(repr=False)

    @property
    def form(self) -> SentForm:
        fields: list[tuple[str, str | UploadFile]] = [*self.fields]
        return SentForm(fields)


class Seals:
    """Seals and opens both, with a key of their own."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), 32, None, b"lapor portal forms").derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def page(self, page: Page) -> str:
        return self._fernet.encrypt(page.model_dump_json().encode()).decode()

    def opened_page(self, sealed: object) -> Page | None:
        """None for what we did not seal this week."""
        try:
            return Page.model_validate_json(self._fernet.decrypt(str(sealed).encode(), _DAYS))
        except (InvalidToken, ValidationError):
            return None

    def search(self, search: Search) -> str:
        return self._fernet.encrypt(search.model_dump_json().encode()).decode()

    def opened_search(self, sealed: str) -> Search | None:
        """None for what we did not seal in these twelve hours."""
        try:
            return Search.model_validate_json(self._fernet.decrypt(sealed.encode(), _HOURS))
        except (InvalidToken, ValidationError):
            return None

    def form(self, path: str, page: Page, fields: list[tuple[str, str]]) -> str | None:
        """The words of a form sent to `path`; None where there are none, or too many."""
        kept = [(name, value) for name, value in fields if name not in _NEVER]
        if not kept:
            return None
        carried = Carried(path=path, person=page.person, drafts=page.drafts, fields=kept)
        sealed = self._fernet.encrypt(carried.model_dump_json().encode()).decode()
        return sealed if len(sealed) <= LONGEST else None

    def opened_form(self, sealed: object) -> Carried | None:
        try:
            return Carried.model_validate_json(self._fernet.decrypt(str(sealed).encode(), _DAYS))
        except (InvalidToken, ValidationError):
            return None


def person_of(access: str) -> str:
    """Who a token of ours is of, as it says itself; the services check it, here it only tells
    one person from another."""
    try:
        payload = access.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return f"{claims['kind']}:{claims.get('id', claims.get('account_id'))}"
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return ""


def from_here(request: Request) -> bool:
    """Whether a form came from a page of this site, as the browser says."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
