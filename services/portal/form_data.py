"""A form as it was filled in, to be shown again with its errors."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from starlette.datastructures import FormData as SentForm
from starlette.datastructures import UploadFile

from services.portal.refusals import words_of
from services.portal.sealed_forms import PAGE
from services.portal.service_calls import File, Refusal
from services.portal.translation import language
from shared.http.messages import field_message
from shared.http.problems import Problem


def searched(name: str) -> tuple[str, str, str]:
    """Return the fields of an agency that is searched for: the agency, the words, and the names of
    the matches."""
    return name, f"{name}_cari", f"{name}_nama"


class FormRefusal(NamedTuple):
    title: str
    detail: str


FILES = "attachments"
"""The field of files, which are stored from one page of a form to the next."""
KEPT = "attachments_tersimpan"
"""The field that carries the stored files: a checkbox for each, to be unchecked to leave it out."""


class KeptFile(NamedTuple):
    """A file stored for a form. `id` is valid only together with the secret in the browser's
    cookie."""

    id: str
    size: int
    name: str

    @property
    def value(self) -> str:
        """Return the value that the form carries."""
        return f"{self.id}|{self.size}|{self.name}"


class FormData:
    """The values of a form by field name, as texts, with errors (`wrong`) and hints by field name,
    and the `refusal` of the whole form. `id_prefix` keeps the ids of two forms on one page
    apart."""

    def __init__(
        self,
        values: Mapping[str, Any] | SentForm | None = None,
        names: Mapping[str, str] = {},
        id_prefix: str = "",
    ) -> None:
        self._values: dict[str, list[str]] = {}
        self.names = dict(names)
        self.id_prefix = f"{id_prefix}-" if id_prefix else ""
        self.wrong: dict[str, str] = {}
        self.refusal: FormRefusal | None = None
        self.hints: dict[str, str] = {}
        items: Iterable[tuple[str, Any]] = ()
        if isinstance(values, SentForm):
            items = values.multi_items()
        elif values is not None:
            items = values.items()
        for name, value in items:
            if not isinstance(value, UploadFile) and value not in (None, ""):
                for item in value if isinstance(value, list) else [value]:
                    self.add(name, str(item))

    def refuse_twice(self, names: Iterable[str]) -> None:
        """Mark those of these fields that were sent with several values, because only one is
        kept."""
        for name in names:
            if len(set(self.all(name))) > 1:
                self.wrong[name] = field_message("sent_twice", language.get(), {}, "")

    def get(self, name: str) -> str:
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def set(self, name: str, value: str) -> None:
        self._values[name] = [value]

    def add(self, name: str, value: str) -> None:
        self._values.setdefault(name, []).append(value)

    def remove(self, name: str, value: str) -> None:
        self._values[name] = [item for item in self.all(name) if item != value]

    @property
    def files(self) -> list[KeptFile]:
        """Return the files stored for this form."""
        matches = (_KEPT_FILE.fullmatch(value) for value in self.all(KEPT))
        return [KeptFile(match[1], int(match[2]), match[3]) for match in matches if match]

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Return all that was filled in, so that another page can carry it."""
        return [
            (name, value)
            for name, values in self._values.items()
            if name not in _OF_THE_FORM
            for value in values
        ]

    def id(self, name: str) -> int | str | None:
        """Return the id in a field. A text that is not an id is returned unchanged, so that the
        service refuses it."""
        text = self.get(name).strip()
        return (int(text) if _ID.fullmatch(text) else text) if text else None

    def ids(self, name: str) -> list[int | str]:
        """Return the ids in a field that takes several."""
        return [int(text) if _ID.fullmatch(text) else text for text in self.all(name)]

    def filled_ids(self, *names: str) -> dict[str, object]:
        """Return the ids in those of these fields that are not empty."""
        ids = {name: self.id(name) for name in names}
        return {name: value for name, value in ids.items() if value is not None}

    def filled(self, *names: str) -> dict[str, object]:
        """Return those of these fields that were filled in, without surrounding spaces."""
        return {name: self.get(name).strip() for name in names if self.get(name).strip()}

    @property
    def key(self) -> UUID:
        """Return the Idempotency-Key of the form: the same form sent twice is one request."""
        try:
            return UUID(self.get("kunci"))
        except ValueError:
            return uuid4()

    def refuse(self, problem: Problem, fields: Mapping[str, str] = {}) -> None:
        """Show a refusal in the form. `fields` maps the service's field names to ours."""
        if isinstance(problem, Refusal) and problem.fields:
            for name, words in problem.fields.items():
                whole = name.split(".")[0]
                ours = fields.get(name, fields.get(whole, whole if whole in self.names else name))
                if ours == "attachments" and ours in self.wrong:
                    words = f"{self.wrong[ours]} {words}"  # errors of several files in one field
                    del self.wrong[ours]
                self.wrong.setdefault(ours, words)
        else:
            self.refusal = FormRefusal(*words_of(problem))


_KEPT_FILE = re.compile(r"([0-9a-f]{32})\|([0-9]{1,9})\|(.{0,300})")
_ID = re.compile(r"[0-9]{1,18}")
_OF_THE_FORM = ("csrf", "kunci", "langkah", PAGE)
"""Technical fields that every form has."""


def files_of(form: SentForm, name: str, part: str = "attachments") -> list[File]:
    """Return the files chosen in a field, as parts of a request."""
    chosen = [f for f in form.getlist(name) if isinstance(f, UploadFile) and f.filename]
    return [
        (part, (f.filename or "", f.file, f.content_type or "application/octet-stream"))
        for f in chosen
    ]
