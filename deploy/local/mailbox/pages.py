"""The mailbox's pages, and the SMS gateway's contract beside them."""

import binascii
from collections.abc import Sequence
from html import escape
from urllib.parse import quote
from uuid import UUID

import httpx
import orjson
from standardwebhooks import WebhookVerificationError
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.mailbox.kept import MessageStore, StoredMail, StoredSms
from deploy.local.mailbox.phone import SHORT_NUMBER, Phone
from shared.clock import now
from shared.http.gateway_signatures import signed_headers, signing

UNKNOWN = "0000"
"""The ending of numbers that do not exist, to see what happens then."""


def make_app(kept: MessageStore, secret: str, reports_to: str, phone: Phone) -> Starlette:
    """Return the application. `secret` signs messages in both directions; `reports_to` is notified
    of deliveries; `phone` sends what is written on the page of text messages."""
    verifying = signing(secret)

    async def mails(_: Request) -> Response:
        rows = "".join(
            f"<tr><td>{mail.at:%Y-%m-%d %H:%M:%S}</td><td>{escape(mail.to)}</td>"
            f'<td><a href="/mail/{mail.name}">{escape(mail.subject)}</a></td></tr>'
            for mail in kept.mails()
        )
        return _page("Mail", f"<table>{rows}</table>" if rows else "<p>No mail yet.</p>")

    async def mail(request: Request) -> Response:
        kept_mail = kept.mail(request.path_params["name"])
        if kept_mail is None:
            return Response(status_code=404)
        return _page(
            kept_mail.subject,
            f"<p>{kept_mail.at:%Y-%m-%d %H:%M:%S} to {escape(kept_mail.to)}</p>"
            f"{_files(kept_mail)}"
            f"<pre>{escape(kept_mail.text)}</pre>"
            f'<iframe sandbox title="HTML" srcdoc="{escape(kept_mail.html)}"></iframe>',
        )

    async def file(request: Request) -> Response:
        kept_mail = kept.mail(request.path_params["name"])
        place = request.path_params["place"]
        if kept_mail is None or place >= len(kept_mail.files):
            return Response(status_code=404)
        name = kept_mail.files[place].name
        return Response(
            kept_mail.files[place].content,
            media_type=kept_mail.files[place].media_type,
            headers={
                # Saved, not opened: anybody may have sent it.
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def texts(request: Request) -> Response:
        return _texts(kept.texts(), sender=request.query_params.get("from", ""))

    async def send_text(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return Response(status_code=403)  # another site's form
        form = await request.form()
        sender, text = (str(form.get(name, "")).strip() for name in ("from", "text"))
        if wrong := await phone.send(sender, text):
            return _texts(kept.texts(), sender, text, wrong)
        return RedirectResponse(f"/sms?from={quote(sender, safe='')}", 303)

    async def take_text(request: Request) -> Response:
        body = await request.body()
        try:
            verifying.verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, binascii.Error, ValueError):
            return JSONResponse({"code": "signature"}, 401)
        text = orjson.loads(body)
        id, to = str(UUID(text["id"])), str(text["to"])
        if to.endswith(UNKNOWN):
            return JSONResponse({"code": "number_unknown"}, 422)
        kept.keep_sms(id, to, str(text["text"]))
        return JSONResponse({"id": id}, 202, background=BackgroundTask(report, id))

    async def report(id: str) -> None:
        body = orjson.dumps({"id": id, "state": "delivered"})
        headers = signed_headers(secret, id, now(), body)
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                await client.post(reports_to, content=body, headers=headers)
        except httpx.TransportError:
            return  # a gateway would try again; here it is not needed

    return Starlette(
        routes=[
            Route("/", mails),
            Route("/mail/{name}", mail),
            Route("/mail/{name}/{place:int}", file),
            Route("/sms", texts),
            Route("/sms", send_text, methods=["POST"]),
            Route("/sms/messages", take_text, methods=["POST"]),
        ]
    )


def _files(mail: StoredMail) -> str:
    """Return links to the mail's attachments, to be saved."""
    rows = "".join(
        f'<li><a href="/mail/{mail.name}/{place}">{escape(file.name)}</a></li>'
        for place, file in enumerate(mail.files)
    )
    return f"<ul>{rows}</ul>" if rows else ""


def _texts(texts: Sequence[StoredSms], sender: str, text: str = "", wrong: str = "") -> Response:
    """Return the page of text messages, newest first, below a form that sends one. `wrong` says why
    a message was not accepted."""
    rows = "".join(
        f"<tr><td>{kept.at:%Y-%m-%d %H:%M:%S}</td>"
        f"<td>{escape(f'{kept.sender} to {kept.to}' if kept.sender else kept.to)}</td>"
        f"<td>{escape(kept.text)}</td></tr>"
        for kept in texts
    )
    form = (
        f'<form method="post" action="/sms"><h2>Send a text message to {SHORT_NUMBER}</h2>'
        f"{f'<p role=alert>{escape(wrong)}</p>' if wrong else ''}"
        '<p><label>From<br><input name="from" type="tel" required placeholder="+6281234567890"'
        f' value="{escape(sender)}"></label></p><p><label>Text<br>'
        f'<textarea name="text" rows="3" required>{escape(text)}</textarea></label></p>'
        "<p><button>Send</button></p></form>"
    )
    body = f"<table>{rows}</table>" if rows else "<p>No text message yet.</p>"
    return _page("Text messages", form + body, 422 if wrong else 200)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><nav><a href='/'>Mail</a> <a href='/sms'>Text messages</a></nav>"
        f"<h1>{escape(title)}</h1>{body}",
        status,
    )


_STYLE = (
    "body{font-family:sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}"
    "td{padding:.3rem .8rem .3rem 0;vertical-align:top}pre{white-space:pre-wrap}"
    "input,textarea,button{font:inherit;padding:.3rem}textarea{width:100%;box-sizing:border-box}"
    "iframe{width:100%;height:32rem;border:1px solid #ccc}"
)
