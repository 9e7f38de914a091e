"""A message about a report, and the relation of its sender to the report. Pure."""

from dataclasses import dataclass

from services.intake.sms.about_reports import AboutReport
from services.intake.sms.courtesies import is_courtesy
from services.intake.sms.joining import WholeSms


@dataclass(frozen=True)
class Reply:
    """A message about a report. `digest`: of its words, if it came in one part; None: each of its
    parts has its own."""

    about: AboutReport
    whole: WholeSms
    digest: bytes | None
    stale: bool = False
    """Nobody gets the answer any more."""


@dataclass(frozen=True)
class Sender:
    """The relation of a sender to the report. `named`: the phone is its contact; `proven`: and is
    proven. `token` acts for the reporter; empty if there is no such report. `reads`: words of the
    report may be sent there; `stopped`: they could be, but the reporter wants no text messages
    about it."""

    token: str
    named: bool
    proven: bool
    reads: bool = False
    stopped: bool = False


def is_new_report(about: AboutReport, sender: Sender) -> bool:
    """Whether a message is a new report although it begins with a number. The number may be an
    amount or a date. The message has words, and its sender is not the proven contact of a report
    with that number. Thanks are never a report."""
    return about.wish == "say" and not sender.proven and not is_courtesy(about.words)
