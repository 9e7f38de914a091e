"""The answer of the X API v2 to the question for one post, and the post in it."""

import re
from datetime import UTC

from pydantic import BaseModel, Field

from services.intake.x.posts import Post, XError
from shared.values.fields import Instant

FIELDS = {
    "expansions": "author_id,attachments.media_keys",
    "tweet.fields": "attachments,author_id,created_at,entities,lang,note_tweet",
    "user.fields": "name,username",
    "media.fields": "media_key,preview_image_url,type,url,variants",
}
"""What is asked for."""


class _Link(BaseModel):
    url: str
    expanded_url: str | None = None
    media_key: str | None = None


class _Entities(BaseModel):
    urls: list[_Link] = []


class _Note(BaseModel):
    text: str
    entities: _Entities = _Entities()


class _Attachments(BaseModel):
    media_keys: list[str] = []


class _Tweet(BaseModel):
    id: str
    text: str
    author_id: str
    created_at: Instant
    lang: str | None = None
    entities: _Entities = _Entities()
    note_tweet: _Note | None = None
    attachments: _Attachments = _Attachments()


class _User(BaseModel):
    id: str
    name: str
    username: str


class _Variant(BaseModel):
    url: str
    content_type: str
    bit_rate: int = 0


class _Media(BaseModel):
    media_key: str
    url: str | None = None
    preview_image_url: str | None = None
    variants: list[_Variant] = []


class _Includes(BaseModel):
    users: list[_User] = []
    media: list[_Media] = []


class _Error(BaseModel):
    type: str = ""
    title: str = ""
    detail: str = ""
    resource_type: str = ""


class Answer(BaseModel):
    data: _Tweet | None = None
    includes: _Includes = _Includes()
    errors: list[_Error] = Field(default=[])


def read_post(answer: Answer) -> Post:
    """Raises `XError` where there is none."""
    tweet = answer.data
    if tweet is None:
        raise _error_in(answer)
    author = next((user for user in answer.includes.users if user.id == tweet.author_id), None)
    if author is None:
        raise XError("unavailable", "an answer without the author")
    words = tweet.note_tweet or tweet
    attached = {media.media_key: media for media in answer.includes.media}
    media = [attached[key] for key in tweet.attachments.media_keys if key in attached]
    return Post(
        id=tweet.id,
        author_username=author.username,
        author_name=author.name,
        text=_readable(words.text, words.entities),
        created_at=tweet.created_at.astimezone(UTC),
        url=f"https://x.com/{author.username}/status/{tweet.id}",
        lang=tweet.lang,
        media_urls=tuple(url for url in map(_best_url, media) if url),
    )


def _error_in(answer: Answer) -> XError:
    """A post that is not there comes as HTTP 200 with `errors` and no `data`."""
    for error in answer.errors:
        if error.type.endswith("/not-authorized-for-resource"):
            return XError("not_visible", error.title)
        if error.type.endswith("/resource-not-found"):
            return XError("not_found", error.title)
    return XError("unavailable", "neither post nor known error")


def _readable(text: str, entities: _Entities) -> str:
    """The words with what X escapes in them (three characters, and nothing in addresses), and the
    whole address in place of each short one."""
    for entity, character in _ESCAPED:
        text = text.replace(entity, character)
    # A link with a media key stands for the post's own picture: it is listed, not written.
    whole = {
        link.url: "" if link.media_key else link.expanded_url or link.url for link in entities.urls
    }
    if whole:
        short = "|".join(re.escape(url) for url in sorted(whole, key=len, reverse=True))
        text = re.sub(short, lambda match: whole[match[0]], text)
    return text.strip()


_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def _best_url(media: _Media) -> str | None:
    videos = [variant for variant in media.variants if variant.content_type == "video/mp4"]
    if videos:
        return max(videos, key=lambda variant: variant.bit_rate).url
    return media.url or media.preview_image_url
