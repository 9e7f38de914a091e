"""Pages, idempotency keys and versions as a caller meets them."""

from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter, Response
from pydantic import BaseModel

from shared.http.idempotency import CommandId, IfMatch, etag
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.problems import precondition
from tests.http.conftest import Calling

router = APIRouter()


class After(BaseModel):
    number: int


@router.get("/reports")
async def listing(cursor: Cursor = None, limit: PageSize = 2) -> Page[int]:
    after = decode_cursor(cursor, After)
    start = after.number + 1 if after else 1
    items = list(range(start, min(start + limit, 6)))
    return Page(items=items, next=encode_cursor(After(number=items[-1])) if items[-1] < 5 else None)


@router.post("/commands")
async def command(command: CommandId, seen: IfMatch, response: Response) -> UUID:
    if seen not in (None, 7):
        raise precondition(7)
    response.headers["ETag"] = etag(8)
    return command


async def test_pages_follow_each_other_to_the_end(calling: Calling) -> None:
    items, cursor = [], None
    async with calling(router) as client:
        while True:
            params: dict[str, str] = {"cursor": cursor} if cursor else {}
            page = (await client.get("/reports", params=params)).json()
            items += page["items"]
            if (cursor := page["next"]) is None:
                break
    assert items == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "é", "eyJvdGhlciI6MX0", "bnVsbA", "x" * 2000])
async def test_a_cursor_of_something_else_is_refused_by_name(calling: Calling, cursor: str) -> None:
    async with calling(router) as client:
        answer = await client.get("/reports", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_the_callers_key_is_the_command_id_and_must_be_a_uuid(calling: Calling) -> None:
    key = str(uuid4())
    async with calling(router) as client:
        same = await client.post("/commands", headers={"Idempotency-Key": key})
        new = await client.post("/commands")
        bad = await client.post("/commands", headers={"Idempotency-Key": "again"})
    assert same.json() == key
    assert UUID(new.json())
    assert bad.json()["errors"][0]["field"] == "idempotency-key"


@pytest.mark.parametrize(
    ("if_match", "status"),
    [('"7"', 200), ("*", 200), ('"6"', 412), ("7", 422), ('W/"7"', 422), ('"7", "8"', 422)],
)
async def test_a_command_for_another_version_is_refused(
    calling: Calling, if_match: str, status: int
) -> None:
    async with calling(router) as client:
        answer = await client.post("/commands", headers={"If-Match": if_match})
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["etag"] == '"8"'
    if status == 412:
        assert answer.json()["version"] == 7
