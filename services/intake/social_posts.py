"""Posts on X become reports: an admin reads and completes a post, and creates the report once."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.accepting.new_report import DifferentContent, Identity
from services.intake.access_codes import log_code
from services.intake.manual import staff_actor
from services.intake.models import SocialPost
from services.intake.references import check_references, report_of
from services.intake.report_form import Name, ReportForm
from services.intake.resources import Intake
from services.intake.submission_form import SubmissionAnswer
from services.intake.x.api import THREAD
from services.intake.x.posts import Post, XError, parse_post_id
from services.intake.x.watching import NETWORK
from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, Problem, conflict, not_found, unavailable, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.channels import Channel
from shared.values.text import POST_LIMIT, TextRejected, derive_title

router = APIRouter(prefix="/channels/x", tags=["Social media"])


def _post_id(raw: str) -> str:
    try:
        return parse_post_id(raw)
    except XError:
        raise PydanticCustomError("post_invalid", "Not a post on X") from None


PostRef = Annotated[str, Field(max_length=POST_LIMIT), AfterValidator(_post_id)]


class PostPreview(BaseModel):
    """A post for the admin to complete, with the posts that continue it. `text` and `media_urls`
    are those of all posts, `thread` has the addresses of the others, and other fields are of the
    first. `number`: the report that was already made of it, if this person may read that."""

    id: str
    url: str
    author: str
    author_name: str
    text: str
    created_at: datetime
    media_urls: list[str]
    thread: list[str]
    suggested_title: str
    number: int | None


class PostForm(ReportForm):
    """A report made from a post. `url` (or id) and `author` are as read or pasted; the admin
    completes the other fields."""

    url: PostRef = Field(description="The post's address or id")
    thread: list[PostRef] = Field(
        [],
        max_length=THREAD - 1,
        description="Addresses or ids of the posts in which the author continues, in order",
    )
    author: Name = Field(min_length=1, description="The account's name on X")

    @property
    def post_ids(self) -> list[str]:
        return list(dict.fromkeys([self.url, *self.thread]))


class XState(BaseModel):
    """`connected`: posts are read by their address; otherwise they are pasted."""

    connected: bool


@router.get("", responses=problem_responses(401, 403))
async def read_state(staff: CurrentStaff, intake: Intake) -> XState:
    """Read whether posts on X can be read here."""
    return XState(connected=intake.x is not None)


@router.get("/posts", responses=problem_responses(401, 403, 404, 409, 503))
async def read_post(
    url: Annotated[str, Query(max_length=POST_LIMIT)],
    staff: CurrentStaff,
    session: Transaction,
    intake: Intake,
) -> PostPreview:
    """Read a post through the X API. 409 `x_not_configured`: paste it into the form instead."""
    if intake.x is None:
        raise conflict("x_not_configured")
    try:
        asked_for = await intake.x.get_post(url)
    except XError as error:
        raise _problem(error) from None
    posts = await intake.x.get_thread(asked_for)
    post, *others = posts
    known = await _reported_as(session, [each.id for each in posts])
    return PostPreview(
        id=post.id,
        url=post.url,
        author=post.author_username,
        author_name=post.author_name,
        text="\n\n".join(each.text for each in posts if each.text),
        created_at=post.created_at,
        media_urls=[url for each in posts for url in each.media_urls],
        thread=[each.url for each in others],
        suggested_title=_title(post),
        number=await _readable_number(session, staff, known) if known else None,
    )


@router.post("/reports", status_code=201, responses=problem_responses(401, 403, 409, 503))
async def submit_post(
    form: PostForm,
    staff: CurrentStaff,
    session: Transaction,
    intake: Intake,
    response: Response,
) -> SubmissionAnswer:
    """Create the report. 409: the post is already a report, which is named if the person may read
    it."""
    references = await check_references(session, form)
    if known := await _reported_as(session, form.post_ids):
        raise _reported(await _readable_number(session, staff, known))
    report = replace(
        report_of(form, references, channel=Channel.X, scope=NETWORK, key=form.url),
        actor=staff_actor(staff),
        fallback_agency_id=staff.agency_id,
        identity=Identity(name=f"@{form.author.lstrip('@')}"),
        made_by=staff.id,
    )
    try:
        accepted = await intake.acceptance.accept(session, report)
    except DifferentContent as before:
        raise _reported(await _readable_number(session, staff, before.number)) from None
    if accepted.replayed:
        raise _reported(await _readable_number(session, staff, accepted.number))
    await _keep(session, form.post_ids, accepted.number)
    await log_code(session, intake, accepted.number, "given", maker=report.actor)
    response.headers["Location"] = f"/reports/{accepted.number}"
    return SubmissionAnswer.of(accepted)


async def _reported_as(session: AsyncSession, post_ids: list[str]) -> int | None:
    """The report that was already made of one of these posts, or None."""
    same = col(SocialPost.network) == NETWORK, col(SocialPost.post_id).in_(post_ids)
    return await session.scalar(select(col(SocialPost.number)).where(*same).limit(1))


async def _keep(session: AsyncSession, post_ids: list[str], number: int) -> None:
    """Store the posts. Raises 409 if somebody else made a report of one of them at the same
    moment."""
    posts = [
        {
            "network": NETWORK,
            "post_id": post_id,
            "number": number,
            # Without the author's name, which would be an identity in clear text.
            "url": f"https://x.com/i/status/{post_id}",
            "position": position,
        }
        for position, post_id in enumerate(post_ids, start=1)
    ]
    new = insert(SocialPost).values(posts).on_conflict_do_nothing()
    if len((await session.scalars(new.returning(col(SocialPost.post_id)))).all()) < len(posts):
        raise _reported(None)


def _title(post: Post) -> str:
    try:
        return derive_title(post.text)
    except TextRejected:  # a picture without words
        return ""


async def _readable_number(session: AsyncSession, staff: Staff, number: int) -> int | None:
    """The number, if this person may read the report and know its author. The post names the
    author. Otherwise None."""
    try:
        access = await staff_access(session, staff, number)
    except Problem:
        return None
    return None if access.state.anonymous else number


def _reported(number: int | None) -> Problem:
    if number is None:
        return conflict("post_reported_elsewhere")
    return conflict("post_reported", members={"number": number}, number=number)


def _problem(error: XError) -> Problem:
    match error.code:
        case "not_a_post":
            return validation(FieldError("url", "post_invalid"))
        case "not_found":
            return not_found("post_not_found")
        case "not_visible":
            return not_found("post_not_visible")
        case _:
            return unavailable("x_unavailable", seconds=60)
