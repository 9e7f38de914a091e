"""What shares a stack runs on one worker: asked of a run, since it once was so on paper only."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from tests.distribution import SECOND_HALF, piece_of

ROOT = Path(__file__).parents[2]


def test_the_tests_of_a_piece_run_on_one_worker() -> None:
    files = ("tests/lifecycle/test_check.py", "tests/lifecycle/test_clocks.py")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-v", "-n", "2", "-p", "no:cacheprovider"),
            *("--dist", "loadscope", "--no-loadscope-reorder", *files),
        ],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "PYTEST" not in name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    workers: defaultdict[str, set[str]] = defaultdict(set)
    for worker, test in re.findall(r"\[(gw\d)\].*PASSED (\S+)", done.stdout):
        workers[piece_of(test)].add(worker)
    assert set(workers) == set(files)
    assert {len(ran_on) for ran_on in workers.values()} == {1}
    assert set.union(*workers.values()) == {"gw0", "gw1"}


def test_a_folder_that_shares_a_stack_is_one_piece_and_other_files_are_one_each() -> None:
    assert piece_of("tests/portal/test_desk.py::test_a[x::y]") == "portal"
    assert piece_of("tests/portal/test_late.py::test_a[x::y]") == "portal, second half"
    assert piece_of("tests/privacy/test_who_is_let_through.py::test_b") == "privacy"
    assert piece_of("tests/bus/test_cluster.py::test_c[a/b]") == "tests/bus/test_cluster.py"


def test_what_runs_beside_a_browser_is_not_asynchronous() -> None:
    second = [ROOT / "tests" / "portal" / f"test_{name}.py" for name in SECOND_HALF]
    assert [file.name for file in second if "async def test_" in file.read_text()] == []
