"""A browser without scripts whose every request reaches another copy of the portal."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import httpx
from lxml import html

File = tuple[str, bytes, str]


class Alternating:
    """Follows links and sends forms as a browser does, its cookies in the name of one site."""

    def __init__(self, copies: Sequence[str], http: httpx.Client) -> None:
        self._copies = cycle(copies)
        self._http = http
        self.answer: httpx.Response | None = None

    def opens(self, path: str) -> None:
        self._ask("GET", path)

    def sends(
        self, action: str, fields: Mapping[str, Any], files: Mapping[str, File] | None = None
    ) -> None:
        """The form of the page with this `action`, its fields filled in."""
        [form] = [each for each in self.page.forms if each.get("action", "") == action]
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        self._ask("POST", action, data=values | dict(fields), files=files or None)

    @property
    def page(self) -> Any:
        assert self.answer is not None
        return html.fromstring(self.answer.text)

    @property
    def reads(self) -> str:
        return " ".join(self.page.text_content().split())

    def _ask(self, method: str, path: str, **content: Any) -> None:
        self.answer = self._http.request(method, next(self._copies) + path, **content)
        while self.answer.has_redirect_location:
            where = httpx.URL(self.answer.headers["location"]).raw_path.decode()
            self.answer = self._http.get(next(self._copies) + where)
        assert self.answer.status_code == 200, self.answer.text


def reports_with_a_picture(browser: Alternating, picture: bytes) -> int:
    """A report in three steps, the picture chosen in the first; its number."""
    browser.opens("/buat-laporan")
    browser.sends(
        "/buat-laporan",
        {"title": "Tiang listrik miring", "langkah": "lanjut"},
        {"attachments": ("tiang.jpg", picture, "image/jpeg")},
    )
    told = {"body": "Tiang di depan balai desa hampir roboh.", "name": "Asep"}
    told |= {"phone": "081234567891", "langkah": "periksa"}
    browser.sends("/buat-laporan", told)
    assert "tiang.jpg" in browser.reads
    browser.sends("/buat-laporan", {"langkah": "kirim"})
    number = int(browser.page.get_element_by_id("nomor").text_content())
    browser.opens(f"/laporan/{number}")
    assert "tiang.jpg" in browser.reads
    return number


def signs_in(browser: Alternating, username: str, password: str) -> None:
    """To the panel."""
    browser.opens("/panel/masuk")
    browser.sends("/panel/masuk", {"username": username, "password": password})
    assert "Kata sandi" not in browser.reads
