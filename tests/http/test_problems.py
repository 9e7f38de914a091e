"""Errors are part of the interface: which, when, in whose language, and nothing from inside."""

import logging
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from prometheus_client import generate_latest
from pydantic import BaseModel, Field
from sqlalchemy import text

from shared.database.engine import Database
from shared.http import problems
from shared.http.app import create_app
from shared.http.auth import CurrentPrincipal, OptionalPrincipal
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.messages import field_message
from shared.http.transaction import Transaction
from shared.settings import Settings
from shared.telemetry import configure_logging, registry
from tests.http.conftest import Calling


class Contact(BaseModel):
    phone: str = Field(max_length=5)


class Form(BaseModel):
    title: str = Field(max_length=5)
    reporter: Contact | None = None


router = APIRouter(prefix="/reports")


@router.post("", responses=problem_responses(409))
async def submit(form: Form, who: OptionalPrincipal, session: Transaction) -> str:
    await session.execute(text("INSERT INTO intake.note (words) VALUES (:w)"), {"w": form.title})
    if form.title == "twice":
        raise problems.conflict(members={"number": 17})
    return form.title


@router.get("/by-words")
async def find(words: str, session: Transaction) -> int:
    notes = await session.execute(text("SELECT FROM intake.note WHERE words = :w"), {"w": words})
    return len(notes.all())


@router.post("/large", max_body_size=600_000)
async def submit_large(form: dict[str, str]) -> int:
    return len(form["text"])


@router.get("/{number}")
async def see(number: int, words: str) -> None:
    raise ValueError(words)


@router.get("/{number}/private")
async def see_private(number: int, who: CurrentPrincipal) -> None:
    return None


async def test_every_wrong_field_is_named_in_the_language_asked_for(calling: Calling) -> None:
    form = {"title": "too long", "reporter": {"phone": "too long"}}
    async with calling(router) as client:
        indonesian = await client.post("/reports", json=form)
        english = await client.post("/reports", json=form, headers={"Accept-Language": "en-GB"})
    assert indonesian.status_code == 422
    assert indonesian.headers["content-type"] == "application/problem+json"
    assert indonesian.headers["content-language"] == "id"
    assert indonesian.json()["errors"] == [
        {"field": "title", "code": "string_too_long", "message": "Paling banyak 5 karakter."},
        {
            "field": "reporter.phone",
            "code": "string_too_long",
            "message": "Paling banyak 5 karakter.",
        },
    ]
    assert english.json()["title"] == "Invalid input"
    assert english.json()["errors"][0]["message"] == "At most 5 characters."


@pytest.mark.parametrize(
    ("query", "body", "field", "code"),
    [
        ("?title=x", '{"title": "once"}', "title", "extra_forbidden"),
        ("", '{"title": "x", "title": "once"}', "title", "sent_twice"),
        ("", '{"title": "x", "reporter": {"phone": "1", "phone": "2"}}', "phone", "sent_twice"),
        ("", '{"title": "x", "t\\u0069tle": "once"}', "title", "sent_twice"),
    ],
)
async def test_nothing_that_was_sent_is_passed_over(
    calling: Calling, database: Database, query: str, body: str, field: str, code: str
) -> None:
    async with calling(router) as client:
        answer = await client.post(
            f"/reports{query}", content=body, headers={"content-type": "application/json"}
        )
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]
    async with database.session() as session:
        assert list(await session.scalars(text("SELECT words FROM intake.note"))) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "", '{"title": "a\\u0000"}', ["title"]),
        (
            "POST",
            "",
            '{"title": "\\u0000", "reporter": {"phone": "1\\u0000"}}',
            ["title", "reporter.phone"],
        ),
        ("GET", "/by-words?words=a%00b", None, ["words"]),
    ],
)
async def test_a_field_with_a_nul_is_named(
    calling: Calling, method: str, path: str, body: str | None, fields: list[str]
) -> None:
    async with calling(router) as client:
        answer = await client.request(
            method, f"/reports{path}", content=body, headers={"content-type": "application/json"}
        )
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        (field, "nul") for field in fields
    ]


