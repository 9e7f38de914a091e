"""A mail reads as it was meant, whatever stands in it."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from uuid import UUID

import pytest
from aiosmtplib.email import flatten_message

from services.notification.messages.texts import MessageText
from services.notification.sending.errors import Undeliverable
from services.notification.sending.mail_layout import PDF_NAME, mail_of

WORDS = "Laporan Anda “dijawab” — di Jalan Ir. H. Juanda, " * 30
TEXT = MessageText("Kabar: “été” — 中文", (WORDS,), "https://lapor.example/x", "Buka", "")


def read(to: str = "siti@exämple.org", pdf: bytes | None = None) -> EmailMessage:
    mail = mail_of(
        UUID(int=7),
        TEXT,
        sender="LAPOR! Näme <kabar@lapor.example>",
        to=to,
        unsubscribe=f"https://lapor.example/berhenti/{'x' * 90}",
        language="id",
        pdf=pdf,
    )
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(flatten_message(mail))


def test_words_in_any_letters_and_long_lines_come_as_they_were_written() -> None:
    mail = read(pdf=b"%PDF-1.7 \x00\xff")
    assert mail["Subject"] == TEXT.subject
    assert mail["From"].addresses[0].display_name == "LAPOR! Näme"
    assert mail["To"] == "siti@xn--exmple-cua.org"
    assert mail["Message-ID"] == f"<{UUID(int=7)}@lapor.example>"
    assert mail["List-Unsubscribe"].strip() == f"<https://lapor.example/berhenti/{'x' * 90}>"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None and WORDS.strip() in body.get_content()
    [document] = mail.iter_attachments()
    assert (document.get_filename(), document.get_content()) == (PDF_NAME, b"%PDF-1.7 \x00\xff")
    assert max(map(len, bytes(mail).splitlines())) < 998


@pytest.mark.parametrize(
    "to", ["a@x.org, b@y.org", "a,b@x.org", "a@x.org\nBcc: b@y.org", "a b@x.org"]
)
def test_what_is_not_one_address_is_never_a_header(to: str) -> None:
    with pytest.raises(Undeliverable):
        read(to)
