"""The partner guide's example is run as it stands there, by a client that is not ours."""

import asyncio
import os
import re
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.documentation.asyncapi import TOLD_EVENTS
from deploy.partners.register import add
from services.followup.actions.follow_ups import FollowUpForm, follow_up_report
from shared.bus.cloudevents import MAX_INBOUND
from shared.bus.streams import INGEST_KINDS, PARTNERS
from shared.command_requests.execute import execute
from shared.database.engine import Database
from shared.http.tokens import Staff
from shared.lifecycle.actions import Action
from tests.node_packages import NODE
from tests.partners.conftest import Stack
from tests.workflows.country import DINAS, PROVINCE, PROVINCE_ADMIN, ROOT

REPOSITORY = Path(__file__).parent.parent.parent
GUIDE = REPOSITORY / "docs" / "integrating" / "partner-guide.md"


async def test_the_example_sends_a_report_answers_the_follow_up_and_sees_it_closed(
    stack: Stack, node_packages: Path
) -> None:
    await stack.start_all()
    partner = await add(stack.owner, stack.server.settings, "Dukcapil")
    settings = stack.settings("lapor_followup")
    credentials = node_packages / "dukcapil.creds"
    credentials.write_text(partner.nats.file)
    environment = {
        "NATS_URL": stack.server.address,
        "LAPOR_SYSTEM": "dukcapil",
        "LAPOR_CREDENTIALS": str(credentials),
        "LAPOR_TOKEN": partner.http_token,
        "LAPOR_INTAKE": settings.intake_url,
        "LAPOR_ADDRESSEE": f"A{PROVINCE}",
    }
    [code] = re.findall(r"```javascript\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (node_packages / "guide.js").write_text(code)
    process = await asyncio.create_subprocess_exec(
        NODE,
        str(node_packages / "guide.js"),
        env={"PATH": os.environ["PATH"], **environment},
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        accepted = await _says(process, r"report (\d+), for the reporter: [2-9A-HJKMNP-Z]{8}$")
        number = int(accepted[1])
        await stack.does(number, Action.VERIFY, PROVINCE_ADMIN)
        await _says(process, r"JKT/2026/0001 verified: VERIFIED$")
        await _follow_up(stack, number)
        await _says(process, r"the agency says: Dua lampu sudah kami ganti\.$")
        await _says(process, r"reply accepted, now REPLIED_BY_REPORTER$")
        await _follow_up(stack, number)
        await _says(process, r"the agency says: Dua lampu sudah kami ganti\.$")
        await stack.does(number, Action.CLOSE, PROVINCE_ADMIN)
        await _says(process, r"JKT/2026/0001 closed: CLOSED_BY_ADMIN$")
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    said_back = await stack.rows(
        "SELECT words FROM followup.published_message WHERE action = 'reply' LIMIT 1"
    )
    assert [row.words for row in said_back] == ["Dua lampu sudah menyala, satu masih mati."]


def test_the_guide_names_what_the_code_has() -> None:
    page = GUIDE.read_text()
    for kind in INGEST_KINDS:
        assert f"| `{kind}` | `id.go.lapor.{kind}` |" in page
    source = "\n".join(
        path.read_text()
        for name in ("shared", "services")
        for path in (REPOSITORY / name).rglob("*.py")
    )
    codes = set(re.findall(r'BadMessage\(\s*"(\w+)"', source)) - {"invalid_field"}
    assert {"not_json", "given_up", "external_id_reused"} < codes
    for code in codes:
        assert f"`{code}`" in page
    assert f"{MAX_INBOUND // 1024} KiB" in page
    assert f"{PARTNERS.max_age / 86_400:.0f} days" in page
    assert {"verified", "deferred", "followed_up", "closed"} < set(TOLD_EVENTS)


async def _follow_up(stack: Stack, number: int) -> None:
    """As the service does it: the words are in its tables."""
    staff = Staff(
        id=4, role="liaison_officer", agency_id=DINAS, agency_path=(ROOT, PROVINCE, DINAS)
    )
    form = FollowUpForm.model_validate(
        {"kind": "follow_up", "outcome": "done", "text": "Dua lampu sudah kami ganti."}
    )
    database = Database(stack.settings("lapor_followup").database_url)
    try:
        asked = follow_up_report.asked(staff, number, form, uuid4())
        outcome = await execute(database, stack.gateway, asked)
    finally:
        await database.dispose()
    assert outcome is not None
    assert outcome.done


async def _says(process: Process, pattern: str) -> Any:
    """Waits for a line; what else it says meanwhile is passed over."""
    assert process.stdout is not None
    assert process.stderr is not None
    heard: list[str] = []
    async with asyncio.timeout(120):
        while line := (await process.stdout.readline()).decode().rstrip():
            heard.append(line)
            if match := re.search(pattern, line):
                return match
    raise AssertionError(f"{heard} {(await process.stderr.read()).decode()}")
