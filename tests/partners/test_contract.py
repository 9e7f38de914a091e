"""The AsyncAPI document says what the code does."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from jsonschema.protocols import Validator
from pydantic import BaseModel
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from deploy.documentation import asyncapi
from deploy.documentation.asyncapi import DOCUMENT, INBOUND, TOLD_EVENTS
from services.intake.partners.asyncapi import _document
from shared.bus.cloudevents import decode
from shared.bus.streams import INGEST_KINDS, PARTNER_KINDS, STREAMS
from shared.lifecycle.events import PartnerEvent
from shared.partners.receipts import Receipt
from tests.partners.conftest import Stack

HERE: dict[str, Any] = json.loads(DOCUMENT.read_text())
OUTBOUND: dict[str, type[BaseModel]] = {"receipt": Receipt, "event": PartnerEvent}


def test_the_document_in_the_repository_is_the_generated_one() -> None:
    assert DOCUMENT.read_text() == asyncapi.written(), "run `make docs`"


def test_it_is_an_asyncapi_3_document(node_packages: Path) -> None:
    schemas = node_packages / "node_modules" / "@asyncapi" / "specs" / "schemas"
    jsonschema.Draft7Validator(json.loads((schemas / "3.0.0.json").read_text())).validate(HERE)


def test_every_channel_is_a_subject_of_the_stream_it_names() -> None:
    subjects = {channel["address"]: channel["x-stream"] for channel in HERE["channels"].values()}
    streams = {subject: stream.name for stream in STREAMS for subject in stream.subjects}

    assert {address.replace("{system}", "*"): name for address, name in subjects.items()} == {
        subject: name
        for subject, name in streams.items()
        if subject.startswith(("lapor.v1.ingest.", "lapor.v1.partner."))
    }
    assert set(HERE["channels"]) == {*INGEST_KINDS, *PARTNER_KINDS}
    for name, operation in HERE["operations"].items():
        kind = operation["channel"]["$ref"].rpartition("/")[2]
        assert name == f"{operation['action']}_{kind}"
        assert operation["action"] == ("receive" if kind in INGEST_KINDS else "send")


def test_every_reference_leads_somewhere() -> None:
    for reference in _references(HERE):
        place: Any = HERE
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


@pytest.mark.parametrize("kind", [*INGEST_KINDS, *PARTNER_KINDS])
def test_the_examples_fit_their_schema_and_are_read_by_the_code(kind: str) -> None:
    message = HERE["components"]["messages"][kind]
    validator = _validator(message["payload"])
    for example in message["examples"]:
        event = example["payload"]
        validator.validate(event)
        data = decode({}, json.dumps(event).encode()).get_data()
        if kind in INBOUND:
            INBOUND[kind].model_validate_json(json.dumps(data), strict=True)
        else:
            OUTBOUND[kind].model_validate(data)


@pytest.mark.parametrize("kind", INGEST_KINDS)
def test_what_the_code_refuses_by_its_form_the_schema_refuses_too(kind: str) -> None:
    message = HERE["components"]["messages"][kind]
    validator, example = _validator(message["payload"]), message["examples"][0]["payload"]
    reference = {"external_id", "number"} & example["data"].keys()
    for data in (
        {**example["data"], "colour": "blue"},
        {name: value for name, value in example["data"].items() if name not in reference},
        {**example["data"], "external_id": "dua kata"},
    ):
        assert not validator.is_valid({**example, "data": data})
    assert not validator.is_valid({**example, "type": "id.go.lapor.other"})


def test_the_events_named_are_those_that_partners_are_told() -> None:
    named = HERE["components"]["schemas"]["PartnerEvent"]["properties"]["event"]["enum"]
    assert named == TOLD_EVENTS
    assert {"verified", "deferred", "followed_up", "closed"} < set(named)
    assert not {"coordinated", "requested", "copies_changed"} & set(named)


async def test_intake_serves_it(stack: Stack) -> None:
    async with stack.intake():
        answer = await stack.get("/asyncapi.json")

    assert answer.status_code == 200
    served = answer.json()
    settings = stack.settings("lapor_intake")
    server = served["servers"]["nats"]
    assert f"{server['protocol']}://{server['host']}" == settings.partner_nats_url
    assert {**served, "servers": {}} == {**HERE, "servers": {}}


def test_the_document_names_the_address_at_which_partners_reach_the_bus() -> None:
    server = json.loads(_document("tls://bus.lapor.example:4223"))["servers"]["nats"]
    assert (server["protocol"], server["host"]) == ("tls", "bus.lapor.example:4223")
    assert "127.0.0.1" not in DOCUMENT.read_text()


def _validator(schema: dict[str, Any]) -> Validator:
    root = DRAFT202012.create_resource(HERE)
    absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:lapor#/'))
    registry: Registry[Any] = Registry().with_resource("urn:lapor", root)
    return jsonschema.Draft202012Validator(absolute, registry=registry)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [reference for inner in value.values() for reference in _references(inner)]
    if isinstance(value, list):
        return [reference for inner in value for reference in _references(inner)]
    return []
