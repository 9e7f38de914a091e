"""The counts of tabs: adds up the changes that steps append, so that reading stays fast."""

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from shared.database.engine import Database
from shared.database.report_lists import TabChange, TabCount

BATCH = 10_000


class Counting:
    """Rolls up `lifecycle.tab_change` into `lifecycle.tab_count`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def once(self) -> None:
        """Roll up all changes that are there; processes that do this at the same time share
        them."""
        rolled_up = BATCH
        while rolled_up == BATCH:
            async with self._database.session() as session:
                rolled_up = (await session.execute(_ROLL_UP)).scalar_one()


def _roll_up() -> Select[int]:
    """One statement that takes changes and adds them, or does neither; how many changes it took."""
    changes = select(col(TabChange.id)).order_by(col(TabChange.id)).limit(BATCH)
    which = col(TabChange.id).in_(changes.with_for_update(skip_locked=True))
    kept = insert(TabCount)
    place = ("agency_id", "given", "tab")
    taken = (
        delete(TabChange)
        .where(which)
        .returning(*(col(getattr(TabChange, name)) for name in (*place, "reports")))
        .cte("taken")
    )
    where = [taken.c[name] for name in place]
    # In one fixed order, so that two processes never wait for each other in a circle.
    sums = select(*where, func.sum(taken.c.reports)).group_by(*where).order_by(*where)
    added = (
        kept.from_select([*place, "reports"], sums)
        .on_conflict_do_update(
            index_elements=place,
            set_={"reports": col(TabCount.reports) + kept.excluded.reports},
        )
        .cte("added")
    )
    return select(func.count()).select_from(taken).add_cte(added)


_ROLL_UP = _roll_up()
