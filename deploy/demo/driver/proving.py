"""A demo reporter proves an e-mail address with the code in the stack's mailbox, as a person
does."""

import asyncio
import re
import time

from deploy.demo.driver.api import Refusal
from deploy.demo.driver.stack import Stack

_PATIENCE = 60.0
_LOOK_EVERY = 0.3


async def prove_email(stack: Stack, number: int, email: str, token: str, address: str) -> None:
    """Ask for a code and enter it. Does nothing if mail goes elsewhere than to the stack's own
    mailbox. Raises `Refusal`."""
    if stack.mailbox is None:
        return
    path, notification = f"/reports/{number}/contacts/email", stack.notification
    before = await _code(stack, email)
    await notification.post(f"{path}/code", {}, token=token, address=address)
    until = time.monotonic() + _PATIENCE
    while (code := await _code(stack, email)) in (None, before):
        if time.monotonic() > until:
            raise Refusal("no_code_came", f"{path}/code")
        await asyncio.sleep(_LOOK_EVERY)
    await notification.post(f"{path}/proof", {"code": code}, token=token, address=address)


async def _code(stack: Stack, email: str) -> str | None:
    """Return the newest code that was mailed to this address."""
    assert stack.mailbox is not None
    mails = await asyncio.to_thread(lambda mailbox: list(mailbox.mails()), stack.mailbox)
    texts = (mail.text for mail in mails if mail.to == email)
    found = (re.search(r"\b\d{6}\b", text) for text in texts)
    return next((match[0] for match in found if match), None)
