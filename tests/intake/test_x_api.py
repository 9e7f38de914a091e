"""Posts read through the X API, against a server that speaks its JSON."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from services.intake.x.answers import Answer, read_post
from services.intake.x.api import XApi
from services.intake.x.posts import Post, XError, parse_post_id
from tests.intake.x_server import (
    LONG_POST,
    PICTURE_POST,
    PROTECTED_POST,
    SAMPLE_POST,
    TOKEN,
    XServer,
    running,
)


@pytest.fixture
async def x() -> AsyncIterator[XServer]:
    async with running(XServer()) as server:
        yield server


async def read(x: XServer, id_or_url: str, token: str = TOKEN) -> Post:
    async with httpx.AsyncClient(base_url=x.url) as http:
        return await XApi(http, token).get_post(id_or_url)


async def refusal(x: XServer, id_or_url: str, token: str = TOKEN) -> XError:
    with pytest.raises(XError) as caught:
        await read(x, id_or_url, token)
    return caught.value


async def test_a_post_is_read_by_its_address(x: XServer) -> None:
    post = await read(x, f"https://x.com/wargabaik/status/{SAMPLE_POST}?s=20")
    assert post.id == SAMPLE_POST
    assert (post.author_username, post.author_name, post.lang) == ("wargabaik", "Warga Baik", "in")
    assert post.text == "@lapor1708 lampu jalan di Jl. Melati mati <seminggu> & gelap"
    assert post.created_at == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert post.url == f"https://x.com/wargabaik/status/{SAMPLE_POST}"
    assert post.media_urls == ()
    asked = x.requests[0].query_params
    assert asked["expansions"] == "author_id,attachments.media_keys"
    assert "note_tweet" in asked["tweet.fields"]


async def test_a_long_post_comes_in_full_with_its_links_resolved(x: XServer) -> None:
    post = await read(x, LONG_POST)
    assert len(post.text) > 280
    assert post.text.endswith("Lihat https://contoh.id/foto?a=1 & tolong ditindak")


async def test_pictures_and_the_best_video_are_listed_not_written(x: XServer) -> None:
    post = await read(x, PICTURE_POST)
    assert post.text == "Jembatan rusak"
    assert post.media_urls == ("https://pbs.twimg.com/media/a.jpg", "https://video.twimg.com/l.mp4")


async def test_a_deleted_and_a_protected_post_are_told_apart(x: XServer) -> None:
    assert (await refusal(x, "1")).code == "not_found"
    assert (await refusal(x, PROTECTED_POST)).code == "not_visible"


async def test_a_wrong_token_is_the_operators_matter_and_is_not_repeated(x: XServer) -> None:
    error = await refusal(x, SAMPLE_POST, token="wrong-token")
    assert error.code == "not_allowed"
    assert "wrong-token" not in str(error)
    x.status = 403
    assert (await refusal(x, SAMPLE_POST)).code == "not_allowed"


async def test_asked_too_often_says_when_to_ask_again(x: XServer) -> None:
    x.status = 429
    error = await refusal(x, SAMPLE_POST)
    assert error.code == "rate_limited"
    assert error.retry_at == datetime.fromtimestamp(x.reset_at, UTC)


@pytest.mark.parametrize("status", [500, 503, 200, 302])
async def test_trouble_at_x_is_unavailable(x: XServer, status: int) -> None:
    x.status = status
    assert (await refusal(x, SAMPLE_POST)).code == "unavailable"


async def test_x_out_of_reach_is_unavailable(x: XServer) -> None:
    x.url = "http://127.0.0.1:9"
    assert (await refusal(x, SAMPLE_POST)).code == "unavailable"


@pytest.mark.parametrize(
    "given",
    [
        "1790000000000000001",
        " https://x.com/warga_baik/status/1790000000000000001 ",
        "https://x.com/warga_baik/status/1790000000000000001?s=20&t=abc#m",
        "https://twitter.com/warga_baik/status/1790000000000000001/photo/1",
        "https://mobile.twitter.com/warga_baik/status/1790000000000000001",
        "http://www.twitter.com/warga_baik/statuses/1790000000000000001/",
        "https://X.com/i/web/status/1790000000000000001",
        "x.com/i/status/1790000000000000001",
        "001790000000000000001",
        "https://x.com/warga_baik/status/001790000000000000001",
        "https://X.COM/warga_baik/Status/1790000000000000001?s=20&t=x#m",
        "HTTPS://MOBILE.TWITTER.COM/warga_baik/status/1790000000000000001/photo/1",
        "https://x.com:443//warga_baik/statuses/001790000000000000001/",
        "https://www.x.com./i/web/status/1790000000000000001",
    ],
)
def test_every_form_of_an_address_gives_the_id(given: str) -> None:
    assert parse_post_id(given) == "1790000000000000001"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "lampu jalan",
        "https://x.com/warga_baik",
        "https://x.com.evil.id/a/status/1",
        "https://evil.id/x.com/a/status/1",
        "https://x.com@evil.id/a/status/1",
        "ftp://x.com/a/status/1",
        "https://x.com/a/status/1x",
        "https://x.com/a/status/../../1",
        "http://[x.com/a/status/1",
        "١٢٣",
        "9" * 20,
        "0",
        "000",
        "https://x.com/a/status/000",
    ],
)
def test_anything_else_is_not_a_post(given: str) -> None:
    with pytest.raises(XError) as caught:
        parse_post_id(given)
    assert caught.value.code == "not_a_post"


@pytest.mark.parametrize(
    ("words", "links", "text"),
    [
        (
            "Lihat https://t.co/a",
            {"https://t.co/a": "https://kota.id/?a=1&region=2&copy=3&section=4&amp;lt=5"},
            "Lihat https://kota.id/?a=1&region=2&copy=3&section=4&amp;lt=5",
        ),
        (
            "https://t.co/a dan https://t.co/ab",
            {"https://t.co/a": "https://satu.id/#https://t.co/ab", "https://t.co/ab": "dua"},
            "https://satu.id/#https://t.co/ab dan dua",
        ),
        ("R&amp;D &lt;3 &gt;2", {}, "R&D <3 >2"),
        ("ditulis &amp;copy; dan &amp;lt;b&amp;gt;", {}, "ditulis &copy; dan &lt;b&gt;"),
        ("?x=1&region=2&notit=3", {}, "?x=1&region=2&notit=3"),
    ],
)
def test_words_are_decoded_once_and_addresses_never(
    words: str, links: dict[str, str], text: str
) -> None:
    urls = [{"url": short, "expanded_url": whole} for short, whole in links.items()]
    answer = Answer.model_validate(
        {
            "data": {
                "id": "1",
                "text": words,
                "author_id": "2",
                "created_at": "2026-11-24T03:00:00Z",
                "entities": {"urls": urls},
            },
            "includes": {"users": [{"id": "2", "name": "Warga", "username": "warga"}]},
        }
    )
    assert read_post(answer).text == text
