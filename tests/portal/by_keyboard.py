"""Somebody without a mouse: every field and button is reached by Tab, as it comes."""

from playwright.sync_api import Locator, expect

from tests.portal.person import Person

_FOCUSED = "element => element === document.activeElement"
_IN_ITS_GROUP = """element => {
  const focused = document.activeElement;
  return focused.type === "radio" && focused.name === element.name && focused.form === element.form;
}"""
_MOST_TABS = 300
"""Stops on the longest page, once around."""


class ByKeyboard(Person):
    """Presses keys alone."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        self.page.keyboard.press("Enter")
        self.taken["press"] += 1

    def type_into(self, field: Locator, words: str) -> None:
        self._write(field, words)
        self.taken["field"] += 1

    def check(self, box: Locator) -> None:
        if box.get_attribute("type") == "radio":
            self._reach(box, _IN_ITS_GROUP)
            for _ in range(_MOST_TABS):
                if box.evaluate(_FOCUSED):
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self._reach(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()
        self.taken["choice"] += 1

    def select(self, field: Locator, option: str) -> None:
        self._reach(field)
        for _ in range(5):  # a machine that is busy may take the beginning for a search of its own
            self.page.keyboard.type(option)
            if field.evaluate("list => list.selectedOptions[0].label.trim()") == option:
                break
            self.page.keyboard.press("Escape")
        expect(field.locator("option:checked")).to_have_text(option)
        self.taken["choice"] += 1

    def pick(self, field: Locator, option: str) -> None:
        self._write(field, option)
        self.page.keyboard.press("Enter")
        expect(field).to_have_value(option)
        self.taken["field"] += 1

    def take_listed(self, group: Locator, words: str, name: str) -> None:
        box, option = group.get_by_role("combobox"), group.get_by_role("option", name=name).first
        self._write(box, words)
        expect(option).to_be_visible()
        while option.get_attribute("aria-selected") != "true":
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.taken.update(("field", "choice"))

    def _write(self, field: Locator, words: str) -> None:
        self._reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        expect(field).to_have_value(words)

    def _reach(self, target: Locator, there: str = _FOCUSED) -> None:
        for _ in range(_MOST_TABS):
            if target.evaluate(there):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")
