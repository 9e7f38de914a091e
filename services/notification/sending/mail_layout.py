"""A message as mail: text and HTML of the same content, which reads without pictures."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notification.messages.texts import MessageText
from services.notification.sending.errors import NeverDeliverable
from shared.clock import now
from shared.labels.catalogue import Language, message

PDF_NAME = "surat-mingguan.pdf"


def mail_of(
    id: UUID,
    text: MessageText,
    *,
    sender: str,
    to: str,
    unsubscribe: str | None,
    language: Language,
    pdf: bytes | None = None,
) -> EmailMessage:
    """The mail. `unsubscribe` ends all messages, by one POST of a mail program (RFC 8058); a code
    has none. `Message-ID` is by `id`: what is sent twice can be known again. `pdf` is attached.
    Raises `NeverDeliverable` for an address that is none in ASCII."""
    name, address = parseaddr(sender)
    mail = EmailMessage()
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = Address(addr_spec=_in_ascii(to))
    mail["Subject"] = text.subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<{id}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    footer = [message("notification_part", f"{text.footer}why", language)] if unsubscribe else []
    stop = message("notification_part", f"{text.footer}stop", language)
    lines = [*text.paragraphs]
    if text.link:
        lines.append(f"{text.link_label}: {text.link}")
    lines += footer
    if unsubscribe:
        lines.append(f"{stop}: {unsubscribe}")
    mail.set_content("\n\n".join(lines) + "\n")
    html = (
        _environment()
        .get_template("message.html")
        .render(language=language, text=text, footer=footer, stop=stop, unsubscribe=unsubscribe)
    )
    mail.add_alternative(html, subtype="html")
    if pdf is not None:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=PDF_NAME)
    mail["Content-Language"] = language  # after the content, which takes such headers away
    return mail


def _in_ascii(to: str) -> str:
    """The address with its domain as servers know it (`xn--…`). A name in other letters only few
    servers would take (RFC 6531)."""
    name, _, domain = to.rpartition("@")
    try:
        return f"{name.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise NeverDeliverable("rejected") from None


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent.parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
