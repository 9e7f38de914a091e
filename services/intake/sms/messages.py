"""SMS 1708: reads the gateway's signed webhook, joins long messages, and writes the answers.

The signature follows Standard Webhooks: HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, in
the headers of these names, at most five minutes old.
"""

import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from standardwebhooks import WebhookVerificationError

from services.intake.contact import normalise_phone
from shared.http.gateway_signatures import signing
from shared.labels.catalogue import INDONESIAN, Phrase, message
from shared.values.fields import Instant, PlainNumbers
from shared.values.gsm import septets
from shared.values.strict_json import RepeatedMemberError, refuse_repeated_members

ANSWER_LIMIT = 160
"""The length of one SMS, in septets of the GSM 7-bit alphabet (3GPP TS 23.038)."""
WORDS_LIMIT = 3 * 153
"""The length of an answer with words of the report, in septets: a long SMS of three parts."""
GAP = "[…]"
"""Replaces a part that did not arrive."""

Refusal = Literal["empty", "too_long", "unavailable"]
Answer = Literal[
    "code_asked",
    "not_yours",
    "newer_code",
    "proven",
    "done",
    "rated",
    "closed",
    "closed_rated",
    "being_verified",
    "with_agency",
    "may_be_reopened",
    "ended",
    "too_long",
    "confirm_satisfied",
    "confirm_rate",
    "confirm_object",
    "confirm_stop",
    "wrong_code",
    "stopped",
    "unclear",
    "number_lacks",
    "courtesy",
    "too_many",
    "no_question",
    "no_answer",
    "question_elsewhere",
    "reading_stopped",
]
"""The answers to a message about a report. For anybody but its proven contact they are the same
whether or not the report exists."""


class SmsRejected(ValueError):
    """A webhook call that is refused: `signature` (missing, wrong or old) or `payload`
    (malformed)."""

    def __init__(self, code: Literal["signature", "payload"], why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


class SmsPart(PlainNumbers):
    """The position of a part in a long message. `ref` is chosen by the phone, which uses it again
    later."""

    model_config = ConfigDict(frozen=True)

    ref: int = Field(ge=0, le=65_535)
    total: int = Field(ge=1, le=255)
    part: int = Field(ge=1, le=255)

    @model_validator(mode="after")
    def _one_of_the_total(self) -> Self:
        if self.part > self.total:
            raise ValueError("part is beyond total")
        return self


class SmsMessage(BaseModel):
    """One SMS from the gateway. `id` is the gateway's, and identifies repeats."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str = Field(min_length=1, max_length=100)
    sender: Annotated[str, AfterValidator(normalise_phone)] = Field(alias="from", max_length=30)
    text: str = Field(max_length=20_000)
    received_at: Instant
    concat: SmsPart | None = None


@dataclass(frozen=True, slots=True)
class JoinedSms:
    """A joined message: its text, and the numbers of the missing parts."""

    text: str
    missing: tuple[int, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


def read_webhook(secret: str, headers: Mapping[str, str], body: bytes) -> SmsMessage:
    """Read the message of a webhook call and check its signature. Raises `SmsRejected`.

    The same call may come again within the five minutes; `id` identifies repeats.
    """
    try:
        signing(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, binascii.Error, ValueError) as error:
        raise SmsRejected("signature", "no valid signature") from error
    try:
        refuse_repeated_members(body)
        return SmsMessage.model_validate_json(with_halves_kept(body))
    except RepeatedMemberError as error:
        raise SmsRejected("payload", str(error)) from error
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors())
        raise SmsRejected("payload", "; ".join(problems)) from error


def join(parts: Sequence[SmsMessage]) -> JoinedSms:
    """Join the parts of one message, in any order; at least one is needed.

    Missing parts are marked in the text, as after some waiting a report with a gap is better than
    none. A character that was split between two parts is restored, or left out.
    """
    first = parts[0]
    if first.concat is None:
        return JoinedSms(halves_joined(first.text), ())
    texts = {part.concat.part: part.text for part in parts if part.concat}
    numbers = range(1, first.concat.total + 1)
    missing = tuple(number for number in numbers if number not in texts)
    text = "".join(texts.get(number, f" {GAP} ") for number in numbers)
    return JoinedSms(halves_joined(text), missing)


def answer_accepted(number: str, code: str, address: str) -> str:
    """The answer to an accepted report: number, access code and, if it fits, where to follow the
    report."""
    values = {"number": number, "code": code, "address": address}
    answer = Phrase("sms", "accepted", values).in_language(INDONESIAN)
    with_address = Phrase("sms", "accepted_with_address", values).in_language(INDONESIAN)
    return one_sms(with_address if septets(with_address) <= ANSWER_LIMIT else answer)


def answer_refused(refusal: Refusal) -> str:
    """The answer to a message that did not become a report: what to do next."""
    return one_sms(message("sms_refusal", refusal))


def answer_about(answer: Answer, **values: str) -> str:
    """The answer to a message about a report. It names neither report nor sender, except where the
    sender must repeat the number."""
    return one_sms(Phrase("sms_answer", answer, values).in_language(INDONESIAN))


def one_sms(text: str) -> str:
    """The text, if it fits into one SMS. Raises ValueError otherwise."""
    if septets(text) > ANSWER_LIMIT:
        raise ValueError(f"an answer of more than {ANSWER_LIMIT} septets")
    return text


_FIRST, _LAST = 0xD800, 0xDFFF
_KEPT: Final = {half: half - _FIRST + 0x100000 for half in range(_FIRST, _LAST + 1)}
_BACK: Final = {kept: half for half, kept in _KEPT.items()}


def with_halves_kept(document: bytes) -> bytes:
    """The gateway's JSON, with surrogate halves in its `text` replaced by private characters.
    Invalid JSON is returned unchanged, for its reader to refuse."""
    try:
        message = json.loads(document.decode())
    except (ValueError, RecursionError):
        return document
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return document
    return json.dumps(message | {"text": message["text"].translate(_KEPT)}).encode()


def halves_joined(text: str) -> str:
    """The text with matching surrogate halves joined, and without those that do not match."""
    return text.translate(_BACK).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
