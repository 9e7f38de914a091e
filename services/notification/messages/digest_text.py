"""The text of the morning digest: figures and report numbers, but no words of a report. The rest
can be read after signing in."""

from collections.abc import Mapping
from typing import Any, Final

from services.notification.messages.staff_table import StaffKind
from services.notification.messages.texts import MessageText
from shared.labels.catalogue import Language, Phrase

DIGEST: Final = "digest"
"""The template and event name of its message."""
SECTIONS: Final = ("late", "today", "next_day", "decide", "escalated")
"""The sections, in the order in which they appear."""
NEWS: Final = tuple(
    kind
    for kind in StaffKind
    if kind not in {StaffKind.DEADLINE, StaffKind.LATE, StaffKind.ESCALATED}
)
"""The kinds of news in the digest, in the order in which they appear."""


def text_of_digest(facts: Mapping[str, Any], portal: str, language: Language) -> MessageText:
    """The text of the digest mail."""
    sections = facts["sections"]
    lines = [
        _phrase(name, language, count=section["count"], numbers=_numbers(section))
        for name in SECTIONS
        if (section := sections.get(name)) is not None
    ]
    if facts["ordinary"]:
        lines.append(_phrase("ordinary", language, count=facts["ordinary"]))
    news = facts.get("news", {})  # older rows have no news
    lines += [
        _phrase(
            "news",
            language,
            kind=Phrase("staff_message_kind", kind),
            count=news[kind]["count"],
            numbers=_numbers(news[kind]),
        )
        for kind in NEWS
        if kind in news
    ]
    return MessageText(
        subject=_phrase("subject", language),
        paragraphs=(_phrase("intro", language), *lines),
        link=f"{portal}/panel/tugas",
        link_label=_phrase("link", language),
        sms="",
        footer="staff_",
    )


def _numbers(section: Mapping[str, Any]) -> str:
    named = ", ".join(map(str, section["numbers"]))
    return f"{named}, …" if section["count"] > len(section["numbers"]) else named


def _phrase(part: str, language: Language, **values: Any) -> str:
    return Phrase("digest", part, values).in_language(language)