async def test_a_nul_in_what_is_not_stored_is_no_error(calling: Calling) -> None:
    async with calling(router) as client:
        form = {"title": "twice", "reporter": {"phone": "\0"}}
        answer = await client.post("/reports", json=form)
    assert answer.status_code == 409  # as without it


@pytest.mark.parametrize(
    ("location", "field"),
    [
        (("due_before", "function-after[_check(), datetime]"), "due_before"),
        (("addressee", "constrained-str"), "addressee"),
        (("reporter", 2, "phone", "str"), "reporter.2.phone"),
        (("date",), "date"),
    ],
)
def test_fields_have_the_names_that_were_sent(location: tuple[str | int, ...], field: str) -> None:
    assert problems.field_of(location) == field


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("in, en;q=0.5", "id"),
        ("fr, de", "id"),
        ("en;q=0", "id"),
        ("en;q=what", "id"),
        ("*", "id"),
    ],
)
def test_the_language_is_indonesian_unless_english_is_preferred(
    header: str | None, language: str
) -> None:
    assert pick_language(header) == language


async def test_a_refusal_undoes_what_was_written_and_an_answer_means_it_is_kept(
    calling: Calling, database: Database
) -> None:
    async with calling(router) as client:
        refused = await client.post("/reports", json={"title": "twice"})
        done = await client.post("/reports", json={"title": "once"})
    assert (refused.status_code, refused.json()["number"]) == (409, 17)
    assert done.status_code == 200
    async with database.session() as session:
        words = await session.scalars(text("SELECT words FROM intake.note"))
        assert list(words) == ["once"]


async def test_what_the_database_cannot_hold_is_the_callers_error(calling: Calling) -> None:
    async with calling(router) as client:
        answer = await client.post("/reports", json={"title": "a\0b"})
    assert answer.status_code == 422


async def test_too_large_a_body_is_a_problem_too_and_a_route_may_allow_more(
    calling: Calling,
) -> None:
    text = "x" * 300_000

    async def in_pieces() -> Any:
        for _ in range(30):
            yield b" " * 10_000

    async with calling(router) as client:
        declared = await client.post("/reports", json={"title": text})
        json_type = {"content-type": "application/json"}
        streamed = await client.post("/reports", content=in_pieces(), headers=json_type)
        allowed = await client.post("/reports/large", json={"text": text})
    for refused in (declared, streamed):
        assert refused.status_code == 413
        assert refused.json()["code"] == "too_large"
        assert refused.headers["x-content-type-options"] == "nosniff"
    assert allowed.json() == 300_000


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/reports", 405, "method_not_allowed"),
        ("GET", "/reports/1/private", 401, "unauthorized"),
    ],
)
async def test_what_the_framework_refuses_is_a_problem(
    calling: Calling, method: str, path: str, status: int, code: str
) -> None:
    async with calling(router) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_another_type_of_content_is_refused_as_such(calling: Calling) -> None:
    async with calling(router) as client:
        answer = await client.post(
            "/reports", content="title=a", headers={"content-type": "text/plain"}
        )
        broken = await client.post(
            "/reports", content="{", headers={"content-type": "application/json"}
        )
    assert answer.status_code == 415
    assert broken.json()["errors"][0]["code"] == "json_invalid"


