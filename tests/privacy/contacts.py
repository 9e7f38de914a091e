"""Reporters prove their contacts by the codes that come, so that they are told what happens."""

import asyncio
import re

from deploy.local.mailbox.kept import MessageStore
from services.notification.messages.staff_table import StaffKind
from tests.notification.staff import prove_address
from tests.privacy.planted import Planted

BY = {"anonymous": "email", "secret": "sms", "account": "email", "manual": "email"}
"""Which contact of which report."""
CODE = re.compile(r"\b\d{6}\b")


async def prove_contacts(planted: Planted) -> None:
    """Each by its own way; the secret one's phone is chosen, too."""
    for which, channel in BY.items():
        path, headers = f"/reports/{planted.numbers[which]}", planted.reporter(which)
        before = _mailbox(planted)
        answer = await planted.post("notification", f"{path}/contacts/{channel}/code", {}, headers)
        assert answer.status_code == 202, answer.text
        # News that waited for a proof comes, too.
        async with asyncio.timeout(30):
            while not (code := CODE.search("\n".join(_mailbox(planted)[len(before) :]))):
                await asyncio.sleep(0.1)
        proof = f"{path}/contacts/{channel}/proof"
        await planted.must("notification", proof, {"code": code.group()}, headers)
    wishes = {"stopped": False, "email": True, "sms": True, "muted": []}
    chosen = await planted.cluster.http.put(
        planted.cluster.address("notification")
        + f"/reports/{planted.numbers['secret']}/preferences",
        json=wishes,
        headers=planted.reporter("secret"),
    )
    assert chosen.status_code == 200, chosen.text


def tell_staff_at_once(planted: Planted) -> None:
    """Everybody of the staff is mailed whatever concerns them."""
    kinds = dict.fromkeys(StaffKind, "at_once")
    with planted.cluster.postgres.administer("lapor") as connection:
        for (staff_id,) in connection.execute("SELECT id FROM routing.staff").fetchall():
            address = f"petugas{staff_id}@instansi.example"
            prove_address(connection, planted.cluster.settings, staff_id, address, **kinds)


def _mailbox(planted: Planted) -> list[str]:
    """All that came into the mailbox, by the time it came."""
    kept = MessageStore(planted.cluster.folder)
    came = [(mail.at, mail.text) for mail in kept.mails()]
    came += [(sms.at, sms.text) for sms in kept.texts()]
    return [text for _, text in sorted(came)]
