"""The steps that a person owes now, as SQL relations `kind, number, ref, priority, due_at`.

`ref` is the request to be decided, else ''. A report's step is owed while a process clock runs:
then it has a `due_at`. A report that waits for its reporter, for another's decision or for an
agency to connect has none.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from shared.lifecycle.actions import Classification, RequestKind
from shared.lifecycle.statuses import Tab
from shared.owed.order import OwedOrder
from shared.owed.responsibilities import ACTIVE_ADMIN, DECIDED_NEARER, PENDING, Responsibilities


class OwedKind(StrEnum):
    """The kinds of owed steps."""

    VERIFY = "verify"
    EVALUATE = "evaluate"
    """The reporter has completed the report: evaluate it again."""
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"
    """The next follow-up is owed after a reply, a reopening or a promise."""
    DECIDE = "decide"
    OBJECTION = "objection"
    ESCALATION = "escalation"
    """Somebody below is late, and that was escalated to the person's own agency."""


KIND_OF: Final = {
    Tab.UNVERIFIED: OwedKind.VERIFY,
    Tab.DEFERRED: OwedKind.EVALUATE,
    Tab.AWAITING_FOLLOW_UP: OwedKind.FOLLOW_UP,
    Tab.IN_PROCESS: OwedKind.ANSWER,
}
_TO_VERIFY = (Tab.UNVERIFIED, Tab.DEFERRED)


def parameters_of(
    owed: Responsibilities, staff_id: int, kinds: Sequence[OwedKind]
) -> dict[str, Any]:
    """The parameters of all statements below; `kinds` are those asked for."""
    own = [
        (handler, tab)
        for tab in KIND_OF
        for handler in (owed.to_verify if tab in _TO_VERIFY else owed.to_follow_up)
    ]
    streams = [(handler, tab) for handler, tab in own if KIND_OF[tab] in kinds]
    requests = [RequestKind.OBJECTION] if OwedKind.OBJECTION in kinds else []
    if OwedKind.DECIDE in kinds:
        requests += [kind for kind in RequestKind if kind is not RequestKind.OBJECTION]
    return {
        "handlers": [handler for handler, _ in streams],
        "tabs": [tab.value for _, tab in streams],
        "kinds": [KIND_OF[tab].value for _, tab in streams],
        "own_handlers": [handler for handler, _ in own],
        "own_tabs": [tab.value for _, tab in own],
        "request_kinds": [kind.value for kind in requests],
        "deciders": list(owed.deciders),
        "deciding": owed.agency_id,
        "me": staff_id,
    }


def first_reports(order: OwedOrder, narrowed: str) -> str:
    """At least the first `:limit` steps on reports after the order's place.

    It takes the first report of each handler and tab from the index, ordinary and urgent ones
    separately, and more only from those whose first one is among the first of all. `narrowed` is a
    condition on `r`.
    """
    urgent = f"r.priority AND {order.urgent.format('r')} AND {narrowed}"
    others = f"NOT r.priority AND {order.others.format('r')} AND {narrowed}"
    return f"""
        SELECT f.kind, r.number, '' AS ref, r.priority, r.due_at FROM (
            SELECT s.handler_id, s.tab, s.kind, r.number, r.priority, r.due_at, '' AS ref
            FROM {_STREAMS}, LATERAL (
                {_probe(urgent, "s", "1")} UNION ALL {_probe(others, "s", "1")}) r
            ORDER BY {order.by} LIMIT :limit
        ) f, LATERAL (
            {_probe("f.priority AND " + urgent, "f", ":limit")}
            UNION ALL {_probe("NOT f.priority AND " + others, "f", ":limit")}) r
    """  # noqa: S608


def all_reports(narrowed: str) -> str:
    """All steps on reports; `narrowed` is a condition on `r`."""
    return f"""
        SELECT s.kind, r.number, '' AS ref, r.priority, r.due_at, r.assignee_id
        FROM {_STREAMS} JOIN lifecycle.report r
        ON r.handler_id = s.handler_id AND r.tab = s.tab AND r.due_at IS NOT NULL AND {narrowed}
    """  # noqa: S608


ASSIGNED_TO_NO_COLLEAGUE: Final = (
    "(r.assignee_id IS NULL OR NOT r.assignee_id = ANY (CAST(:colleagues AS int[])))"
)

