"""A form as it was filled in, shown again with what is wrong."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from starlette.datastructures import FormData, UploadFile

from services.portal.calling import File, Refusal
from services.portal.trouble import words_of
from shared.http.problems import Problem


class Refused(NamedTuple):
    title: str
    detail: str


class Filled:
    """Values by field name, as texts; `wrong` by field name; `refusal` of the whole form."""

    def __init__(
        self, values: Mapping[str, Any] | FormData | None = None, names: Mapping[str, str] = {}
    ) -> None:
        self._values: dict[str, list[str]] = {}
        self.names = dict(names)
        self.wrong: dict[str, str] = {}
        self.refusal: Refused | None = None
        items: Iterable[tuple[str, Any]] = ()
        if isinstance(values, FormData):
            items = values.multi_items()
        elif values is not None:
            items = values.items()
        for name, value in items:
            if not isinstance(value, UploadFile) and value not in (None, ""):
                self._values.setdefault(name, []).extend(
                    map(str, value) if isinstance(value, list) else [str(value)]
                )

    def get(self, name: str) -> str:
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def set(self, name: str, value: str) -> None:
        self._values[name] = [value]

    def given(self, *names: str) -> dict[str, str]:
        """Of these fields, those that were filled in, without spaces around."""
        return {name: self.get(name).strip() for name in names if self.get(name).strip()}

    @property
    def key(self) -> UUID:
        """The Idempotency-Key the form carries: the same form sent twice is one wish."""
        try:
            return UUID(self.get("kunci"))
        except ValueError:
            return uuid4()

    def refuse(self, problem: Problem, fields: Mapping[str, str] = {}) -> None:
        """Take a refusal over; `fields` gives our name for a field the service names."""
        if isinstance(problem, Refusal) and problem.fields:
            for name, words in problem.fields.items():
                ours = fields.get(name, fields.get(name.split(".")[0], name))
                self.wrong.setdefault(ours, words)
        else:
            self.refusal = Refused(*words_of(problem))


async def files_of(form: FormData, name: str, part: str = "attachments") -> list[File]:
    """The files chosen in a field, as parts of a request."""
    chosen = [f for f in form.getlist(name) if isinstance(f, UploadFile) and f.filename]
    return [
        (part, (f.filename or "", await f.read(), f.content_type or "application/octet-stream"))
        for f in chosen
    ]
