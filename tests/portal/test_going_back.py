"""The browser's way back leads to a page, also to one that answered a form."""

import pytest

from tests.portal.conftest import Meet
from tests.portal.test_one_story import submit

pytestmark = pytest.mark.timeout(600)


def test_back_from_the_receipt_is_the_form_and_forward_the_receipt(meet: Meet) -> None:
    citizen = meet(phone=True)
    number, code = submit(citizen)
    citizen.page.go_back()
    assert citizen.page.locator("h1").inner_text() == "Buat laporan"
    assert "Siti Aminah" not in citizen.page.content()
    citizen.page.go_forward()
    assert citizen.page.url.endswith("/tanda-terima")
    assert citizen.page.locator("#nomor").inner_text() == number
    # Who was there before is not shown to the next one.
    citizen.page.context.clear_cookies()
    citizen.page.go_back()
    citizen.page.go_forward()
    assert code not in citizen.page.content()


def test_back_to_an_answer_that_was_refused_is_the_page_it_was_sent_from(
    meet: Meet,
) -> None:
    citizen = meet(phone=True)
    page = citizen.page
    citizen.opens("/lacak")
    page.locator("#f-number").fill("123")
    page.locator("#f-access_code").fill("XXXX-XXXX")
    citizen.presses("Lihat laporan")
    assert page.locator("#f-number").input_value() == "123"
    with page.expect_event("load"):
        page.locator("header a", has_text="Laporan publik").click()
    page.go_back()
    assert page.url.endswith("/lacak")
    assert page.locator("#f-access_code").is_visible()


def test_back_to_a_form_that_has_no_page_of_its_own_is_the_page_above(meet: Meet) -> None:
    citizen = meet(phone=True)
    number, _ = submit(citizen)
    page = citizen.page
    citizen.opens(f"/laporan/{number}")
    page.locator("#withdraw summary").click()
    page.locator("#withdraw textarea").fill("x" * 10_001)
    with page.expect_event("load"):
        page.locator("#withdraw button.big").click()
    assert page.locator(".errors").is_visible()
    with page.expect_event("load"):
        page.locator("header a", has_text="Laporan publik").click()
    page.go_back()
    assert page.url.endswith(f"/laporan/{number}")
    assert f"{number}" in citizen.reads


def test_a_refused_form_is_there_again_with_its_words_when_it_is_reloaded(meet: Meet) -> None:
    citizen = meet(phone=True)
    page = citizen.page
    citizen.opens("/buat-laporan")
    page.get_by_label("Judul").fill("Lampu jalan mati")
    citizen.presses("Periksa jawaban Anda")
    assert page.locator(".errors").is_visible()
    page.reload()
    assert page.get_by_label("Judul").input_value() == "Lampu jalan mati"
