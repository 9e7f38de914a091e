"""Generates the AsyncAPI document for partner systems from the code itself."""

import json
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from deploy.documentation import asyncapi_examples as examples
from deploy.partners.accounts import API_PREFIX
from services.followup.partner_forms import FORMS as ABOUT_REPORTS
from services.intake.partners.receiving import FORMS as REPORTS
from shared.bus.cloudevents import MAX_INBOUND, STRUCTURED
from shared.bus.streams import INGEST_KINDS, INGEST_MESSAGES, INGEST_REPORTS, PARTNERS
from shared.lifecycle.events import EVENTS, INTERNAL_EVENTS, PartnerEvent
from shared.partners.message_reading import ID_PATTERN, TYPE_PREFIX
from shared.partners.receipts import RECEIPT_TYPE, Receipt
from workflows.outbox import PARTNER_TYPE

DOCUMENT: Final = Path(__file__).parent.parent.parent / "services" / "intake" / "asyncapi.json"

INBOUND: Final[dict[str, type[BaseModel]]] = {**REPORTS, **ABOUT_REPORTS}
TOLD_EVENTS: Final = sorted(EVENTS - INTERNAL_EVENTS - {"submitted"})
"""The events sent to partners, which learn of the submission by its receipt."""

_SUMMARIES: Final = {
    "report": "A new report of one of the partner's reporters",
    "information": "The reporter completes the report, as the deferral's question asked",
    "reply": "The reporter answers a follow-up",
    "withdrawal": "The reporter takes back a report that is not verified yet",
    "satisfaction": "The reporter is satisfied, which closes the report",
    "rating": "The reporter rates how the report was closed",
    "objection": "The reporter asks to have a closed or archived report opened again",
}


def document() -> dict[str, Any]:
    """Return the whole document. `LAPOR!` is the application: it receives what a partner sends."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "LAPOR! for partner systems",
            "version": "1",
            "description": (
                "Other government systems send reports and what their reporters say about them,"
                " and get a receipt for each message and the events of their own reports."
                " The words an event points to are read over HTTP at its `url`."
                f" The JetStream API prefix is `{API_PREFIX}`."
            ),
        },
        "defaultContentType": STRUCTURED,
        "servers": {
            "nats": {
                "host": "nats.lapor.example:4222",
                "protocol": "nats",
                "description": "JetStream; every partner has an account of its own",
                "security": [{"$ref": "#/components/securitySchemes/credentials"}],
            }
        },
        "channels": {
            **{kind: _inbound_channel(kind) for kind in INGEST_KINDS},
            "receipt": _outbound_channel("receipt", "A receipt for every message"),
            "event": _outbound_channel("event", "What happens to the partner's own reports"),
        },
        "operations": {
            **{f"receive_{kind}": _receive(kind) for kind in INGEST_KINDS},
            **{
                f"send_{kind}": {
                    "action": "send",
                    "channel": {"$ref": f"#/channels/{kind}"},
                    "messages": [{"$ref": f"#/channels/{kind}/messages/{kind}"}],
                }
                for kind in ("receipt", "event")
            },
        },
        "components": {
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": {
                "credentials": {
                    "type": "asymmetricEncryption",
                    "description": (
                        "A NATS credentials file: a JWT and the Ed25519 key of the partner's user;"
                        " shown once"
                    ),
                },
                "httpToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "For reading words and access codes over HTTP",
                },
            },
        },
    }


def written() -> str:
    """Return the document as it is stored in the repository."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _inbound_channel(kind: str) -> dict[str, Any]:
    stream = INGEST_REPORTS if kind == "report" else INGEST_MESSAGES
    return {
        "address": f"lapor.v1.ingest.{{system}}.{kind}",
        "summary": _SUMMARIES[kind],
        "description": (
            f"Published to JetStream (stream {stream.name}), at most {MAX_INBOUND} bytes."
            " Publish again with the same ids until a PubAck comes."
        ),
        "parameters": _PARAMETERS,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"}},
        "x-stream": stream.name,
    }


def _outbound_channel(kind: str, summary: str) -> dict[str, Any]:
    return {
        "address": f"lapor.v1.partner.{{system}}.{kind}",
        "summary": summary,
        "description": (
            f"Kept in stream {PARTNERS.name} for {PARTNERS.max_age / 86_400:.0f} days; read through"
            " the durable consumer named like the system, and acknowledged."
        ),
        "parameters": _PARAMETERS,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"}},
        "x-stream": PARTNERS.name,
    }


def _receive(kind: str) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{kind}"},
        "messages": [{"$ref": f"#/channels/{kind}/messages/{kind}"}],
        "reply": {
            "channel": {"$ref": "#/channels/receipt"},
            "messages": [{"$ref": "#/channels/receipt/messages/receipt"}],
        },
    }


def _messages() -> dict[str, Any]:
    inbound = {
        kind: {
            "name": kind,
            "title": _SUMMARIES[kind],
            "contentType": STRUCTURED,
            "headers": _HEADERS,
            "payload": _cloudevent(TYPE_PREFIX + kind, model.__name__, inbound=True),
            "examples": [{"name": kind, "payload": examples.sent(kind)}],
        }
        for kind, model in INBOUND.items()
    }
    return {
        **inbound,
        "receipt": {
            "name": "receipt",
            "title": "What became of a message",
            "contentType": STRUCTURED,
            "payload": _cloudevent(RECEIPT_TYPE, Receipt.__name__),
            "examples": [
                {"name": name, "payload": payload}
                for name, payload in zip(examples.RECEIPTS, examples.receipts(), strict=True)
            ],
        },
        "event": {
            "name": "event",
            "title": "What happened to a report",
            "contentType": STRUCTURED,
            "payload": _cloudevent(PARTNER_TYPE, PartnerEvent.__name__),
            "examples": [{"name": "followed_up", "payload": examples.event()}],
        },
    }


def _cloudevent(type: str, data: str, *, inbound: bool = False) -> dict[str, Any]:
    id = {"type": "string", "pattern": ID_PATTERN} if inbound else {"type": "string"}
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": id | {"description": "Repeat it when publishing again"} if inbound else id,
            "source": {"type": "string", "minLength": 1, "maxLength": 255},
            "type": {"const": type},
            "time": {"type": "string", "format": "date-time"},
            "subject": {"type": "string", "maxLength": 255},
            "datacontenttype": {"type": "string"},
            "data": {"$ref": f"#/components/schemas/{data}"},
        },
    }


def _schemas() -> dict[str, Any]:
    validated: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        (model, "validation") for model in INBOUND.values()
    ]
    _, definitions = models_json_schema(
        [*validated, (Receipt, "serialization"), (PartnerEvent, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    schemas: dict[str, Any] = definitions["$defs"]
    schemas["PartnerEvent"]["properties"]["event"]["enum"] = TOLD_EVENTS
    return schemas


_PARAMETERS: Final = {
    "system": {
        "description": "The partner's short name, as `lapor partner add` shows it",
        "examples": [examples.SYSTEM],
    }
}
_HEADERS: Final = {
    "type": "object",
    "properties": {
        "content-type": {"const": STRUCTURED},
        "Nats-Msg-Id": {
            "type": "string",
            "description": "Optional; begins with the system's name and a hyphen",
        },
    },
}

if __name__ == "__main__":
    DOCUMENT.write_text(written())
