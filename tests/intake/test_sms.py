"""The SMS gateway's webhook: signature, payload, long messages, answers."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from services.intake.sms.about_reports import read_about_report
from services.intake.sms.messages import (
    ANSWER_LIMIT,
    Answer,
    Refusal,
    SmsMessage,
    SmsRejected,
    answer_about,
    answer_accepted,
    answer_refused,
    join,
    read_webhook,
)
from shared.values.gsm import septets

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1nYXRld2F5LTE3MDg="
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MESSAGE = {
    "id": "gw-1",
    "from": "081234567890",
    "text": "Lampu jalan mati 😟",
    "received_at": "2026-11-24T10:00:00+07:00",
}


def signed(body: str, *, secret: str = SECRET, age: timedelta = timedelta()) -> dict[str, str]:
    at = datetime.now(UTC) - age
    webhook = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    return {
        "Webhook-Id": "call-1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": webhook.sign("call-1", at, body),
    }


def part(number: int, total: int, text: str, **changes: Any) -> SmsMessage:
    concat = {"ref": 77, "total": total, "part": number}
    return SmsMessage.model_validate(
        MESSAGE | {"id": f"gw-{number}", "text": text, "concat": concat} | changes
    )


@pytest.mark.parametrize("secret", [SECRET, "a plain secret!"])
def test_a_signed_message_is_read_with_the_number_in_its_normal_form(secret: str) -> None:
    body = json.dumps(MESSAGE)
    message = read_webhook(secret, signed(body, secret=secret), body.encode())
    assert (message.id, message.sender, message.text) == ("gw-1", "+6281234567890", MESSAGE["text"])
    assert message.received_at == NOW
    assert message.concat is None


def test_a_message_changed_on_the_way_is_refused() -> None:
    body = json.dumps(MESSAGE)
    with pytest.raises(SmsRejected) as refusal:
        read_webhook(SECRET, signed(body), body.replace("mati", "nyala").encode())
    assert refusal.value.code == "signature"


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_call_replayed_later_is_refused(minutes: int) -> None:
    body = json.dumps(MESSAGE)
    with pytest.raises(SmsRejected) as refusal:
        read_webhook(SECRET, signed(body, age=timedelta(minutes=minutes)), body.encode())
    assert refusal.value.code == "signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"Webhook-Signature": ""},
        {"Webhook-Signature": "v1"},
        {"Webhook-Signature": "v1,%%%"},
        {"Webhook-Signature": "v1,a"},
        {"Webhook-Signature": "v2,aGFsbG8="},
        {"Webhook-Timestamp": "yesterday"},
        {"Webhook-Timestamp": "nan"},
        {"Webhook-Timestamp": "9" * 400},
        {"Webhook-Id": ""},
    ],
)
def test_broken_headers_are_a_wrong_signature_not_a_failure(changes: dict[str, str]) -> None:
    body = json.dumps(MESSAGE)
    with pytest.raises(SmsRejected) as refusal:
        read_webhook(SECRET, signed(body) | changes, body.encode())
    assert refusal.value.code == "signature"


@given(st.binary(max_size=60), st.text(max_size=40))
def test_bytes_from_anybody_never_fail_otherwise(body: bytes, signature: str) -> None:
    headers = signed("") | {"Webhook-Signature": signature}
    with pytest.raises(SmsRejected):
        read_webhook(SECRET, headers, body)


@pytest.mark.parametrize(
    "changes",
    [
        {"from": "TELKOMSEL"},
        {"id": ""},
        {"received_at": "2026-11-24T10:00:00"},
        {"text": None},
        {"concat": {"ref": 1, "total": 2, "part": 3}},
        {"concat": {"ref": 1, "total": 0, "part": 0}},
    ],
)
def test_a_payload_of_another_form_is_refused_without_repeating_it(changes: dict[str, Any]) -> None:
    body = json.dumps(MESSAGE | changes)
    with pytest.raises(SmsRejected) as refusal:
        read_webhook(SECRET, signed(body), body.encode())
    assert refusal.value.code == "payload"
    assert next(iter(changes)) in str(refusal.value)
    assert "0812" not in str(refusal.value)
    assert "TELKOMSEL" not in str(refusal.value)


# Private characters, which stand for halves of others here, are dropped from any text later.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=20)


@given(st.lists(TEXTS, min_size=1, max_size=8), st.randoms())
def test_parts_join_in_order_whatever_order_they_came_in(texts: list[str], random: Random) -> None:
    parts = [part(number, len(texts), text) for number, text in enumerate(texts, 1)]
    random.shuffle(parts)
    joined = join(parts)
    assert joined.complete
    assert joined.text == "".join(texts)


def test_a_message_with_a_missing_part_is_readable_and_says_so() -> None:
    joined = join([part(3, 3, "akhir."), part(1, 3, "Awal")])
    assert not joined.complete
    assert joined.missing == (2,)
    assert joined.text == "Awal […] akhir."


@given(TEXTS.map(lambda text: text + "😟 di 𝐑𝐓 3 😟"), st.data(), st.randoms())
def test_a_message_cut_at_any_utf_16_units_is_whole_again(
    text: str, data: st.DataObject, random: Random
) -> None:
    units = text.encode("utf-16-le")
    cuts = data.draw(st.lists(st.integers(0, len(units) // 2), max_size=6).map(sorted))
    bounds = [0, *(2 * cut for cut in cuts), len(units)]
    texts = [
        units[start:end].decode("utf-16-le", "surrogatepass") for start, end in pairwise(bounds)
    ]
    parts = []
    for number, one in enumerate(texts, 1):
        concat = {"ref": 77, "total": len(texts), "part": number}
        body = json.dumps(MESSAGE | {"text": one, "concat": concat})
        parts.append(read_webhook(SECRET, signed(body), body.encode()))
    random.shuffle(parts)
    assert join(parts).text == text


@pytest.mark.parametrize("field", ["id", "from"])
def test_half_a_character_is_taken_in_the_text_alone(field: str) -> None:
    body = json.dumps(MESSAGE | {field: "0812345678\ud83d"})
    with pytest.raises(SmsRejected):
        read_webhook(SECRET, signed(body), body.encode())


def test_a_short_message_is_complete_by_itself() -> None:
    message = SmsMessage.model_validate(MESSAGE)
    assert join([message]).text == MESSAGE["text"]


def test_the_answer_is_one_sms_with_number_code_and_address() -> None:
    answer = answer_accepted("12345678", "K7QM-2XRT", "https://lapor.go.id/12345678")
    assert "12345678" in answer
    assert "K7QM-2XRT" in answer
    assert "lapor.go.id" in answer
    assert septets(answer) <= ANSWER_LIMIT


def test_a_long_address_is_left_out_of_the_answer() -> None:
    answer = answer_accepted("12345678", "K7QM-2XRT", "https://lapor.go.id/" + "a" * 120)
    assert "https" not in answer
    assert septets(answer) <= ANSWER_LIMIT


def test_refusals_fit_one_sms_too() -> None:
    refusals: tuple[Refusal, ...] = ("empty", "too_long", "unavailable")
    for refusal in refusals:
        assert septets(answer_refused(refusal)) <= ANSWER_LIMIT


def test_answers_about_a_report_fit_one_sms_too() -> None:
    for about in get_args(Answer):
        values = {"number": "1234567890", "code": "123456"}
        answer = answer_about(about, **values)
        assert septets(answer) <= ANSWER_LIMIT


def test_a_wrong_code_is_answered_with_all_that_gets_a_new_one() -> None:
    named = re.findall(r"\b[A-Z]{4,}\b(?: \d)?", answer_about("wrong_code"))
    understood = [read_about_report(f"10000042 {words}") for words in named]
    confirmed = {answer for answer in get_args(Answer) if answer.startswith("confirm_")}
    assert {f"confirm_{about.wish}" for about in understood if about} == confirmed


def test_septets_count_extension_characters_twice_and_refuse_what_would_cost_more() -> None:
    assert septets("a{€") == 5
    with pytest.raises(ValueError, match="alphabet"):
        septets("“")
