"""Who reads what was written, and when."""

from uuid import uuid4

from tests.followup.conftest import (
    ABOVE,
    ADMIN,
    BELOW,
    BESIDE,
    OFFICER,
    WRITTEN,
    Cluster,
)


async def test_refused_words_are_their_authors_only(cluster: Cluster) -> None:
    number, key = await cluster.unverified(), uuid4()
    answer = await cluster.post(f"/reports/{number}/follow-ups", ABOVE, WRITTEN, key=key)
    assert answer.status_code == 409
    assert await cluster.words(number) == []
    assert (await cluster.get(f"/reports/{number}/follow-ups", ABOVE)).json()["items"] == []
    mine = await cluster.get(f"/commands/{key}/text", ABOVE)
    assert mine.json()["text"] == WRITTEN["text"]
    assert (await cluster.get(f"/commands/{key}", ABOVE)).json()["state"] == "refused"
    for other in (ADMIN, OFFICER, cluster.bearer(number), cluster.account(5)):
        for path in (f"/commands/{key}/text", f"/commands/{key}"):
            assert (await cluster.get(path, other)).status_code == 404


async def test_a_reporters_command_is_not_for_other_reporters(cluster: Cluster) -> None:
    number, other = await cluster.in_process(), await cluster.in_process()
    reply = await cluster.post(
        f"/reports/{number}/replies", cluster.bearer(number), {"text": "Belum."}
    )
    path = reply.json()["href"]
    assert (await cluster.get(path, cluster.bearer(number))).status_code == 200
    partner = await cluster.partner("jaki")
    for stranger in (cluster.bearer(other), cluster.account(5), partner, OFFICER):
        assert (await cluster.get(path, stranger)).status_code == 404
        assert (await cluster.get(f"{path}/text", stranger)).status_code == 404


async def test_staff_read_follow_ups_page_by_page_secret_ones_too(cluster: Cluster) -> None:
    number = await cluster.verified()
    for position in range(5):
        await cluster.follow_up(number, OFFICER, text=f"ke-{position}", secret=position == 2)
    await cluster.post(f"/reports/{number}/coordination", OFFICER, {"note": "internal"})
    path = f"/reports/{number}/follow-ups?limit=2"
    texts, secrets, cursor = [], [], ""
    while True:
        page = (await cluster.get(path + cursor, ABOVE)).json()
        texts += [item["text"] for item in page["items"]]
        secrets += [item["secret"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert texts == ["ke-4", "ke-3", "ke-2", "ke-1", "ke-0"]
    assert secrets == [False, False, True, False, False]
    first = (await cluster.get(path, ABOVE)).json()["items"][0]
    assert (first["staff"], first["agency"], first["kind_label"]) == (
        "Budi",
        "Instansi 100",
        "Tindak Lanjut",
    )


async def test_the_list_is_for_those_who_may_read_the_report(cluster: Cluster) -> None:
    number = await cluster.in_process()
    path = f"/reports/{number}/follow-ups"
    for stranger in (BESIDE, BELOW):
        assert (await cluster.get(path, stranger)).status_code == 404
    assert (await cluster.get(path, cluster.bearer(number))).status_code == 403
    assert (await cluster.get(path)).status_code == 401


async def test_no_words_stand_in_the_command_or_the_outbox(cluster: Cluster) -> None:
    number = await cluster.verified()
    marked = "kata-rahasia-4711"
    await cluster.follow_up(number, OFFICER, text=marked)
    await cluster.post(f"/reports/{number}/hold", ABOVE, {"reason": marked})
    await cluster.post(f"/reports/{number}/replies", cluster.bearer(number), {"text": marked})
    for query in (
        "SELECT body::text FROM lifecycle.command WHERE number = :n",
        "SELECT convert_from(body, 'UTF8') FROM lifecycle.outbox WHERE number = :n",
        "SELECT details::text FROM lifecycle.history WHERE number = :n",
    ):
        rows = await cluster.reports.rows(query, n=number)
        assert rows
        assert not any(marked in row[0] for row in rows)
