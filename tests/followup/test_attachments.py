"""Files that come with follow-ups and replies: kept only with their command, seen by who may."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.http.limits import RateLimits
from shared.http.uploads import FILES
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.people import Role
from shared.settings import Settings
from tests.followup.conftest import ABOVE, ADMIN, BELOW, BESIDE, OFFICER, WRITTEN, Cluster, Who
from tests.intake.sample_files import inspected
from tests.privacy import marked_files
from tests.privacy.marked_files import marked_in
from tests.sample_pdf import PDF
from tests.workflows.country import PROVINCE_ADMIN


async def send(
    cluster: Cluster,
    number: int,
    headers: dict[str, str],
    *,
    kind: str = "follow-ups",
    files: int = 1,
    content: bytes = PDF,
    key: UUID | str | None = None,
    **changes: Any,
) -> httpx.Response:
    body = WRITTEN | changes if kind == "follow-ups" else {"text": "Lihat foto."}
    return await cluster.http.post(
        f"/reports/{number}/{kind}/with-attachments",
        data={"message": json.dumps(body)},
        files=[("attachments", (f"berita acara {n}.pdf", content)) for n in range(files)],
        headers=headers | ({"Idempotency-Key": str(key)} if key else {}),
    )


async def address(cluster: Cluster, number: int, answer: httpx.Response) -> str:
    """Where the one file of a command is downloaded from."""
    command = answer.json()["command_id"]
    query = "SELECT id FROM followup.attachment WHERE command_id = CAST(:n AS uuid)"
    attachment = await cluster.reports.value(query, n=command)
    return f"/reports/{number}/follow-ups/{command}/attachments/{attachment}"


@pytest.fixture
def folder(followup_settings: Settings) -> Path:
    return Path(followup_settings.storage_url.removeprefix("file://"))


def stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


async def test_a_follow_up_with_files_is_listed_and_downloaded(cluster: Cluster) -> None:
    number = await cluster.verified()
    answer = await send(cluster, number, cluster.staff(OFFICER), files=2)
    assert (answer.status_code, answer.json()["status"]) == (200, "FOLLOWED_UP")
    [item] = (await cluster.get(f"/reports/{number}/follow-ups", ABOVE)).json()["items"]
    assert [f["name"] for f in item["attachments"]] == ["berita acara 0.pdf", "berita acara 1.pdf"]
    file = await cluster.get(item["attachments"][0]["href"], ABOVE)
    assert (file.status_code, file.content) == (200, inspected(PDF).content)
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"].startswith("attachment")


async def test_downloads_by_staff_are_logged(cluster: Cluster) -> None:
    number = await cluster.verified()
    path = await address(cluster, number, await send(cluster, number, cluster.staff(OFFICER)))
    assert (await cluster.get(path, ABOVE)).status_code == 200
    assert (await cluster.get(path, cluster.bearer(number))).status_code == 200
    rows = await cluster.reports.rows(
        "SELECT kind, staff_id, agency_id, subject_id::text FROM routing.access_log"
        " WHERE number = :n",
        n=number,
    )
    assert [tuple(r) for r in rows] == [("attachment", ABOVE[0], ABOVE[1], path.split("/")[-1])]


@pytest.mark.parametrize(
    ("who", "status"), [(OFFICER, 200), (ADMIN, 200), (ABOVE, 200), (BELOW, 404), (BESIDE, 404)]
)
async def test_files_of_a_secret_follow_up_are_for_reporter_and_staff(
    cluster: Cluster, who: Who, status: int
) -> None:
    number = await cluster.verified(system="jaki")
    path = await address(
        cluster, number, await send(cluster, number, cluster.staff(OFFICER), secret=True)
    )
    assert (await cluster.get(path, who)).status_code == status
    assert (await cluster.get(path, cluster.bearer(number))).status_code == 200
    assert (await cluster.get(path, await cluster.partner("jaki"))).status_code == 200
    for stranger in (
        None,
        cluster.bearer(number + 1),
        cluster.account(5),
        await cluster.partner("siap"),
    ):
        answer = await cluster.get(path, stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "file_unknown")


async def test_files_of_a_follow_up_are_not_public(cluster: Cluster) -> None:
    number = await cluster.verified()
    path = await address(cluster, number, await send(cluster, number, cluster.staff(OFFICER)))
    assert (await cluster.get(path)).status_code == 404
    assert (await cluster.get(path, BESIDE)).status_code == 404
    assert (await cluster.get(path, OFFICER)).status_code == 200


async def test_files_of_a_reply_are_not_public(cluster: Cluster) -> None:
    number = await cluster.in_process()
    mine = cluster.bearer(number)
    answer = await send(cluster, number, mine, kind="replies")
    assert answer.json()["status"] == "REPLIED_BY_REPORTER"
    path = await address(cluster, number, answer)
    assert (await cluster.get(path)).status_code == 404
    assert (await cluster.get(path, mine)).status_code == 200
    assert (await cluster.get(path, OFFICER)).status_code == 200


async def test_a_file_is_found_under_its_own_report_only(cluster: Cluster) -> None:
    number, other = await cluster.verified(), await cluster.verified()
    path = await address(cluster, number, await send(cluster, number, cluster.staff(OFFICER)))
    assert (await cluster.get(path.replace(str(number), str(other)), OFFICER)).status_code == 404


async def test_files_of_a_refused_command_are_not_handed_out(cluster: Cluster) -> None:
    number = await cluster.unverified()
    answer = await send(cluster, number, cluster.staff(ABOVE), key=uuid4())
    assert answer.status_code == 409
    rows = await cluster.reports.rows("SELECT id, command_id FROM followup.attachment")
    [file] = rows
    path = f"/reports/{number}/follow-ups/{file.command_id}/attachments/{file.id}"
    assert (await cluster.get(path, ABOVE)).status_code == 404


async def test_a_repeated_request_leaves_no_second_copy(cluster: Cluster, folder: Path) -> None:
    number, key = await cluster.verified(), uuid4()
    headers = cluster.staff(OFFICER)
    answers = await asyncio.gather(*(send(cluster, number, headers, key=key) for _ in range(5)))
    assert [a.status_code for a in answers] == [200] * 5
    assert stored(folder) == 1
    assert (await send(cluster, number, headers, key=key)).status_code == 200
    assert stored(folder) == 1


async def test_what_is_refused_before_it_is_saved_leaves_no_file(
    cluster: Cluster, folder: Path
) -> None:
    number = await cluster.verified()
    for who in (BESIDE, BELOW):
        assert (await send(cluster, number, cluster.staff(who))).status_code == 404
    assert stored(folder) == 0


@pytest.mark.parametrize(
    ("files", "content", "field", "code"),
    [
        (6, PDF, "attachments", "file_too_many"),
        (1, b"<html>", "attachments.0", "file_type_not_allowed"),
        (1, b"", "attachments.0", "file_empty"),
        (1, PDF + b"%" * (10 * 1024 * 1024), "attachments.0", "file_too_large"),
    ],
)
async def test_files_that_are_not_taken_are_named(
    cluster: Cluster, folder: Path, files: int, content: bytes, field: str, code: str
) -> None:
    number = await cluster.verified()
    answer = await send(cluster, number, cluster.staff(OFFICER), files=files, content=content)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert stored(folder) == 0
    assert (await cluster.state(number)).status == "VERIFIED"


async def test_who_may_not_send_has_nothing_opened(cluster: Cluster, folder: Path) -> None:
    """Files that would be refused are not looked at: the answer is to the person."""
    number = await cluster.verified()
    other = await cluster.verified()
    for headers, kind, status in (
        (cluster.staff(BESIDE), "follow-ups", 404),
        (cluster.bearer(other), "replies", 404),
        (cluster.bearer(other), "information", 404),
        (cluster.staff(OFFICER) | {"If-Match": '"99"'}, "follow-ups", 412),
    ):
        answer = await send(cluster, number, headers, kind=kind, content=b"<html>")
        assert answer.status_code == status, kind
    assert stored(folder) == 0


async def test_who_sends_too_many_files_has_no_more_opened(cluster: Cluster) -> None:
    number = await cluster.verified()
    limits = RateLimits(cluster.owner, "followup", cluster.settings.blind_index_key)
    for _ in range(FILES.count):
        await limits.take(FILES, f"staff:{OFFICER[0]}")
    answer = await send(cluster, number, cluster.staff(OFFICER), content=b"<html>")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await send(cluster, number, cluster.staff(ADMIN))).status_code == 200


async def test_a_part_that_is_not_asked_for_or_comes_twice_is_named(cluster: Cluster) -> None:
    number = await cluster.verified()
    written = ("message", (None, json.dumps(WRITTEN)))
    for more, field, code in (
        (("lampiran", ("a.pdf", PDF)), "lampiran", "extra_forbidden"),
        (("attachments[]", ("a.pdf", PDF)), "attachments[]", "extra_forbidden"),
        (("attachments", (None, "a.pdf")), "attachments", "not_a_file"),
        (written, "message", "sent_twice"),
    ):
        answer = await cluster.http.post(
            f"/reports/{number}/follow-ups/with-attachments",
            files=[written, more, ("attachments", ("b.pdf", PDF))],
            headers=cluster.staff(OFFICER),
        )
        assert answer.status_code in (400, 422), (field, answer.text)
        if answer.status_code == 400:
            [error] = answer.json()["errors"]
            assert (error["field"], error["code"]) == (field, code)
        else:
            assert code == "not_a_file"  # refused for what it is, before
    assert (await cluster.state(number)).status == "VERIFIED"


async def test_the_form_beside_the_files_is_checked_as_any(cluster: Cluster, folder: Path) -> None:
    number = await cluster.verified()
    answer = await send(cluster, number, cluster.staff(OFFICER), text=" ", extra=1)
    assert answer.status_code == 422
    codes = {error["field"]: error["code"] for error in answer.json()["errors"]}
    assert codes == {"text": "text_empty", "extra": "extra_forbidden"}
    assert stored(folder) == 0


async def test_a_form_for_files_without_any(cluster: Cluster) -> None:
    number = await cluster.verified()
    assert (await send(cluster, number, cluster.staff(OFFICER), files=0)).status_code == 200
    assert await cluster.words(number) == [WRITTEN["text"]]


async def test_information_comes_with_a_picture_of_it(cluster: Cluster) -> None:
    number = await cluster.unverified()
    incomplete = DeferralKind.INCOMPLETE_DATA
    await cluster.does(number, Action.DEFER, PROVINCE_ADMIN, deferral=incomplete)
    answer = await send(cluster, number, cluster.bearer(number), kind="information")
    assert answer.json()["status"] == "INFORMATION_TO_EVALUATE"
    path = await address(cluster, number, answer)
    assert (await cluster.get(path, ABOVE)).status_code == 200
    assert (await cluster.get(path)).status_code == 404


async def test_what_an_anonymous_reporter_replies_with_is_remade_or_stays_sealed(
    cluster: Cluster, folder: Path
) -> None:
    number = await cluster.in_process()
    mine = cluster.bearer(number)
    await _make_anonymous(cluster, number)
    answer = await send(cluster, number, mine, kind="replies", content=marked_files.pdf())
    path = await address(cluster, number, answer)
    for who in (mine, OFFICER, ADMIN):
        file = await cluster.get(path, who)
        assert (file.status_code, file.content[:5]) == (200, b"%PDF-")
        assert not any(trace in file.content for trace in marked_files.traces())
    await _make_anonymous(cluster, number)
    sent = await send(cluster, number, mine, kind="replies", content=marked_files.xlsx())
    for who in (mine, OFFICER):
        refused = await cluster.get(await address(cluster, number, sent), who)
        assert (refused.status_code, refused.json()["code"]) == (409, "file_sealed")
    assert marked_in(folder) == []


async def test_files_of_replies_wait_from_when_the_report_is_made_anonymous(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    mine = cluster.bearer(number)
    reply = await address(
        cluster,
        number,
        await send(cluster, number, mine, kind="replies", content=marked_files.pdf()),
    )
    own = await address(cluster, number, await send(cluster, number, cluster.staff(OFFICER)))
    await _make_anonymous(cluster, number)
    state = "SELECT state FROM followup.attachment WHERE id = CAST(:id AS uuid)"
    assert await cluster.reports.value(state, id=reply.split("/")[-1]) in ("pending", "remade")
    assert await cluster.reports.value(state, id=own.split("/")[-1]) == "as_sent"
    assert (await cluster.get(reply, OFFICER)).status_code in (409, 200)
    async with asyncio.timeout(120):
        while (file := await cluster.get(reply, OFFICER)).status_code != 200:
            assert file.json()["code"] == "file_pending"
            await asyncio.sleep(0.2)
    assert not any(trace in file.content for trace in marked_files.traces())
    assert (await cluster.get(own, OFFICER)).status_code == 200


async def test_a_reporter_s_file_has_no_name_of_theirs_for_who_is_not_told_who_reports(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    reply = await send(cluster, number, cluster.bearer(number), kind="replies")
    path = await address(cluster, number, reply)
    assert "berita" in (await cluster.get(path, ABOVE)).headers["Content-Disposition"]
    await cluster.execute(
        "UPDATE routing.staff SET role = 'liaison_officer' WHERE id = %s", ABOVE[0]
    )
    file = await cluster.get(path, (ABOVE[0], ABOVE[1], Role.LIAISON_OFFICER))
    assert file.status_code == 200
    assert "berita" not in file.headers["Content-Disposition"]


async def test_a_key_used_for_something_else_admits_no_files(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    note = {"note": "Mohon dicek di lapangan."}
    path = f"/reports/{number}/coordination"
    assert (await cluster.post(path, OFFICER, note, key=key)).status_code == 200
    past = cluster.staff(OFFICER) | {"If-Match": '"999"'}
    assert (await send(cluster, number, past, key=key)).status_code == 412


async def _make_anonymous(cluster: Cluster, number: int) -> None:
    """As the step of an amendment leaves it."""
    await cluster.execute("UPDATE lifecycle.report SET anonymous = true WHERE number = %s", number)
