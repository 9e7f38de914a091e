"""What is accepted as a CloudEvent, and what is said of what is not."""

import base64
from datetime import UTC, datetime

import orjson
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.bus import cloudevents
from shared.bus.errors import BadMessage
from shared.bus.inbound import read_inbound

BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/dukcapil", "ce-type": "report"}


def test_what_we_send_is_read_back_whole() -> None:
    sent = cloudevents.event(
        "id.go.lapor.report.verified",
        "lapor",
        {"number": "26-1", "note": "kété"},
        id="26-1.2",
        subject="26-1",
        time=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    )

    headers, body = cloudevents.encode(sent)
    read = cloudevents.decode(headers, body)

    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["ce-time"] == "2026-03-01T09:00:00Z"
    assert headers["ce-subject"] == "26-1"
    assert read.get_attributes() == sent.get_attributes()
    assert read.get_data() == sent.get_data()


@pytest.mark.parametrize("headers", [None, {}, {"Content-Type": "application/cloudevents+json"}])
def test_structured_mode_is_read_with_and_without_headers(headers: dict[str, str] | None) -> None:
    body = b'{"specversion":"1.0","id":"1","source":"/d","type":"t","data":{"a":1}}'
    assert cloudevents.decode(headers, body).get_data() == {"a": 1}


def test_structured_data_may_come_in_base_64() -> None:
    data = base64.b64encode('{"a":"kété"}'.encode()).decode()
    body = _event(data=None, data_base64=data)
    event = cloudevents.decode(None, body)
    assert event.get_data() == {"a": "kété"}
    assert "data_base64" not in event.get_attributes()


def test_binary_mode_is_read_from_headers() -> None:
    headers = {**BINARY, "CE-Time": "2026-03-01T16:00:00+07:00", "ce-source": "/d%20e"}
    event = cloudevents.decode(headers, b'{"a":1}')

    assert (event.get_id(), event.get_source(), event.get_data()) == ("1", "/d e", {"a": 1})
    assert event.get_time() == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def _event(**changed: object) -> bytes:
    """A good event but for these attributes; None leaves one out."""
    good = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": {}}
    return orjson.dumps({k: v for k, v in {**good, **changed}.items() if v is not None})


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"\xff\xfe", "not_utf8", None),
        (b"", "not_json", None),
        (b"[]", "not_json", None),
        (b'{"a": NaN}', "not_json", None),
        (b'{"a": "\\ud800"}', "not_json", None),
        (b"[" * 60_000, "not_json", None),
        (b" " * 70_000, "too_large", None),
        (_event(data_base64="e30="), "not_cloudevent", "data_base64"),
        (_event(data=None, data_base64="e30"), "not_cloudevent", "data_base64"),
        (_event(data=None, data_base64="e3 0="), "not_cloudevent", "data_base64"),
        (_event(data=None, data_base64={}), "not_cloudevent", "data_base64"),
        (_event(data=None, data_base64="W10="), "not_json", None),
        (_event(data=None, data_base64="//4="), "not_utf8", None),
        (_event(specversion=None), "not_cloudevent", "specversion"),
        (_event(specversion="0.3"), "not_cloudevent", "specversion"),
        (_event(id=None), "not_cloudevent", "id"),
        (_event(id=1), "not_cloudevent", "id"),
        (_event(id="1" * 300), "not_cloudevent", "id"),
        (_event(source=None), "not_cloudevent", "source"),
        (_event(data=None), "not_cloudevent", "data"),
        (_event(data="text"), "not_cloudevent", "data"),
        (_event(time="soon"), "not_cloudevent", "time"),
        (_event(time="2026-01-01T00:00:00"), "not_cloudevent", "time"),
        (_event(data={"a": "\0"}), "invalid_field", "data"),
        (_event()[:-1] + b', "data": {}}', "invalid_field", "data"),
        (_event(data={"a": 1}).replace(b'"a":1', b'"a":1,"a":2'), "invalid_field", "a"),
    ],
)
def test_what_is_no_event_is_refused_naming_the_field(
    body: bytes, code: str, field: str | None
) -> None:
    with pytest.raises(BadMessage) as refused:
        cloudevents.decode(None, body)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_missing_and_an_unknown_field_are_named_without_the_value() -> None:
    class Data(BaseModel):
        model_config = ConfigDict(extra="forbid")
        title: str

    for data, code, field in (
        ({}, "missing_field", "data.title"),
        ({"title": "a", "secret_word": "Siti"}, "unknown_field", "data.secret_word"),
        ({"title": 5}, "invalid_field", "data.title"),
    ):
        with pytest.raises(ValidationError) as wrong:
            Data.model_validate(data)
        bad = BadMessage.from_validation(wrong.value)
        assert (bad.code, bad.field) == (code, field)
        assert "Siti" not in str(bad)


def test_a_sender_is_held_to_its_own_message_ids() -> None:
    body = _event(id="7")
    subject = "lapor.v1.ingest.dukcapil.reply"
    good = Msg(Client(), subject=subject, data=body, headers={"Nats-Msg-Id": "dukcapil-7"})
    inbound = read_inbound(good)
    assert (inbound.system, inbound.kind, inbound.event.get_id()) == ("dukcapil", "reply", "7")

    foreign = Msg(Client(), subject=subject, data=body, headers={"Nats-Msg-Id": "kemenkes-7"})
    with pytest.raises(BadMessage, match="foreign_id"):
        read_inbound(foreign)
