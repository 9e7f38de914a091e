"""Reads a partner's message: its envelope, its data by its kind, and its sender's ids."""

import re
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

import orjson
from cloudevents.core.v1.event import CloudEvent
from nats.aio.msg import Msg
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import PydanticCustomError

from shared.bus.cloudevents import decode
from shared.bus.errors import BadMessage
from shared.bus.inbound import read_inbound
from shared.partners.problems import Unacceptable
from shared.partners.receipts import Sent

TYPE_PREFIX: Final = "id.go.lapor."
"""Followed by the kind, it is the `type` of an inbound event."""
ID_PATTERN: Final = "^[!-~]{1,100}$"
"""Ids are used in our subjects, headers and addresses: ASCII without spaces."""

Form = TypeVar("Form", bound=BaseModel)


def _id(raw: str) -> str:
    if not _ID.fullmatch(raw):
        raise PydanticCustomError("string_not_ascii", "ASCII without spaces")
    return raw


ExternalId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        json_schema_extra={"pattern": ID_PATTERN},
        description="The report's id in the partner's own system; never used twice",
        examples=["JKT-2026-0001"],
    ),
    AfterValidator(_id),
]


@dataclass(frozen=True)
class Read(Generic[Form]):
    """A message that was read."""

    sent: Sent
    message_id: str
    data: Form


def read(message: Msg, forms: dict[str, type[Form]]) -> Read[Form]:
    """The message in the form of its kind. Raises `BadMessage` with all that is wrong."""
    inbound = read_inbound(message)
    if inbound.event.get_type() != TYPE_PREFIX + inbound.kind:
        raise BadMessage("wrong_type", f"type is {TYPE_PREFIX}{inbound.kind} here", "type")
    message_id = _known_id(inbound.event.get_id())
    if message_id is None:
        raise BadMessage("invalid_field", "an id is ASCII without spaces, 1 to 100 long", "id")
    sent = Sent.of(message, message_id, _external_id(inbound.event))
    try:
        # Read as JSON, where strict mode takes no text for a number, but a text for a time.
        data = forms[inbound.kind].model_validate_json(
            orjson.dumps(inbound.event.get_data()), strict=True
        )
    except ValidationError as error:
        raise Unacceptable.by_validation(error) from None
    return Read(sent, message_id, data)


def recognise(message: Msg) -> Sent:
    """The fields by which its sender can recognise the message, which may contain anything."""
    try:
        event = decode(message.headers, message.data)
    except BadMessage:
        headers = {name.lower(): value for name, value in (message.headers or {}).items()}
        return Sent.of(message, _known_id(headers.get("ce-id")), None)
    return Sent.of(message, _known_id(event.get_id()), _external_id(event))


def _external_id(event: CloudEvent) -> str | None:
    data = event.get_data()
    return _known_id(data.get("external_id")) if isinstance(data, dict) else None


def _known_id(value: object) -> str | None:
    """The value if it is an id, else None: other values, which may be anything, are not
    repeated."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


_ID = re.compile(ID_PATTERN[1:-1])
