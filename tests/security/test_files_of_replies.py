"""What a reporter sends with a reply, before an agency in copy and where the reporter is hidden."""

import json

from tests.followup.conftest import (  # noqa: F401  fixtures
    BESIDE,
    OFFICER,
    Town,
    followup_settings,
    owner,
    town,
    worker_database,
)
from tests.followup.test_attachments import address
from tests.sample_pdf import PDF


async def _replied(town: Town, **marks: bool) -> tuple[int, str]:  # noqa: F811
    """A report with a reply, copied to the agency beside; and where the reply's file is."""
    number = await town.in_process()
    answer = await town.http.post(
        f"/reports/{number}/replies/with-attachments",
        data={"message": json.dumps({"text": "Belum selesai."})},
        files=[("attachments", ("KTP Siti Rahmawati.pdf", PDF))],
        headers=town.bearer(number),
    )
    assert answer.status_code == 200, answer.text
    state = await town.state(number)
    copied = state.model_copy(update={"copies": (BESIDE[1],), **marks}).model_dump_json()
    await town.execute("UPDATE lifecycle.report SET state = %s WHERE number = %s", copied, number)
    return number, await address(town, number, answer)


async def test_a_copy_does_not_hold_the_files_of_a_reply(town: Town) -> None:  # noqa: F811
    number, path = await _replied(town)
    assert (await town.get(f"/reports/{number}/follow-ups", BESIDE)).status_code == 200
    answer = await town.get(path, BESIDE)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_unknown")
    handler = await town.get(path, OFFICER)
    assert (handler.status_code, handler.content[:4]) == (200, b"%PDF")
    assert "Siti" in handler.headers["Content-Disposition"]


async def test_the_file_of_an_anonymous_reply_goes_by_a_name_of_ours(town: Town) -> None:  # noqa: F811
    number, path = await _replied(town, anonymous=True)
    handler = await town.get(path, OFFICER)
    assert handler.status_code == 200
    assert "Siti" not in str(handler.headers)
    own = await town.get(path, town.bearer(number))
    assert "Siti" in own.headers["Content-Disposition"]
