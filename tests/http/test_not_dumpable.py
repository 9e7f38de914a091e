"""What a service knows is not to be read by other processes of its user."""

import subprocess
import sys

SERVES = """
import ctypes
from shared.http.app import serve
from shared.settings import Settings

def factory():
    print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE
    raise SystemExit(0)

serve("intake", factory, Settings(), port=0)
"""


def test_a_service_cannot_be_looked_into_once_it_serves() -> None:
    process = subprocess.run([sys.executable, "-c", SERVES], capture_output=True, text=True)
    assert process.stdout.splitlines()[-1:] == ["0"], process.stderr
