"""Looks again at posts that became reports, for edits and deletions.

X requires that deleted posts are not kept. The words of the report are the reporter's complaint and
stay; the stored editions of the post are deleted.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.models import SocialPost, Submission
from services.intake.x.api import AT_ONCE, XApi
from services.intake.x.posts import Post, XError
from shared.clock import now
from shared.database.engine import Database
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher

NETWORK: Final = "x"
EVERY: Final = 600.0
"""Seconds between two looks, each at as many posts as X returns in one answer."""
AGAIN: Final = timedelta(days=1)
"""Each post of an open report is looked at once in this time."""
TRY_AGAIN: Final = timedelta(hours=1)
"""How soon to try again if X did not answer."""


async def look_again(database: Database, x: XApi, cipher: IdentityCipher) -> int:
    """Look at posts that are due, at most `AT_ONCE`; returns how many. Several processes may do so:
    each takes different posts."""
    at = now()
    async with database.session() as session:
        taking = {"network": NETWORK, "at": at, "before": at - AGAIN, "most": AT_ONCE}
        ids = list(await session.scalars(_TAKE, taking))
    if not ids:
        return 0
    try:
        found = await x.get_posts(ids)
        latest = await _latest(x, list(found.values()))
    except XError:
        async with database.session() as session:
            put_off = {"network": NETWORK, "ids": ids, "at": at - AGAIN + TRY_AGAIN}
            await session.execute(_PUT_OFF, put_off)
        raise
    async with database.session() as session:
        for post_id in sorted(ids):
            post = await session.get_one(SocialPost, (NETWORK, post_id), with_for_update=True)
            if (seen := found.get(post_id)) is not None:
                await _note(session, cipher, post, seen, latest)
    return len(ids)


async def _latest(x: XApi, found: Sequence[Post | XError]) -> dict[str, Post | XError]:
    """The latest editions of posts that were edited."""
    edited = [p.versions[-1] for p in found if isinstance(p, Post) and p.versions[-1] != p.id]
    return await x.get_posts(edited) if edited else {}


async def _note(
    session: AsyncSession,
    cipher: IdentityCipher,
    post: SocialPost,
    seen: Post | XError,
    latest: dict[str, Post | XError],
) -> None:
    if isinstance(seen, XError):
        if seen.code in _GONE:
            post.gone_at = post.gone_at or now()
            post.gone_because = _GONE[seen.code]
            post.words_before = post.words_now = None
        return
    post.gone_at = post.gone_because = None
    edition = latest.get(seen.versions[-1])
    if isinstance(edition, Post) and not (post.words_now and post.edited_at == edition.created_at):
        of_report = col(Submission.number) == post.number
        key = await session.scalar(select(col(Submission.holder_key)).where(of_report))
        post.edited_at = edition.created_at
        if key is not None:
            own = HolderCipher(cipher, key)
            post.words_before = own.encrypt(seen.text)
            post.words_now = own.encrypt(edition.text)


_GONE = {"not_found": "deleted", "not_visible": "not_visible"}
"""A post of a protected account may become visible again, so it is still looked at."""
_TAKE = text("""
UPDATE intake.social_post p SET looked_at = :at FROM (
    SELECT p.post_id FROM intake.social_post p JOIN lifecycle.report r ON r.number = p.number
    WHERE p.network = :network AND (p.looked_at IS NULL OR p.looked_at < :before)
      AND p.gone_because IS DISTINCT FROM 'deleted'
      AND (r.tab NOT IN ('closed', 'archived') OR p.words_now IS NOT NULL)
    ORDER BY p.looked_at NULLS FIRST LIMIT :most
    FOR UPDATE OF p SKIP LOCKED) due
WHERE p.network = :network AND p.post_id = due.post_id
RETURNING p.post_id
""")
_PUT_OFF = text("""
UPDATE intake.social_post SET looked_at = :at
WHERE network = :network AND post_id = ANY (CAST(:ids AS text[]))
""")
