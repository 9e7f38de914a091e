"""What agency and reporter write to each other, and what that does to the report."""

from shared.lifecycle.actions import FollowUpKind, RequestKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command
from shared.lifecycle.effect_builder import Effect
from shared.lifecycle.statuses import Status


def complete_information(effect: Effect, command: Command) -> None:
    _mark_brought_by(effect, command)
    effect.set(question_open=False)
    effect.stop(ClockKind.QUESTION)
    if effect.before.status is Status.AWAITING_INFORMATION:
        effect.set(status=Status.INFORMATION_TO_EVALUATE)


def follow_up(effect: Effect, command: Command) -> None:
    effect.set(status=Status.FOLLOWED_UP)
    effect.details["follow_up_kind"] = command.follow_up_kind
    if command.outcome is not None:  # none in those from before 29 November 2026
        effect.details["outcome"] = command.outcome
    if command.unmet_reason is not None:
        effect.details["unmet_reason"] = command.unmet_reason
    if command.follow_up_kind is FollowUpKind.FOLLOW_UP:
        effect.set(followed_up=True, promised=False)
        effect.stop(ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT)
        effect.start(ClockKind.AUTO_CLOSE)
        return
    effect.stop(ClockKind.AUTO_CLOSE)
    if effect.before.clock(ClockKind.SETTLEMENT) is not None:
        effect.stop(ClockKind.FOLLOW_UP)
    elif not effect.before.promised:  # a promise has a clock: once for what is owed
        effect.set(promised=True)
        effect.start(ClockKind.FOLLOW_UP)


def rectify(effect: Effect, command: Command) -> None:
    effect.details["rectifies"] = str(command.rectifies)


def coordinate(effect: Effect, command: Command) -> None:
    if command.assignee_id is not None:
        effect.details["assignee_id"] = command.assignee_id


def _mark_brought_by(effect: Effect, command: Command) -> None:
    if command.brought_by is not None:
        effect.details["brought_by"] = command.brought_by
    if command.by_sms:
        effect.details["by_sms"] = True


def reply(effect: Effect, command: Command) -> None:
    _mark_brought_by(effect, command)
    effect.set(status=Status.REPLIED_BY_REPORTER)
    effect.stop(ClockKind.AUTO_CLOSE)
    if effect.before.clock(ClockKind.FOLLOW_UP) is None:
        effect.require_further_step()
    effect.ended = frozenset({RequestKind.CLOSE})


def declare_satisfied(effect: Effect, command: Command) -> None:
    effect.end(Status.CLOSED_BY_REPORTER)
    effect.set(rated=command.rated)


def rate(effect: Effect, _: Command) -> None:
    effect.set(rated=True)