async def test_an_unforeseen_error_tells_nobody_what_people_wrote(
    calling: Calling, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logging("intake")
    try:
        async with calling(router) as client:
            answer = await client.get("/reports/5?words=Siti-0812345")
    finally:
        root.handlers[:], root.level = before, level
        logging.captureWarnings(False)
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    log = capsys.readouterr().err
    assert "builtins.ValueError" in log
    assert "test_problems.py" in log
    assert '"route":"/reports/{number}"' in log
    assert "Siti" not in answer.text + log


async def test_a_database_that_is_away_is_passing_trouble(calling: Calling) -> None:
    gone = Database("postgresql+psycopg://nobody:x@127.0.0.1:1/none")
    async with calling(router, database=gone) as client:
        answer = await client.post("/reports", json={"title": "a"})
        ready = await client.get("/readyz")
        alive = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (ready.status_code, "checks" in ready.json()) == (503, False)
    assert alive.status_code == 200
    await gone.dispose()


async def test_a_service_is_ready_with_its_database_and_counts_requests_by_route(
    calling: Calling,
) -> None:
    async with calling(router) as client:
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        await client.get("/reports/123456/private")
    metrics = generate_latest(registry).decode()
    assert 'route="/reports/{number}/private"' in metrics
    assert "123456" not in metrics


async def test_what_is_counted_and_what_is_away_is_not_told_at_the_port_people_reach(
    calling: Calling,
) -> None:
    async with calling(router) as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_the_request_goes_on_with_the_callers_trace(calling: Calling) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    header = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    async with calling(router) as client:
        assert (await client.get("/healthz", headers=header)).headers["x-request-id"] == trace
        assert (await client.get("/healthz")).headers["x-request-id"] != trace


async def test_the_document_names_operations_problems_and_who_must_sign_in(
    calling: Calling,
) -> None:
    async with calling(router) as client:
        document = (await client.get("/openapi.json")).json()
        docs = await client.get("/docs")
        script = await client.get("/docs/swagger-ui-bundle.js")
    submit = document["paths"]["/reports"]["post"]
    assert submit["operationId"] == "submit"
    assert {"409", "413", "422", "401"} <= submit["responses"].keys()
    assert "application/problem+json" in submit["responses"]["422"]["content"]
    assert {} in submit["security"]
    private = document["paths"]["/reports/{number}/private"]["get"]
    assert private["security"] == [{"Staff": []}, {"Reporter": []}]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert document["components"]["securitySchemes"].keys() == {"Staff", "Reporter"}
    assert "https://" not in docs.text  # works without the internet
    assert script.status_code == 200


def test_the_words_of_a_problem_hold_its_values_and_a_code_without_words_is_an_error() -> None:
    body = problems.Problem(429, "too_many", params={"seconds": 3}).body("en")
    assert body["detail"] == "Too many requests. Try again in 3 seconds."
    with pytest.raises(KeyError):
        problems.Problem(409, "test_code").body("id")


def test_a_field_error_has_words_in_every_language() -> None:
    choice = {"expected": "'a' or 'b'"}
    assert field_message("literal_error", "id", choice, "") == "Pilih salah satu: 'a' atau 'b'."
    assert field_message("unheard_of", "en", {}, "Not heard of.") == "Not heard of."
    assert field_message("unheard_of", "id", {}, "Not heard of.") == "Isian ini tidak sah."


async def test_a_service_of_pages_may_show_every_problem_as_a_page(
    settings: Settings,
) -> None:
    app = create_app(name="portal", title="Portal", routers=[router], settings=settings)

    @app.exception_handler(problems.Problem)
    async def page(request: Request, problem: problems.Problem) -> HTMLResponse:
        return HTMLResponse(f"<h1>{problem.code}</h1>", problem.status)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
        foreseen = await client.get("/nowhere")
        unforeseen = await client.get("/reports/5?words=x")
        large = await client.post("/reports/large", json={"text": "x" * 700_000})
    assert [answer.text for answer in (foreseen, unforeseen, large)] == [
        "<h1>not_found</h1>",
        "<h1>internal</h1>",
        "<h1>too_large</h1>",
    ]


@pytest.mark.parametrize("number", ["1_7", "+17", "17.0", "017", "%2017", "１７", "٧"])
async def test_a_number_in_an_address_is_written_as_we_write_it(calling: Any, number: str) -> None:
    async with calling(router) as client:
        answer = await client.get(f"/reports/{number}?words=x")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["number"]
