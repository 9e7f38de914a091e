"""Reports with marked data, through every channel but partners."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from standardwebhooks import Webhook

from tests.cluster import ABOVE
from tests.intake.x_server import XServer
from tests.privacy.planted import Planted


async def by_citizens(planted: Planted) -> None:
    marks = planted.marks
    planted.people["anonymous"] = marks.person()
    anonymous = planted.report(anonymous=True, reporter=planted.people["anonymous"])
    await planted.accepted("anonymous", "/reports", anonymous)
    secret = planted.report(secret=True, reporter=marks.person())
    await planted.accepted("secret", "/reports", secret, file=marks.file(), part="report")
    person = marks.person() | {"password": marks.password()}
    signed_up = await planted.must("intake", "/reporters", person)
    sign_in = {"contact": person["email"], "password": person["password"]}
    signed_in = await planted.must("intake", "/reporters/sign-in", sign_in)
    answers = (*signed_up.values(), *signed_in.values())
    marks.keep(*(value for value in answers if isinstance(value, str)))
    own = {"Authorization": f"Bearer {signed_in['access_token']}"}
    await planted.accepted("account", "/reports", planted.report(), own)


async def by_staff(planted: Planted, x: XServer) -> None:
    marks, above = planted.marks, planted.cluster.staff(ABOVE)
    manual = planted.report(
        channel="letter",
        reporter=marks.person(),
        disposition=planted.verification(),
        anonymous=True,
    )
    await planted.accepted("manual", "/reports/manual", manual, above)
    filed = planted.report(channel="whatsapp", reporter=marks.person())
    await planted.accepted(
        "filed", "/reports/manual", filed, above, file=marks.file(), part="report"
    )
    author = marks.account()
    x.add("1790000000000009001", marks.word("cuitan"), username=author)
    address = f"https://x.com/{author}/status/1790000000000009001"
    read = await planted.cluster.http.get(
        planted.cluster.address("intake") + "/channels/x/posts",
        params={"url": address},
        headers=above,
    )
    assert read.json()["author"] == author, read.text
    post = planted.report(url=address, author=author)
    await planted.accepted("x", "/channels/x/reports", post, above)
    pasted = f"https://x.com/{marks.account()}/status/1790000000000009002"
    post = planted.report(url=pasted, author=marks.account())
    await planted.accepted("pasted", "/channels/x/reports", post, above)


async def by_sms(planted: Planted) -> None:
    marks = planted.marks
    whole = await _sms(planted, marks.phone(), marks.word("pesan"))
    planted.numbers["sms"] = whole["number"]
    sender = marks.phone()
    for part in (1, 2):
        concat = {"ref": 7, "part": part, "total": 2}
        joined = await _sms(planted, sender, marks.word("bagian"), concat=concat)
    planted.numbers["sms_parts"] = joined["number"]
    # One that still waits for its second part.
    await _sms(planted, marks.phone(), marks.word("sisa"), concat={"ref": 8, "part": 1, "total": 2})


async def _sms(planted: Planted, sender: str, text: str, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    message = {"id": uuid4().hex, "from": sender, "text": text, "received_at": now.isoformat()}
    body = json.dumps(message | more)
    webhook = Webhook(planted.cluster.settings.sms_secret.encode())
    answer = await planted.cluster.http.post(
        planted.cluster.address("intake") + "/channels/sms",
        content=body,
        headers={
            "webhook-id": "msg",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign("msg", now, body),
            "content-type": "application/json",
        },
    )
    assert answer.status_code == 200, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt
