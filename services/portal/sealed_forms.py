"""Forms that outlive their session. They are sealed into the page that asks to sign in again, and
opened only for the person whose page they came from."""

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
"""The field that holds, sealed, for whom a page was made."""
LONGEST = 150_000
"""The most characters of a sealed form: the page that asks to sign in must still be small
enough."""
SEALED_SEARCH = re.compile(r"~[\w=-]{60,}", re.ASCII)
"""The sealed words of a search in an address."""
NOT_YOURS = "Yang ditulis sebelum sesi berakhir tidak ditampilkan: itu tulisan orang lain."
_DAYS = 7 * 86_400
_HOURS = 12 * 3_600
_NEVER = {
    "csrf", "kunci", "langkah", PAGE, CARRIED, "password", "present", "again",
    "current_password", "own_password", "access_code",
}  # fmt: skip
"""Fields that belong to the page, or are secret: they have to be typed again."""


class Search(BaseModel):
    """The words of a search, and who searched."""

    person: str
    words: str = Field(repr=False)


class Page(BaseModel):
    """The person for whom a page was made ("" if unknown), and the secret that finds the files of
    its forms."""

    person: str = ""
    drafts: str = Field(default="", repr=False)


class Carried(Page):
    """A form as it was sent, with its path."""

    path: str
    fields: list[tuple[str, str]] = Field(repr=False)

    @property
    def form(self) -> SentForm:
        fields: list[tuple[str, str | UploadFile]] = [*self.fields]
        return SentForm(fields)


class Seals:
    """Seals and opens pages, searches and forms, with a key of their own."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), 32, None, b"lapor portal forms").derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def page(self, page: Page) -> str:
        return self._fernet.encrypt(page.model_dump_json().encode()).decode()

    def opened_page(self, sealed: object) -> Page | None:
        """Open a sealed page; None if we did not seal it within the last seven days."""
        try:
            return Page.model_validate_json(self._fernet.decrypt(str(sealed).encode(), _DAYS))
        except (InvalidToken, ValidationError):
            return None

    def search(self, search: Search) -> str:
        return self._fernet.encrypt(search.model_dump_json().encode()).decode()

    def opened_search(self, sealed: str) -> Search | None:
        """Open a sealed search; None if we did not seal it within the last twelve hours."""
        try:
            return Search.model_validate_json(self._fernet.decrypt(sealed.encode(), _HOURS))
        except (InvalidToken, ValidationError):
            return None

    def form(self, path: str, page: Page, fields: list[tuple[str, str]]) -> str | None:
        """Seal the fields of a form sent to `path`; None if there are none, or too many."""
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
    """Return the person that a token of ours names. The services verify tokens; here the name only
    distinguishes people."""
    try:
        payload = access.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return f"{claims['kind']}:{claims.get('id', claims.get('account_id'))}"
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return ""


def is_same_site(request: Request) -> bool:
    """Return whether a form came from a page of this site, according to the browser."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
