"""Somebody at a browser: what they press, choose and fill in, by what stands on the page."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Literal, cast

from playwright.sync_api import FilePayload, Locator, Page, expect

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

    from tests.portal.conftest import Portal

Taken = Literal["press", "choice", "field"]

_FURTHER = re.compile("^(Tugas|Laporan) berikutnya$")


class Person:
    """Somebody at a browser of their own. Complaints of the browser are kept in `troubles`:
    errors of scripts and breaches of the content policy. What they press, choose and fill in is
    counted in `taken`."""

    def __init__(self, page: Page, portal: "Portal") -> None:
        self.page = page
        self.portal = portal
        self.troubles: list[str] = []
        self.taken = Counter[Taken]()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda m: self._heard(m.type, m.text))

    def opens(self, path: str) -> None:
        self.page.goto(self.portal.address + path)

    def signs_in(self, username: str) -> None:
        self.opens("/panel/masuk")
        self.page.get_by_label("Nama pengguna").fill(username)
        self.page.get_by_label("Kata sandi").fill(self.portal.password)
        self.presses("Masuk")

    def presses(self, button: str) -> None:
        """A button of the page, by its exact words; waits for the page that comes. For its load,
        not for a navigation: the change of the address that a page makes as it is left is one too.
        """
        with self.page.expect_event("load"):
            self.press(self.page.locator("main").get_by_role("button", name=button, exact=True))

    def follows(self, link: str) -> None:
        with self.page.expect_event("load"):
            self.press(self.page.locator("main").get_by_role("link", name=link, exact=True).first)

    def goes_to(self, place: str) -> None:
        """By the main navigation."""
        within = self.page.get_by_role("navigation", name="Utama")
        with self.page.expect_event("load"):
            self.press(within.get_by_role("link", name=place, exact=True))

    def takes_up(self, number: int, action: str) -> None:
        """A report of a list, by a button of its row."""
        row = self.row_of(number)
        with self.page.expect_event("load"):
            self.press(row.get_by_role("link", name=action, exact=True))

    def row_of(self, number: int) -> Locator:
        """In a list, whose pages are turned until it is there."""
        main = self.page.locator("main")
        row = main.get_by_role("listitem").filter(has_text=f"#{number}")
        further = main.get_by_role("link", name=_FURTHER)
        while not row.count() and further.count():
            with self.page.expect_event("load"):
                self.press(further)
        return row.first

    def opens_tab(self, words: str) -> None:
        """Of those above a list, which say beside their name how many are there."""
        tabs = self.page.get_by_role("navigation", name="Tab laporan")
        with self.page.expect_event("load"):
            self.press(tabs.get_by_role("link", name=re.compile(f"^{words} ?[0-9.]*$")))

    def opens_part(self, words: str) -> None:
        """What is folded, by its words."""
        self.press(self.page.locator("main summary", has_text=words))

    def fills(self, label: str, words: str, *, exact: bool = False) -> None:
        """A field of the page, by what stands beside it."""
        self.type_into(self.page.locator("main").get_by_label(label, exact=exact), words)

    def chooses(self, label: str, *, exact: bool = False) -> None:
        """A box or one of several, by what stands beside it."""
        self.check(self.page.locator("main").get_by_label(label, exact=exact).first)

    def attaches(self, label: str, file: FilePayload) -> None:
        self.page.locator("main").get_by_label(label).set_input_files(file)
        self.taken["field"] += 1

    def picks(self, label: str, option: str) -> None:
        """From a list that opens, or that one types into where it is long."""
        lists = self.page.locator("main select, main .picker > input")
        field = self.page.get_by_label(label).and_(lists)
        if field.get_attribute("role") == "combobox":
            self.pick(field, option)
        else:
            self.select(field, option)

    def finds_agency(self, field: str, words: str, name: str) -> None:
        """Search in an agency field and choose the agency of this name."""
        self.takes_agency(self.page.locator(f"#f-{field}"), words, name)

    def takes_unit(self, legend: str, words: str, name: str) -> None:
        """The same, the field by what stands above it."""
        self.takes_agency(self.page.get_by_role("group", name=legend), words, name)

    def takes_agency(self, group: Locator, words: str, name: str) -> None:
        if group.get_by_role("combobox").count():
            self.take_listed(group, words, name)
            return
        self.type_into(group.get_by_role("searchbox"), words)
        with self.page.expect_event("load"):
            self.press(group.get_by_role("button", name="Cari"))
        self.check(group.get_by_label(name).first)

    def press(self, target: Locator) -> None:
        target.click()
        self.taken["press"] += 1

    def type_into(self, field: Locator, words: str) -> None:
        field.fill(words)
        self.taken["field"] += 1

    def check(self, box: Locator) -> None:
        box.check()
        self.taken["choice"] += 1

    def select(self, field: Locator, option: str) -> None:
        field.select_option(label=option)
        self.taken["choice"] += 1

    def pick(self, field: Locator, option: str) -> None:
        """By typing into a long list; leaving it takes what fits best, Enter takes it at once."""
        field.fill(option)
        field.press("Enter")
        expect(field).to_have_value(option)
        self.taken["field"] += 1

    def take_listed(self, group: Locator, words: str, name: str) -> None:
        """From the list that opens as one types into a combobox."""
        group.get_by_role("combobox").fill(words)
        group.get_by_role("option", name=name).first.click()
        self.taken.update(("field", "choice"))

    def cookies(self) -> "list[SetCookieParam]":
        """Those this browser has, as another takes them."""
        return cast("list[SetCookieParam]", self.page.context.cookies())

    @property
    def reads(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def fits(self) -> bool:
        """Nothing sticks out sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def _heard(self, kind: str, words: str) -> None:
        # A page that answers 4xx is one of ours; the browser notes it as an error.
        if kind in {"error", "warning"} and "Failed to load resource" not in words:
            self.troubles.append(words)
