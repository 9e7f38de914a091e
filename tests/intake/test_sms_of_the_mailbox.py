"""The local stack's mailbox sends text messages to 1708 too: whoever tries it acts as a reporter
who has a phone alone."""

from pathlib import Path
from typing import Any

import httpx
from lxml import html

from deploy.local.mailbox.kept import MessageStore
from deploy.local.mailbox.pages import make_app
from deploy.local.mailbox.phone import Phone
from services.intake.app import make_app as make_intake
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.portal.beside_one_service import served

SENDER = "+6281234567001"


def filled(page: httpx.Response, **fields: str) -> dict[str, Any]:
    """The page's form as a browser without scripts sends it."""
    [form] = html.fromstring(page.text).forms
    return {"data": dict(form.form_values()) | fields, "method": form.method, "url": form.action}


async def test_a_message_written_on_its_page_is_a_report_and_the_answer_stands_there(
    settings: Settings, country: Country, tmp_path: Path
) -> None:
    kept, app = MessageStore(tmp_path), make_intake(settings)
    async with app.router.lifespan_context(app), served(app) as intake:
        phone = Phone(kept, settings.sms_secret, f"{intake}/channels/sms")
        pages = httpx.ASGITransport(make_app(kept, "whsec_AAAA", intake, phone))
        async with httpx.AsyncClient(
            transport=pages, base_url="http://mailbox", follow_redirects=True
        ) as browser:
            page = await browser.get("/sms")
            text = "Lampu jalan <mati> sejak Senin."
            sent = await browser.request(**filled(page, **{"from": SENDER, "text": text}))
            assert sent.status_code == 200 and sent.history[0].status_code == 303
            number = country.one("SELECT number FROM lifecycle.report")
            shown = html.fromstring(sent.text).xpath("//table")[0].text_content()
            assert f"{SENDER} to 1708" in shown and text in shown and str(number) in shown
            again = filled(sent, text="terima kasih")
            assert again["data"]["from"] == SENDER  # of the same phone
            thanked = await browser.request(**again)
            assert "Terima kasih kembali" in thanked.text
            no_phone = await browser.request(**filled(page, **{"from": "abc", "text": text}))
            assert no_phone.status_code == 422 and "no phone number" in no_phone.text
            assert filled(no_phone)["data"] == {"from": "abc", "text": text}
            elsewhere = {"sec-fetch-site": "cross-site"}
            foreign = filled(page, **{"from": SENDER, "text": text})
            assert (await browser.request(**foreign, headers=elsewhere)).status_code == 403
    assert country.one("SELECT count(*) FROM lifecycle.report") == 1


async def test_where_nobody_takes_messages_the_page_says_so_and_keeps_the_words(
    tmp_path: Path,
) -> None:
    kept, nowhere = MessageStore(tmp_path), "http://127.0.0.1:1"
    phone = Phone(kept, "whsec_AAAA", nowhere)
    pages = httpx.ASGITransport(make_app(kept, "whsec_AAAA", nowhere, phone))
    async with httpx.AsyncClient(transport=pages, base_url="http://mailbox") as browser:
        page = await browser.get("/sms")
        wrong = await browser.request(**filled(page, **{"from": SENDER, "text": "Jalan rusak"}))
    assert "Is the stack up?" in wrong.text and "Jalan rusak" in wrong.text
    assert kept.texts() == []
