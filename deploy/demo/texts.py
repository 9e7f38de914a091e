"""What staff and reporter will write about a demo report in the course of its life."""

import random
from dataclasses import dataclass

from deploy.demo.writing import Writer
from shared.labels import labels


@dataclass(frozen=True, slots=True)
class DemoTexts:
    """Every text a life may need, whichever way it goes."""

    initial_response: str
    follow_ups: tuple[str, ...]
    coordination_note: str
    deferral_question: str
    not_connected_note: str
    completed_information: str
    reply: str
    archive_category: str
    archive_note: str
    hold_reason: str
    release_reason: str
    close_note: str
    reopen_reason: str
    not_authority_reason: str
    rejection_reason: str
    satisfaction: str
    rating: int


def write_texts(rng: random.Random, writer: Writer) -> DemoTexts:
    """Texts about the report that the writer is writing."""
    archive_category = rng.choices(list(labels("archive_category")), (5, 8, 35, 20, 4, 10, 4, 14))[
        0
    ]
    return DemoTexts(
        initial_response=writer.say("initial_responses"),
        follow_ups=tuple(_answer(rng, writer) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))),
        coordination_note=writer.say("notes"),
        deferral_question=writer.say("questions"),
        not_connected_note=writer.say("not_connected"),
        completed_information=writer.say("completions"),
        reply=writer.say("replies"),
        archive_category=archive_category,
        archive_note=writer.archive_note(archive_category),
        hold_reason=writer.say("hold_reasons"),
        release_reason=writer.say("release_reasons"),
        close_note=writer.say("close_notes"),
        reopen_reason=writer.say("reopen_reasons"),
        not_authority_reason=writer.say("not_authority_reasons"),
        rejection_reason=writer.say("rejections"),
        satisfaction=writer.say("thanks"),
        rating=rng.choices((1, 2, 3, 4, 5), (2, 3, 15, 40, 40))[0],
    )


def _answer(rng: random.Random, writer: Writer) -> str:
    remedies = rng.sample(writer.theme.remedies, rng.randrange(1, 3))
    sentences = [writer.say("answers"), *map(writer.fill, remedies), writer.say("ends")]
    return " ".join(sentences)
