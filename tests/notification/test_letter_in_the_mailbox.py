"""The weekly letter as whoever tries the local stack finds it: in the stack's own mailbox."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest

from deploy.local.mailbox.kept import MessageStore
from deploy.local.mailbox.pages import make_app
from deploy.local.mailbox.phone import Phone
from deploy.local.mailbox.smtp import taking_mail
from deploy.local.ports import free_port
from services.notification.digest.mornings import DigestActivities
from tests.intake.conftest import Country
from tests.notification.digests import soon, writing
from tests.notification.test_staff_email import Services, services
from tests.notification.test_weekly_letter import (
    ADDRESS,
    ended,
    monday,
    named_and_proven,
    write,
)
from tests.times import noon

__all__ = ["noon", "services", "soon", "writing"]

pytestmark = pytest.mark.usefixtures("noon")


class StackMailbox:
    """The stack's SMTP server and pages, in this process."""

    def __init__(self, folder: Path) -> None:
        self.kept, self.port = MessageStore(folder), free_port()
        self._folder = folder

    @property
    def got(self) -> list[Any]:
        """The mails, oldest first."""
        paths = sorted((self._folder / "mail").glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        async with taking_mail(self.kept, "127.0.0.1", self.port):
            yield


@pytest.fixture
def mail_server(tmp_path: Path) -> StackMailbox:
    """In place of that of the other tests."""
    return StackMailbox(tmp_path / "mailbox")


async def test_the_letter_is_on_the_mailbox_s_page_with_its_tagged_pdf(
    services: Services, country: Country, writing: DigestActivities, mail_server: Any
) -> None:
    await named_and_proven(services, mail_server)
    await write(writing, monday())
    assert await ended(country) == [("sent", None)]
    nowhere = "http://127.0.0.1:1"
    phone = Phone(mail_server.kept, "whsec_AAAA", nowhere)
    pages = httpx.ASGITransport(make_app(mail_server.kept, "whsec_AAAA", nowhere, phone))
    async with httpx.AsyncClient(transport=pages, base_url="http://mailbox") as mailbox:
        newest = re.search(r"/mail/\w+", (await mailbox.get("/")).text)
        assert newest
        page = (await mailbox.get(newest.group())).text
        assert ADDRESS in page and "Pemerintah Kota Bandung" in page
        link = re.search(rf'{newest.group()}/\d+(?=">surat-mingguan\.pdf)', page)
        assert link, page
        pdf = await mailbox.get(link.group())
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["content-disposition"].startswith("attachment")
        assert (await mailbox.get(f"{newest.group()}/9")).status_code == 404
    document = pypdfium2.PdfDocument(io.BytesIO(pdf.content))
    assert document.is_tagged()
    assert "Ratna Wulan" in document[0].get_textpage().get_text_range()
