"""What the morning's digest says: figures and numbers of reports, no word of any; the rest is
behind the sign-in."""

from collections.abc import Mapping
from typing import Any, Final

from services.notification.messages.staff_table import StaffKind
from services.notification.messages.texts import MessageText
from shared.labels.catalogue import Language, Phrase

DIGEST: Final = "digest"
"""The template of its message, and the event."""
SECTIONS: Final = ("late", "today", "next_day", "decide", "escalated")
"""In the order in which they are read."""
NEWS: Final = tuple(
    kind
    for kind in StaffKind
    if kind not in {StaffKind.DEADLINE, StaffKind.LATE, StaffKind.ESCALATED}
)
"""The kinds of news in it, in the order in which they are read."""


def text_of_digest(facts: Mapping[str, Any], portal: str, language: Language) -> MessageText:
    """The mail."""
    sections = facts["sections"]
    lines = [
        _phrase(name, language, count=section["count"], numbers=_numbers(section))
        for name in SECTIONS
        if (section := sections.get(name)) is not None
    ]
    if facts["ordinary"]:
        lines.append(_phrase("ordinary", language, count=facts["ordinary"]))
    news = facts.get("news", {})  # not in rows of before there was any
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
