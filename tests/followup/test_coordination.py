"""Internal notes, with somebody of the own agency to see to it."""

from tests.followup.conftest import ABOVE, COLLEAGUE, OFFICER, Cluster

NOTE = {"note": "Cek ke lapangan besok."}


async def test_a_note_with_an_assignee(cluster: Cluster) -> None:
    number = await cluster.verified()
    body = {**NOTE, "assignee_id": COLLEAGUE[0]}
    answer = await cluster.post(f"/reports/{number}/coordination", OFFICER, body)
    assert (answer.status_code, answer.json()["status"]) == (200, "VERIFIED")
    assert await cluster.words(number) == [NOTE["note"]]
    assignee = "SELECT assignee_id FROM lifecycle.report WHERE number = :n"
    assert await cluster.reports.value(assignee, n=number) == COLLEAGUE[0]


async def test_an_assignee_is_active_and_of_the_own_agency(cluster: Cluster) -> None:
    number = await cluster.verified()
    await cluster.execute("UPDATE routing.staff SET active = false WHERE id = %s", COLLEAGUE[0])
    for stranger in (COLLEAGUE[0], ABOVE[0], 999):
        body = {**NOTE, "assignee_id": stranger}
        answer = await cluster.post(f"/reports/{number}/coordination", OFFICER, body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "assignee_unknown"


async def test_a_reporter_neither_coordinates_nor_reads_of_it(cluster: Cluster) -> None:
    number = await cluster.verified()
    mine = cluster.bearer(number)
    assert (await cluster.post(f"/reports/{number}/coordination", mine, NOTE)).status_code == 403
    answer = await cluster.post(f"/reports/{number}/coordination", OFFICER, NOTE)
    assert (await cluster.get(answer.json()["href"], mine)).status_code == 404
    [line] = [e for e in await cluster.reports.history(number) if e.action == "coordinate"]
    assert line.visibility == "staff"


async def test_nothing_is_coordinated_on_a_closed_report(cluster: Cluster) -> None:
    number = await cluster.closed()
    answer = await cluster.post(f"/reports/{number}/coordination", OFFICER, NOTE)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_status")