# The person who asked decides only if nobody else could.
_MINE_TO_DECIDE = f"""
    (q.staff_id IS DISTINCT FROM :me OR NOT EXISTS (
        SELECT FROM routing.agency_directory d
        JOIN routing.staff_directory s ON s.agency_id = ANY (d.path)
        WHERE d.id = q.decider_id AND s.id <> :me AND {ACTIVE_ADMIN}))
"""
REQUESTS: Final = f"""
    SELECT CASE q.kind WHEN 'objection' THEN 'objection' ELSE 'decide' END AS kind, q.number,
        CAST(q.id AS text) AS ref, r.priority, coalesce(q.due_at, q.asked_at) AS due_at
    FROM lifecycle.request q JOIN lifecycle.report r ON r.number = q.number
    WHERE {PENDING} AND q.kind = ANY (:request_kinds) AND NOT {DECIDED_NEARER}
        AND {_MINE_TO_DECIDE}
"""  # noqa: S608

_LADDER = """
    FROM (SELECT DISTINCT number FROM lifecycle.escalation
          WHERE agency_id = :deciding AND ended_at IS NULL AND clock <> 'request') e
    JOIN lifecycle.report r ON r.number = e.number
    JOIN routing.agency_directory h
        ON h.id = r.handler_id AND :deciding = ANY (trim_array(h.path, 1))
    WHERE r.overdue AND r.due_at IS NOT NULL
"""
_URGENT = f"(r.priority OR r.classification = '{Classification.COMPLAINT_WITH_OVERSIGHT}')"
_NOT_OWN = """
    NOT EXISTS (SELECT FROM unnest(CAST(:own_handlers AS int[]), CAST(:own_tabs AS text[]))
                    AS o (id, tab)
                WHERE o.id = r.handler_id AND o.tab = r.tab)
"""
ESCALATIONS: Final = f"""
    SELECT 'escalation' AS kind, r.number, '' AS ref, r.priority, r.due_at
    {_LADDER} AND {_NOT_OWN}
"""
# Of pusat's hundreds of thousands, only those that it is notified of at once, by their own index.
# OFFSET 0 keeps Postgres from also reading all that have a deadline.
ESCALATIONS_AT_THE_ROOT: Final = f"""
    SELECT 'escalation' AS kind, r.number, '' AS ref, r.priority, r.due_at
    FROM (SELECT * FROM lifecycle.report r WHERE r.overdue AND {_URGENT} OFFSET 0) r
    WHERE r.due_at IS NOT NULL AND {_NOT_OWN} AND EXISTS (
        SELECT FROM lifecycle.escalation e WHERE e.number = r.number
        AND e.agency_id = :deciding AND e.ended_at IS NULL AND e.clock <> 'request')
"""  # noqa: S608
# One after the other, by the index, until there are enough; all agencies but the root are below it.
ORDINARY_AT_THE_ROOT: Final = f"""
    SELECT 1 FROM lifecycle.escalation e, LATERAL (
        SELECT FROM lifecycle.report r WHERE r.number = e.number AND r.overdue
            AND r.due_at IS NOT NULL AND r.handler_id <> :deciding AND NOT {_URGENT} OFFSET 0
    ) r
    WHERE e.agency_id = :deciding AND e.ended_at IS NULL AND e.clock <> 'request' AND NOT EXISTS (
        SELECT FROM lifecycle.escalation b WHERE b.agency_id = :deciding AND b.number = e.number
        AND b.version < e.version AND b.ended_at IS NULL AND b.clock <> 'request')
    LIMIT :at_most
"""  # noqa: S608
REQUESTS_ESCALATED: Final = f"""
    SELECT 'escalation' AS kind, q.number, CAST(q.id AS text) AS ref, r.priority, q.due_at
    FROM (SELECT DISTINCT number FROM lifecycle.escalation
          WHERE agency_id = :deciding AND ended_at IS NULL AND clock = 'request') e
    JOIN lifecycle.request q ON q.number = e.number AND q.decision IS NULL AND q.overdue
    JOIN lifecycle.report r ON r.number = q.number
    JOIN routing.agency_directory d
        ON d.id = q.decider_id AND :deciding = ANY (trim_array(d.path, 1))
    WHERE NOT (q.decider_id = ANY (CAST(:deciders AS int[])) AND NOT {DECIDED_NEARER})
"""  # noqa: S608

_STREAMS = (
    "unnest(CAST(:handlers AS int[]), CAST(:tabs AS text[]), CAST(:kinds AS text[]))"
    " AS s (handler_id, tab, kind)"
)


def _probe(conditions: str, stream: str, limit: str) -> str:
    return (
        f"(SELECT r.number, r.priority, r.due_at FROM lifecycle.report r"  # noqa: S608
        f" WHERE r.handler_id = {stream}.handler_id AND r.tab = {stream}.tab"
        f" AND r.due_at IS NOT NULL AND {conditions}"
        f" ORDER BY r.due_at, r.number LIMIT {limit})"
    )
