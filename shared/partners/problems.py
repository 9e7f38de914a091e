"""Why a partner's message is not accepted, in the words of its receipt."""

import re
from collections.abc import Iterable
from typing import Self

from pydantic import ValidationError

from shared.bus.errors import BadMessage
from shared.http.messages import Words, field_message, register, words_for
from shared.http.problems import FieldError, Problem
from shared.partners.receipts import ReceiptProblem


class Unacceptable(BadMessage):
    """A message that can be read and not be taken; all that is wrong with it."""

    def __init__(self, problems: tuple[ReceiptProblem, ...]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, first.field)
        self.problems = problems

    @classmethod
    def by_validation(cls, error: ValidationError) -> Self:
        """What a form found wrong, without the values it found."""
        found: dict[str, ReceiptProblem] = {}
        for e in error.errors(include_url=False, include_input=False):
            field = _path(e["loc"])
            # Each way to read a value complains: the first is enough.
            found.setdefault(field, _problem(field, e["type"], e.get("ctx") or {}, e["msg"]))
        return cls(tuple(found.values()))

    @classmethod
    def by_fields(cls, errors: Iterable[FieldError]) -> Self:
        """What the directory does not know."""
        return cls(tuple(_problem(_path((e.field,)), e.code, e.params, e.fallback) for e in errors))


def problems_of(bad: BadMessage) -> tuple[ReceiptProblem, ...]:
    """For the receipt of a message that was given up."""
    if isinstance(bad, Unacceptable):
        return bad.problems
    message = words_for(bad.code, "id", {}).detail
    return (ReceiptProblem(field=bad.field, code=bad.code, message=message),)


def problems_of_refusal(problem: Problem) -> tuple[ReceiptProblem, ...]:
    """For the receipt of a command that was refused."""
    if problem.errors:
        return Unacceptable.by_fields(problem.errors).problems
    detail = words_for(problem.code, "id", problem.params).detail
    return (ReceiptProblem(field=None, code=problem.code, message=detail),)


def problem_codes() -> frozenset[str]:
    """The codes for a message as a whole, beside those of forms and of refused commands."""
    return frozenset(_WORDS) - {"invalid_field"}


# A field we do not know may be named by mistake with what was to be its value.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")


_READINGS = {"date", "datetime"}
"""What pydantic adds to the path of a value that may be read in more than one way."""


def _path(loc: Iterable[int | str]) -> str:
    parts = [part for name in loc for part in str(name).split(".") if part not in _READINGS]
    return ".".join(["data", *(part if _PLAIN.fullmatch(part) else "?" for part in parts)])


def _problem(field: str, code: str, params: object, fallback: str) -> ReceiptProblem:
    given = params if isinstance(params, dict) else {}
    return ReceiptProblem(
        field=field, code=code, message=field_message(code, "id", given, fallback)
    )


_WORDS: dict[str, tuple[str, str, str, str]] = {
    "not_utf8": (
        "Bukan UTF-8",
        "Isi pesan harus UTF-8.",
        "Not UTF-8",
        "A message is UTF-8.",
    ),
    "not_json": (
        "Bukan JSON",
        "Isi pesan harus satu objek JSON.",
        "Not JSON",
        "A message is one JSON object.",
    ),
    "not_cloudevent": (
        "Bukan CloudEvent",
        "Atribut ini tidak ada atau tidak sesuai CloudEvents 1.0.",
        "Not a CloudEvent",
        "This attribute is missing or not as CloudEvents 1.0 has it.",
    ),
    "invalid_field": (
        "Isian tidak sah",
        "Isian ini tidak sah.",
        "Invalid",
        "This value is not valid.",
    ),
    "foreign_id": (
        "Id bukan milik Anda",
        "Nats-Msg-Id harus diawali nama sistem Anda dan tanda hubung.",
        "Not your id",
        "Nats-Msg-Id begins with the name of your system and a hyphen.",
    ),
    "wrong_type": (
        "Jenis tidak cocok",
        "Atribut type tidak cocok dengan subjek pesan.",
        "Wrong type",
        "The attribute type does not go with the message's subject.",
    ),
    "partner_inactive": (
        "Mitra tidak aktif",
        "Sistem mitra ini sudah tidak aktif.",
        "Partner not active",
        "This partner system is not active any more.",
    ),
    "report_unknown": (
        "Laporan tidak dikenal",
        "Sistem Anda tidak mempunyai laporan dengan id atau nomor ini.",
        "Unknown report",
        "Your system has no report of this id or number.",
    ),
    "external_id_reused": (
        "Id sudah dipakai",
        "external_id ini sudah dipakai untuk laporan lain; isi pesan ini tidak diterima.",
        "Id used already",
        "This external_id was used for another report; what this message says was not taken.",
    ),
    "not_kept": (
        "Tidak disimpan",
        "Terlalu banyak pesan tidak sah dari sistem ini dalam 24 jam; pesan ini hanya dihitung.",
        "Not kept",
        "Too many bad messages of this system within 24 hours; this one was only counted.",
    ),
    "given_up": (
        "Tidak dapat diproses",
        "Pesan ini berulang kali gagal diproses; tim platform memeriksanya.",
        "Could not be handled",
        "This message failed again and again; the platform team looks into it.",
    ),
}
_FIELDS = {
    "one_reference": (
        "Sebutkan external_id atau number, salah satu saja.",
        "Give external_id or number, one of them.",
    ),
    "string_not_ascii": (
        "Hanya huruf, angka, dan tanda baca ASCII tanpa spasi.",
        "Only ASCII letters, digits and punctuation, no spaces.",
    ),
}

register(
    {
        code: {"id": Words(title_id, detail_id), "en": Words(title_en, detail_en)}
        for code, (title_id, detail_id, title_en, detail_en) in _WORDS.items()
    },
    {code: {"id": in_id, "en": in_en} for code, (in_id, in_en) in _FIELDS.items()},
)
