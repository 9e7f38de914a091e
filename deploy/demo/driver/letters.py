"""Agencies of the demo name their leaders, who confirm with the link in the stack's mailbox; then
this week's letters are written."""

import asyncio
import re
import time
from typing import Final

from deploy.demo.driver.api import Refusal
from deploy.demo.driver.stack import PUSAT, Stack
from services.notification.digest.mornings import write_letters_of_this_week
from shared.temporal.client import connect

LEADERS: Final = {
    "jateng": ("Ratna Wulandari", "Gubernur"),
    "kota-semarang": ("Bagus Prakoso", "Wali Kota"),
}
_PATIENCE = 60.0
_LOOK_EVERY = 0.3


async def write_leader_letters(stack: Stack) -> None:
    """Name the leaders and write their letters. Does nothing if mail goes elsewhere than to the
    stack's own mailbox. Raises `Refusal`."""
    if stack.mailbox is None:
        return
    token = await stack.token(PUSAT)
    for code, (name, title) in LEADERS.items():
        agency_id, email = stack.ids.agencies[code], f"pimpinan.{code}@example.com"
        before = await _links(stack, email)
        leader = {"name": name, "title": title, "email": email}
        path = f"/management/agencies/{agency_id}/leader"
        answer = await stack.routing.call("PUT", path, token=token, json=leader)
        if answer["state"] == "unproven":
            proof = {"token": await _new_link(stack, email, before)}
            await stack.notification.post(f"/leaders/{agency_id}/proof", proof)
    await write_letters_of_this_week(await connect(stack.settings, "lapor-demo", lazy=False))


async def _new_link(stack: Stack, email: str, before: list[str]) -> str:
    until = time.monotonic() + _PATIENCE
    while not (new := [link for link in await _links(stack, email) if link not in before]):
        if time.monotonic() > until:
            raise Refusal("no_link_came", "/leaders")
        await asyncio.sleep(_LOOK_EVERY)
    return new[0]


async def _links(stack: Stack, email: str) -> list[str]:
    """Return the tokens of the links that were mailed to this address."""
    assert stack.mailbox is not None
    mails = await asyncio.to_thread(lambda mailbox: list(mailbox.mails()), stack.mailbox)
    texts = (mail.text for mail in mails if mail.to == email)
    return [token for text in texts for token in re.findall(r"kunci=(\S+)", text)]
