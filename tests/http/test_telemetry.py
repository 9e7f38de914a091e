"""A trace goes on over HTTP and NATS alike, and logs leave out what errors quote."""

import logging

import pytest

from shared.telemetry import configure_logging, continued_trace, trace_headers

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_trace_is_carried_on_and_nothing_else_with_it() -> None:
    assert trace_headers() == {}
    headers = {"Traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "baggage": "name=Siti"}
    with continued_trace(headers) as trace_id:
        assert trace_id == TRACE
        sent = trace_headers()
        with continued_trace({}) as inner:
            assert inner == TRACE
    assert sent.keys() == {"traceparent"}
    assert TRACE in sent["traceparent"]


def test_without_a_trace_or_with_a_broken_one_a_new_one_begins() -> None:
    with continued_trace({"traceparent": "nonsense"}) as first:
        pass
    with continued_trace({}) as second:
        pass
    assert len(first) == len(second) == 32
    assert first != second


def test_an_error_is_logged_by_type_and_place_with_its_cause(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logging("worker")
    try:
        try:
            try:
                raise KeyError("Siti")
            except KeyError as error:
                raise ValueError("0812345") from error
        except ValueError:
            logging.getLogger("test").exception("failed", extra={"fields": {"report": 17}})
    finally:
        root.handlers[:], root.level = before, level
        logging.captureWarnings(False)
    log = capsys.readouterr().err
    assert "builtins.ValueError" in log
    assert "builtins.KeyError" in log
    assert '"report":17' in log
    assert "Siti" not in log
    assert "0812345" not in log
