"""A thread on X that was pasted becomes one report, whose page leads to each of its posts."""

from playwright.sync_api import expect

from tests.portal.conftest import Meet


def test_a_thread_is_entered_and_its_posts_stand_on_the_report(meet: Meet) -> None:
    admin = meet(scripts=False)
    page = admin.page
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/buat/x")
    expect(page.get_by_role("button", name="Baca unggahan")).to_be_visible()
    page.locator("#f-url").fill("https://x.com/wargabaik/status/701")
    page.locator("#f-thread").fill("https://x.com/wargabaik/status/702\nx.com/wargabaik/status/703")
    page.locator("#f-author").fill("@wargabaik")
    page.locator("#f-body").fill("Lampu jalan mati sudah seminggu.")
    with page.expect_event("load"):
        page.locator("main button.big").click()
    page.wait_for_selector("#tanda-terima")
    admin.follows("Lihat laporan")
    posts = page.locator("#unggahan")
    expect(posts).to_contain_text("Utas di X (3 unggahan)")
    expect(posts).to_contain_text("@wargabaik")
    links = posts.get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == [
        f"https://x.com/i/status/{post}" for post in (701, 702, 703)
    ]
