"""The portal read without a browser: pages, their forms and fields, by whoever is signed in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from shared.http.service_client import trusted_authorities
from tests.portal.conftest import Portal
from tests.portal.crawling import kind

_PASSED_BY = r"/(bahasa|lampiran|templat|masuk|keluar|daftar/)"
SMALL = ("input", "meta", "link", "br", "img", "hr", "rect")


@dataclass
class Field:
    """One field of a form; `label` is what stands in the label that belongs to it."""

    name: str
    kind: str
    id: str = ""
    value: str = ""
    required: bool = False
    limit: int | None = None
    checked: bool = True
    label: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    id: str = ""
    fields: list[Field] = field(default_factory=list)

    def data(self, **changed: str) -> dict[str, Any]:
        """As a browser sends it, with some fields changed."""
        sent: dict[str, Any] = {}
        for one in self.fields:
            if one.kind in ("submit", "file") or not one.checked:
                continue
            sent.setdefault(one.name, []).append(one.value)
        return {**sent, **changed}

    def named(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, status: int, html: str) -> None:
        super().__init__()
        self.status = status
        self.html = html
        self.ids: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._labels: dict[str, str] = {}
        self._label_of: str | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self._elsewhere: list[tuple[str, Field]] = []
        self.feed(html)
        for owner, one in self._elsewhere:
            next(form for form in self.forms if form.id == owner).fields.append(one)
        for form in self.forms:
            for one in form.fields:
                one.label = self._labels.get(one.id, "")

    def form(self, action: str) -> Form:
        return next(one for one in self.forms if one.action.split("#")[0] == action)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(
                Form(given.get("action", ""), given.get("method", "get"), given.get("id", ""))
            )
        elif tag == "label":
            self._label_of = given.get("for")
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given["value"]
        elif tag in ("input", "textarea", "select", "button") and self.forms and "name" in given:
            self._add(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label_of = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            if self._area is not None:
                self._area.value = self._area.value.removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._label_of is not None:
            self._labels[self._label_of] = self._labels.get(self._label_of, "") + data
        if self._area is not None:
            self._area.value += data

    def _add(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        limit = given.get("maxlength") or given.get("data-limit")
        one = Field(
            given["name"],
            "submit" if tag == "button" else kind,
            given.get("id", ""),
            given.get("value", ""),
            "required" in given,
            int(limit) if limit else None,
            "checked" in given if kind in ("radio", "checkbox") else True,
        )
        if (owner := given.get("form")) is None:
            self.forms[-1].fields.append(one)
        else:  # wherever it stands
            self._elsewhere.append((owner, one))
        if tag == "select":
            self._select = one
        elif tag == "textarea":
            self._area = one


def page_of(answer: httpx.Response) -> Page:
    return Page(answer.status_code, answer.text)


class Reader:
    """A person without a browser."""

    def __init__(self, portal: Portal, username: str | None = None) -> None:
        self.portal = portal
        self.http = httpx.Client(
            base_url=portal.address,
            timeout=60,
            follow_redirects=True,
            verify=trusted_authorities(),
        )
        if username:
            form = self.opens("/panel/masuk").form("/panel/masuk")
            self.sends(form, username=username, password=portal.password)

    def close(self) -> None:
        self.http.close()

    def opens(self, path: str) -> Page:
        return page_of(self.http.get(path))

    def sends(self, form: Form, **changed: str) -> Page:
        return page_of(self.http.post(form.action, data=form.data(**changed)))

    def walks(self, *starts: str, most: int = 100) -> Iterator[tuple[str, Page]]:
        """Page after page by their links, one of each kind."""
        waiting, seen = list(starts), set[str]()
        while waiting and len(seen) < most:
            path = waiting.pop(0)
            if kind(path) in seen or re.search(_PASSED_BY, path):
                continue
            seen.add(kind(path))
            answer = self.http.get(path)
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            page = page_of(answer)
            waiting += [link for link in page.links if link.startswith("/")]
            yield path, page
