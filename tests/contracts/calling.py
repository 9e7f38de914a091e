"""Calls made up from a service's OpenAPI document, about things that are there, and their judge."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

Known = Mapping[str, Sequence[Any]]
"""Values that are there, by the name of the parameter or field they go in."""
Headers = Mapping[str, str]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Operation = APIOperation[Any, Any, Any, Any]
ATTEMPTS = 8
SPARED = 3
"""As many times more calls are made up where few are sent: one for each choice of wrong parts, and
none to an operation that somebody has succeeded with."""
PATIENCE = 60
"""Seconds, for a service beside many others on a full machine."""
ENOUGH_SUCCEED = 0.3
"""Operations that nobody succeeded with are called again, as the document says, until this share
has: most reports are not the caller's, or not in a status that allows it."""


def broken_promises(
    address: str,
    known: Known,
    principals: Mapping[str, Headers],
    calls: int,
    sparing: bool,
    skipped: Sequence[str] = (),
) -> tuple[dict[str, str], dict[str, set[int]]]:
    """What the service at `address` did other than its document says, by operation, and the
    statuses that each operation answered with. `calls` are made in one attempt as the document
    says, and as many not as it says, or `sparing` one for each choice of parts that is found to be
    wrong together; `skipped` are operation ids."""
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json", timeout=PATIENCE)
    operations = [
        operation
        for result in schema.get_all_operations()
        if isinstance(result, Ok)
        for operation in [result.ok()]
        if operation.definition.raw.get("operationId") not in skipped
    ]
    failures: dict[str, str] = {}
    answered: dict[str, set[int]] = {operation.label: set() for operation in operations}
    with requests.Session() as session:
        for attempt in range(ATTEMPTS):
            for operation in operations:
                if attempt and _enough(answered):
                    break
                # Once is enough to see what becomes of wrong calls, and of those that succeed.
                for mode in GenerationMode if attempt == 0 else [GenerationMode.POSITIVE]:
                    made = operation.as_strategy(generation_mode=mode)
                    statuses = answered[operation.label]
                    spared = sparing and mode is GenerationMode.NEGATIVE
                    try:
                        # What takes nothing cannot be called wrongly.
                        with suppress(Unsatisfiable):
                            _call(
                                made, known, principals, session, statuses, attempt, calls, spared
                            )
                    except FailureGroup as group:
                        failures[f"{operation.label} ({mode.value})"] = "\n".join(
                            map(_failure_text, group.exceptions)
                        )
                    except Failure as failure:
                        failures[f"{operation.label} ({mode.value})"] = _failure_text(failure)
            operations = [o for o in operations if not _succeeded(answered[o.label])]
            if _enough(answered):
                break
    return failures, answered


def _call(
    made: st.SearchStrategy[Case[Operation]],
    known: Known,
    principals: Mapping[str, Headers],
    session: requests.Session,
    statuses: set[int],
    attempt: int,
    calls: int,
    sparing: bool,
) -> None:
    were_wrong = set[frozenset[ParameterLocation]]()

    @seed(attempt)
    @settings(
        max_examples=calls * SPARED if sparing or attempt else calls,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=made, data=st.data())
    def one(case: Case[Operation], data: st.DataObject) -> None:
        wrong = _wrong_parts(case)
        # All is drawn before anything is left out: what has been called says nothing of what is
        # made up, and Hypothesis fails where the same beginning goes on otherwise.
        _fill(case, known, data, always=attempt > 0)
        who = data.draw(st.sampled_from(sorted(principals)))
        address = {"X-Forwarded-For": data.draw(_ADDRESSES)}
        if (attempt and _succeeded(statuses)) or (sparing and wrong in were_wrong):
            return
        were_wrong.add(wrong)
        response = case.call(
            session=session, headers={**principals[who], **address}, timeout=PATIENCE, stream=False
        )
        if response.content == _NOT_HTTP:
            return
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    one()


def _wrong_parts(case: Case[Operation]) -> frozenset[ParameterLocation]:
    """Path, query, headers or body: where the call is not as the document says."""
    assert case.meta is not None
    parts = case.meta.components.items()
    return frozenset(part for part, made in parts if made.mode is GenerationMode.NEGATIVE)


def _succeeded(statuses: set[int]) -> bool:
    return min(statuses, default=500) < 300


def _enough(answered: Mapping[str, set[int]]) -> bool:
    return sum(map(_succeeded, answered.values())) >= len(answered) * ENOUGH_SUCCEED


def _fill(case: Case[Operation], known: Known, data: st.DataObject, *, always: bool) -> None:
    """Put things that are there where anything would do, three times in four or always; a version
    that was made up is left out as often, since nothing could come of the call."""
    often = st.just(1) if always else st.integers(0, 3)
    left_out = data.draw(often) > 0
    if case.headers and left_out:
        case.headers.pop("If-Match", None)
    parts = (case.path_parameters, case.query, case.body)
    for part in parts:
        if not isinstance(part, dict):
            continue
        for name in sorted(part.keys() & known.keys()):
            if data.draw(often):
                part[name] = data.draw(st.sampled_from(list(known[name])))


def _failure_text(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure}"


_NOT_HTTP = b"Invalid HTTP request received."
"""What uvicorn says before the service is asked, to an address longer than it reads."""
_ADDRESSES = st.integers(0, 2**16 - 1).map(lambda n: f"198.18.{n // 256}.{n % 256}")
