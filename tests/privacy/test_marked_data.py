"""Marked personal data went in through every channel: where it lies afterwards, and where not."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import QueryWorkflowRequest
from temporalio.client import WorkflowExecutionStatus

from deploy.local.mailbox.kept import MessageStore
from shared.bus.connection import connect
from shared.bus.streams import ADVISORIES, DEAD_LETTERS, INGEST_MESSAGES, INGEST_REPORTS, STREAMS
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.rules import RULES
from tests.chaos.invariants import raw_messages_of
from tests.privacy.planted import Planted

WORDS = {
    "lifecycle.report_text": {
        "original_title",
        "original_body",
        "title",
        "body",
        "place",
        "search",
    },
    "routing.verification": {"title", "body", "place"},
    "routing.note": {"words"},
    "routing.access_log": {"reason"},
    "routing.second_person_request": {"reason"},
    "followup.message": {"words"},
    "intake.attachment": {"name"},
    "followup.attachment": {"name"},
    "lifecycle.sealed_original": {"name"},
}
"""The columns meant for words: table to columns."""


async def test_every_action_in_which_people_write_is_in_the_lives(planted: Planted) -> None:
    """What these tests look for must have been written: a new action goes into `lives.py`."""
    done = {
        row.action for row in await planted.cluster.rows("SELECT action FROM lifecycle.command")
    }
    of_people = {action for action, rule in RULES.items() if rule.who - {Capacity.SYSTEM}}
    assert of_people - done <= {Action.CHANGE_COPIES}  # nothing is written with it


async def test_no_workflow_knows_a_word_or_a_person(planted: Planted) -> None:
    client, seen = planted.cluster.client, set()
    async for run in client.list_workflows():
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        history = await handle.fetch_history()
        content = b"".join(event.SerializeToString() for event in history.events)
        content += (await handle.describe()).raw_description.SerializeToString()
        content += await _metadata(planted, run.id, run.run_id)
        assert planted.marks.all_in(content) == set(), run.id
        seen.add(run.id)
    # A report withdrawn or archived before its launch has no need of one.
    assert {f"report-{number}" for number in planted.numbers.values()} <= seen


def test_the_file_of_temporal_holds_none(planted: Planted) -> None:
    marks, sizes = set(), 0
    for path in (planted.cluster.folder / "temporal").iterdir():
        content = path.read_bytes()
        sizes += content.count(b"ReportWorkflow")
        marks |= planted.marks.all_in(content)
    assert sizes > len(planted.numbers)
    assert marks == set()


async def test_no_stream_holds_a_word_or_a_person(planted: Planted) -> None:
    bus = await connect(planted.cluster.settings.nats_url, "test", patience=10)
    held = {}
    for stream in STREAMS:
        messages = await raw_messages_of(planted.cluster, stream)
        held[stream.name] = len(messages)
        for headers, body in messages:
            marks = planted.marks.all_in(body) | planted.marks.all_in(str(headers))
            assert marks == set(), (stream.name, headers)
    await bus.close()
    assert held[INGEST_REPORTS.name] == held[INGEST_MESSAGES.name] == held[ADVISORIES.name] == 0
    assert held[DEAD_LETTERS.name] >= 4


def test_no_log_holds_any(planted: Planted) -> None:
    logs = sorted((planted.cluster.folder / "log").iterdir())
    assert {log.stem for log in logs} == set(planted.cluster.children)
    for log in logs:
        assert planted.marks.all_in(log.read_bytes()) == set(), log.name
        assert b"Traceback" not in log.read_bytes(), log.name


@pytest.mark.parametrize("service", ["intake", "routing", "followup", "reporting", "notification"])
async def test_no_metric_holds_any(planted: Planted, service: str) -> None:
    address = await planted.cluster.operations(service)
    answer = await planted.cluster.http.get(address + "/metrics")
    assert "lapor_http_requests_total" in answer.text
    assert planted.marks.all_in(answer.text) == set()


async def test_words_lie_in_the_columns_meant_for_them_and_people_in_none(
    planted: Planted,
) -> None:
    marks = planted.marks
    found_words: set[str] = set()
    places: defaultdict[str, set[str]] = defaultdict(set)
    for table, column, value in _values(planted):
        data = value if isinstance(value, bytes) else str(value).encode()
        if people := marks.identities_in(data):
            places[f"{table}.{column}"] |= people
        words = marks.all_in(data) & marks.words
        if column in WORDS.get(table, ()):
            found_words |= words
        elif words:
            places[f"{table}.{column}"] |= words
    assert dict(places) == {}
    # The search itself: of those that were not refused, each is found where it belongs.
    assert len(found_words) > 50


async def test_identities_are_ciphertext_that_the_key_opens(planted: Planted) -> None:
    query = "SELECT name, phone, email, nik FROM intake.submission WHERE number = :n"
    [row] = await planted.cluster.rows(query, n=planted.numbers["anonymous"])
    for sealed in row:
        assert bytes(sealed).startswith(b"gAAAA")


async def test_messages_say_no_word_of_a_report_and_no_name(planted: Planted) -> None:
    """But the title that the public reads, where its reporter is named."""
    marks, kept = planted.marks, MessageStore(planted.cluster.folder)
    mails, texts = list(kept.mails()), kept.texts()
    templates = "SELECT count(DISTINCT template) FROM notification.message WHERE state = 'sent'"
    assert await planted.cluster.value(templates) >= 5
    assert mails and texts
    staffs = "SELECT DISTINCT template FROM notification.message WHERE recipient LIKE 'staff-%'"
    assert len(await planted.cluster.rows(staffs)) >= 6
    for mail in mails:
        assert marks.all_in(mail.subject) == set()
        said = mail.text + mail.html
        assert marks.identities_in(said) == set(), mail.name
        titles = {word for word in marks.all_in(said) if not word.startswith("zqejaan")}
        assert titles == set(), mail.name
        if "/panel/" in said:  # to staff, who read titles behind the sign-in
            assert marks.all_in(said) == set(), mail.name
        for which in ("anonymous", "secret", "manual"):
            if f"/laporan/{planted.numbers[which]}" in said:
                assert marks.all_in(said) == set(), mail.name
    for sms in texts:
        assert marks.all_in(sms.text) == set()
    address = "X-Envelope-To:", "To:", "Message-ID:"
    for path in (planted.cluster.folder / "mail").iterdir():
        head = path.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
        others = [line for line in head.splitlines() if not line.startswith(address)]
        assert marks.all_in("\n".join(others)) == set(), path.name


def test_files_lie_under_names_of_no_meaning(planted: Planted) -> None:
    folder = Path(planted.cluster.settings.storage_url.removeprefix("file://"))
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert len(paths) >= 4
    assert planted.marks.all_in("\n".join(map(str, paths))) == set()


def test_refusals_repeat_nothing(planted: Planted) -> None:
    assert len(planted.refusals) > 15
    for answer in planted.refusals:
        assert answer.status_code in (401, 403, 404, 409, 413, 422), answer.text
        content = answer.text + str(answer.headers)
        assert planted.marks.all_in(content) == set(), (str(answer.request.url), answer.text)


def _values(planted: Planted) -> Iterator[tuple[str, str, Any]]:
    """Every value of every column of every table."""
    tables = (
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname IN ('intake', 'routing', 'followup', 'reporting', 'lifecycle', 'public',"
        " 'notification')"
    )
    with planted.cluster.postgres.administer("lapor") as administrator:
        for schema, table in administrator.execute(tables).fetchall():
            rows = administrator.execute(f'SELECT * FROM "{schema}"."{table}"'.encode())  # noqa: S608
            names = [column.name for column in rows.description or ()]
            for row in rows.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield f"{schema}.{table}", name, value


async def _metadata(planted: Planted, id: str, run_id: str) -> bytes:
    """What the Temporal UI shows beside the history: current details, summaries of handlers."""
    client = planted.cluster.client
    run = await client.get_workflow_handle(id, run_id=run_id).describe()
    if run.status is not WorkflowExecutionStatus.RUNNING:
        return b""
    answer = await client.workflow_service.query_workflow(
        QueryWorkflowRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=id, run_id=run_id),
            query=WorkflowQuery(query_type="__temporal_workflow_metadata"),
        )
    )
    return answer.SerializeToString()
