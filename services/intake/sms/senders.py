"""A message about a report, and what its sender is to the report. Pure."""

from dataclasses import dataclass

from services.intake.sms.about_reports import AboutReport
from services.intake.sms.courtesies import is_courtesy
from services.intake.sms.joining import WholeSms


@dataclass(frozen=True)
class Reply:
    """A message about a report. `digest` is of its words, where it came in one part; None: its
    parts are known by theirs."""

    about: AboutReport
    whole: WholeSms
    digest: bytes | None
    stale: bool = False
    """Nobody hears the answer any more."""


@dataclass(frozen=True)
class Sender:
    """What a sender is to the report: its contact, and proven. `token` speaks for its reporter;
    empty where there is no such report. `reads`: words of the report may go there; `stopped`: they
    would, but its reporter wants no text messages about it."""

    token: str
    named: bool
    proven: bool
    reads: bool = False
    stopped: bool = False


def is_new_report(about: AboutReport, sender: Sender) -> bool:
    """Whether a message is a new report, though it begins with a number: words of somebody who is
    not the proven contact of a report by that number. It may be an amount or a date. Thanks are
    no report, whoever says them."""
    return about.wish == "say" and not sender.proven and not is_courtesy(about.words)
