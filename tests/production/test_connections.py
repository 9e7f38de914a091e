"""The connections to Postgres that the guide reckons with are those that the processes may open."""

import re
from pathlib import Path

from sqlalchemy.pool import QueuePool

from deploy.cluster.layout import COPIES
from deploy.local.postgres import MAX_CONNECTIONS
from deploy.local.processes import PROCESSES
from services.reporting.worker import AT_A_TIME
from shared.database.engine import Database
from workflows.worker import POOL

GUIDE = (Path(__file__).parents[2] / "docs" / "operating" / "cluster.md").read_text()
KEPT_FREE = 10


def test_two_copies_of_everything_fit_and_the_guide_reckons_with_what_they_open() -> None:
    rows = re.findall(r"^\| ((?:`[\w.]+`(?:, )?)+) \| (\d+) \|$", GUIDE, re.M)
    known = {module: int(most) for names, most in rows for module in re.findall(r"[\w.]+", names)}
    services = ("intake", "routing", "followup", "reporting", "notification")
    assert known == {
        **{f"services.{name}": _most() for name in services},
        "services.reporting.worker": _most(10) + AT_A_TIME,
        "workflows.worker": _most(POOL),
        "workflows.relay": 1,
    }
    assert known.keys() == {process.module for process in PROCESSES if process.role}
    all_copies = COPIES * sum(known.values())
    assert f"{all_copies} and some probes" in GUIDE
    assert all_copies + KEPT_FREE <= MAX_CONNECTIONS


def _most(pool_size: int | None = None) -> int:
    """Connections of one pool at most."""
    address = "postgresql+psycopg://nobody/nothing"
    database = Database(address) if pool_size is None else Database(address, pool_size=pool_size)
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool._max_overflow == 0
    return pool.size()
