"""Files and words of messages before an agency in copy, and where the reporter is hidden."""

import json

from tests.followup.conftest import (  # noqa: F401  fixtures
    BESIDE,
    OFFICER,
    Cluster,
    cluster,
    followup_settings,
    owner,
    worker_database,
)
from tests.followup.test_attachments import address
from tests.sample_pdf import PDF


async def _replied(cluster: Cluster, **marks: bool) -> tuple[int, str]:  # noqa: F811
    """A report with a reply, copied to the agency beside; and where the reply's file is."""
    number = await cluster.in_process()
    answer = await cluster.http.post(
        f"/reports/{number}/replies/with-attachments",
        data={"message": json.dumps({"text": "Belum selesai."})},
        files=[("attachments", ("KTP Siti Rahmawati.pdf", PDF))],
        headers=cluster.bearer(number),
    )
    assert answer.status_code == 200, answer.text
    await _copied(cluster, number, **marks)
    return number, await address(cluster, number, answer)


async def _copied(cluster: Cluster, number: int, **marks: bool) -> None:  # noqa: F811
    state = await cluster.state(number)
    copied = state.model_copy(update={"copies": (BESIDE[1],), **marks}).model_dump_json()
    await cluster.execute(
        "UPDATE lifecycle.report SET state = %s WHERE number = %s", copied, number
    )


async def test_a_copy_does_not_hold_the_files_of_a_reply(cluster: Cluster) -> None:  # noqa: F811
    number, path = await _replied(cluster)
    assert (await cluster.get(f"/reports/{number}/follow-ups", BESIDE)).status_code == 200
    answer = await cluster.get(path, BESIDE)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_unknown")
    handler = await cluster.get(path, OFFICER)
    assert (handler.status_code, handler.content[:4]) == (200, b"%PDF")
    assert "Siti" in handler.headers["Content-Disposition"]


async def test_a_copy_holds_no_secret_follow_up_and_no_file_of_one(cluster: Cluster) -> None:  # noqa: F811
    number = await cluster.verified()
    words = {True: "Yth. Siti Rahmawati, terlampir.", False: "Sudah ditambal."}
    for secret, text in words.items():
        answer = await cluster.http.post(
            f"/reports/{number}/follow-ups/with-attachments",
            data={
                "message": json.dumps(
                    {
                        "text": text,
                        "kind": "follow_up",
                        "outcome": "done",
                        "secret": secret,
                    }
                )
            },
            files=[("attachments", ("Surat Siti.pdf", PDF))],
            headers=cluster.staff(OFFICER),
        )
        assert answer.status_code == 200, answer.text
    path = await address(cluster, number, answer)
    await _copied(cluster, number)
    listed = f"/reports/{number}/follow-ups"
    items = (await cluster.get(listed, BESIDE)).json()["items"]
    assert [(item["text"], item["attachments"]) for item in items] == [("Sudah ditambal.", [])]
    assert (await cluster.get(path, BESIDE)).status_code == 404
    assert (await cluster.get(path, OFFICER)).status_code == 200
    handler = (await cluster.get(listed, OFFICER)).json()["items"]
    assert {item["text"] for item in handler} == set(words.values())
    assert all(len(item["attachments"]) == 1 for item in handler)


async def test_the_file_of_an_anonymous_reply_goes_by_a_name_of_ours(cluster: Cluster) -> None:  # noqa: F811
    number, path = await _replied(cluster, anonymous=True)
    handler = await cluster.get(path, OFFICER)
    assert handler.status_code == 200
    assert "Siti" not in str(handler.headers)
    own = await cluster.get(path, cluster.bearer(number))
    assert "Siti" in own.headers["Content-Disposition"]
