"""Whether an action is possible at all, and why it is not at this moment, for the page of its
form."""

from services.portal.contracts.routing import ReportView
from services.portal.translation import language, translated
from shared.labels import label
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.authority import possible_capacities
from shared.lifecycle.people import Role
from shared.lifecycle.rules import RULES
from shared.lifecycle.statuses import STATUSES_OF, Status


def may_ever(role: Role | None, action: str) -> bool:
    """Return whether a person of this role can ever do the action to some report."""
    return role is not None and bool(RULES[Action(action)].who & possible_capacities(role))


def why_not_now(report: ReportView, action: str) -> str:
    """Return why the action is not possible now: the status, or a waiting request; otherwise a
    general text."""
    sources = RULES[Action(action)].sources
    if report.status.code not in sources:
        words = translated(
            "Status laporan ini {status}. Tindakan ini hanya untuk laporan yang: {statuses}."
        )
        now = label("status", report.status.code, language.get())
        return words.format(status=now, statuses=_in_words(sources))
    pending = {request.kind for request in report.requests if not request.decision}
    if RequestKind.NOT_AUTHORITY in pending:
        request = label("request", RequestKind.NOT_AUTHORITY, language.get())
        return translated("{request} masih menunggu keputusan.").format(request=request)
    if action.removeprefix("request_") in pending:
        return translated("Permintaan yang sama masih menunggu keputusan.")
    return translated("Tindakan ini sekarang tidak dapat dilakukan pada laporan ini.")


def _in_words(sources: frozenset[Status]) -> str:
    """Return the names of the statuses; a tab of which all statuses are included is named instead
    of them."""
    names: list[str] = []
    for tab, statuses in STATUSES_OF.items():
        if statuses <= sources:
            names.append(label("tab", tab, language.get()))
        else:
            names += [label("status", s, language.get()) for s in sorted(statuses & sources)]
    return ", ".join(names)
