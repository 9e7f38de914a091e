"""Ports of tests and measurements: never the same twice, whoever asks beside us."""

import subprocess
import sys

from deploy.local.ports import free_port

MANY = """
import sys
from deploy.local.ports import free_port
print(*(free_port() for _ in range(4_000)), flush=True)
sys.stdin.read()
"""


def test_no_two_processes_and_no_two_questions_are_given_the_same_port() -> None:
    pipe = subprocess.PIPE
    asking = [
        subprocess.Popen([sys.executable, "-c", MANY], stdin=pipe, stdout=pipe, text=True)
        for _ in range(2)
    ]
    ports = [free_port()]
    for process in asking:
        assert process.stdout is not None
        ports += map(int, process.stdout.readline().split())
    for process in asking:
        process.communicate()

    assert len(ports) == 8_001
    assert len(set(ports)) == len(ports)
