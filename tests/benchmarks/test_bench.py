"""Every part of the bench runs, very small; how fast anything is, no test asks."""

from benchmarks import lives
from benchmarks.accepting import accepting
from benchmarks.draining import BATCH, LANES, draining
from benchmarks.events import events
from benchmarks.excel import excel
from benchmarks.queues import queues
from benchmarks.stack import running
from benchmarks.stack_access import PROCESSES, open_stack
from benchmarks.statistics import statistics


async def test_accepting_and_draining_are_measured() -> None:
    async with running(["intake"]) as stack:
        accepted = await accepting(stack, rounds=1, seconds=0.1)
        drained = await draining(stack, rounds=1, messages=BATCH * LANES)
    assert all(figure.ours > 0 and figure.floor for figure in [*accepted, *drained])


async def test_commands_lives_and_their_events_are_measured() -> None:
    async with running(PROCESSES, temporal=True) as stack, open_stack(stack) as access:
        refused, *commands, _life = await events(access)
        [verified] = await lives.verifying(access, times=2)
        [lived] = await lives.living(access, rounds=1, seconds=0.1, clerks=2)
    assert refused.ours == 0
    assert all(figure.ours > 0 for figure in [*commands, verified, lived])


async def test_queues_of_two_sizes_are_compared() -> None:
    figures = await queues(100, 300, rounds=1, seconds=0.1)
    assert all(figure.ours > 0 and figure.floor for figure in figures)


async def test_a_workbook_is_measured_beside_bare_openpyxl() -> None:
    speed, memory = await excel(200, rounds=1)
    assert speed.ours > 0 and speed.floor
    assert memory.ours > 0 and memory.floor


async def test_statistics_are_measured_beside_one_count() -> None:
    rebuilt, *pages = await statistics(200, rounds=1, seconds=0.1)
    assert rebuilt.ours > 0
    assert all(page.ours > 0 and page.floor for page in pages)
