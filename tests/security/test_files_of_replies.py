"""Files and words of messages before an agency in copy, and where the reporter is hidden."""

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
    await _copied(town, number, **marks)
    return number, await address(town, number, answer)


async def _copied(town: Town, number: int, **marks: bool) -> None:  # noqa: F811
    state = await town.state(number)
    copied = state.model_copy(update={"copies": (BESIDE[1],), **marks}).model_dump_json()
    await town.execute("UPDATE lifecycle.report SET state = %s WHERE number = %s", copied, number)


async def test_a_copy_does_not_hold_the_files_of_a_reply(town: Town) -> None:  # noqa: F811
    number, path = await _replied(town)
    assert (await town.get(f"/reports/{number}/follow-ups", BESIDE)).status_code == 200
    answer = await town.get(path, BESIDE)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_unknown")
    handler = await town.get(path, OFFICER)
    assert (handler.status_code, handler.content[:4]) == (200, b"%PDF")
    assert "Siti" in handler.headers["Content-Disposition"]


async def test_a_copy_holds_no_secret_follow_up_and_no_file_of_one(town: Town) -> None:  # noqa: F811
    number = await town.verified()
    words = {True: "Yth. Siti Rahmawati, terlampir.", False: "Sudah ditambal."}
    for secret, text in words.items():
        answer = await town.http.post(
            f"/reports/{number}/follow-ups/with-attachments",
            data={"message": json.dumps({"text": text, "kind": "follow_up", "secret": secret})},
            files=[("attachments", ("Surat Siti.pdf", PDF))],
            headers=town.staff(OFFICER),
        )
        assert answer.status_code == 200, answer.text
    path = await address(town, number, answer)
    await _copied(town, number)
    listed = f"/reports/{number}/follow-ups"
    told = (await town.get(listed, BESIDE)).json()["items"]
    assert [(one["text"], one["attachments"]) for one in told] == [("Sudah ditambal.", [])]
    assert (await town.get(path, BESIDE)).status_code == 404
    assert (await town.get(path, OFFICER)).status_code == 200
    handler = (await town.get(listed, OFFICER)).json()["items"]
    assert {one["text"] for one in handler} == set(words.values())
    assert all(len(one["attachments"]) == 1 for one in handler)


async def test_the_file_of_an_anonymous_reply_goes_by_a_name_of_ours(town: Town) -> None:  # noqa: F811
    number, path = await _replied(town, anonymous=True)
    handler = await town.get(path, OFFICER)
    assert handler.status_code == 200
    assert "Siti" not in str(handler.headers)
    own = await town.get(path, town.bearer(number))
    assert "Siti" in own.headers["Content-Disposition"]
