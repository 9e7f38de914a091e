"""The answers of the X API v2 to queries for posts, and the posts in them."""

import re
from datetime import UTC

from pydantic import BaseModel, Field

from services.intake.x.posts import Post, XError
from shared.values.fields import Instant
from shared.values.text import normalise, on_one_line

FIELDS = {
    "expansions": "author_id,attachments.media_keys",
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,"
    "entities,in_reply_to_user_id,lang,note_tweet,public_metrics",
    "user.fields": "name,username",
    "media.fields": "media_key,preview_image_url,type,url,variants",
}
"""The fields that are requested."""


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


class _Metrics(BaseModel):
    reply_count: int = 0


class _Tweet(BaseModel):
    id: str
    text: str
    author_id: str
    created_at: Instant
    lang: str | None = None
    conversation_id: str | None = None
    in_reply_to_user_id: str | None = None
    edit_history_tweet_ids: list[str] = []
    public_metrics: _Metrics = _Metrics()
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
    resource_id: str = ""


class Answer(BaseModel):
    """The answer to a query for one post."""

    data: _Tweet | None = None
    includes: _Includes = _Includes()
    errors: list[_Error] = Field(default=[])


class Answers(BaseModel):
    """The answer to a query for several posts."""

    data: list[_Tweet] = []
    includes: _Includes = _Includes()
    errors: list[_Error] = Field(default=[])


def read_post(answer: Answer) -> Post:
    """The post in the answer. Raises `XError` if there is none."""
    if answer.data is None:
        raise _error_in(answer.errors)
    return _post(answer.data, answer.includes)


def read_posts(answers: Answers) -> dict[str, Post | XError]:
    """The posts by their ids; for a post that could not be read, the error."""
    errors = {error.resource_id: _error_in([error]) for error in answers.errors}
    return errors | {tweet.id: _post(tweet, answers.includes) for tweet in answers.data}


def _post(tweet: _Tweet, includes: _Includes) -> Post:
    author = next((user for user in includes.users if user.id == tweet.author_id), None)
    if author is None:
        raise XError("unavailable", "an answer without the author")
    words = tweet.note_tweet or tweet
    attached = {media.media_key: media for media in includes.media}
    media = [attached[key] for key in tweet.attachments.media_keys if key in attached]
    return Post(
        id=tweet.id,
        author_username=author.username,
        author_name=on_one_line(normalise(author.name)) or author.username,
        text=_readable(words.text, words.entities),
        created_at=tweet.created_at.astimezone(UTC),
        url=f"https://x.com/{author.username}/status/{tweet.id}",
        lang=tweet.lang,
        media_urls=tuple(url for url in map(_best_url, media) if url),
        versions=tuple(sorted({tweet.id, *tweet.edit_history_tweet_ids}, key=int)),
        conversation_id=tweet.conversation_id or tweet.id,
        continues=tweet.in_reply_to_user_id == tweet.author_id,
        answered=tweet.public_metrics.reply_count > 0,
    )


def _error_in(errors: list[_Error]) -> XError:
    """The error of a post. A missing post comes as HTTP 200 with `errors` and no `data`."""
    for error in errors:
        if error.type.endswith("/not-authorized-for-resource"):
            return XError("not_visible", error.title)
        if error.type.endswith("/resource-not-found"):
            return XError("not_found", error.title)
    return XError("unavailable", "neither post nor known error")


def _readable(text: str, entities: _Entities) -> str:
    """The readable text of a post. The three characters that X escapes are restored (X escapes
    nothing in addresses), and short links are replaced by full addresses."""
    for entity, character in _ESCAPED:
        text = text.replace(entity, character)
    # A link with a media key stands for the post's own picture, which is listed separately.
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
