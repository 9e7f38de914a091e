"""The child of `shared.attachments.sandbox`: limits itself, then does one job on one file.

Run by its path, so that nothing of the project is imported before the limits hold.
"""

import ctypes
import errno
import importlib
import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

MAX_ANSWER = 256 * 1024
"""The most bytes of a job's result; anything larger goes into its target file."""

NO_SUCH_JOB = 70
"""The exit code if the job's name does not exist."""


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request["limits"])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries print what they think of a file
    outcome = do(request)
    answer.write(json.dumps(outcome).encode())
    answer.close()
    os._exit(0)  # nothing that a library would still do at its end


def limit(limits: dict[str, Any]) -> None:
    """Hold this process to its limits, and end it with the one that started it.

    Memory is counted as private and written to (RLIMIT_DATA), since libraries map far more than
    they use.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    seconds = math.ceil(limits["seconds"])
    for kind, most in (
        (resource.RLIMIT_DATA, limits["memory"]),
        (resource.RLIMIT_FSIZE, limits["output"]),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails, and says so
    os.nice(10)  # the service answers first


def do(request: dict[str, Any]) -> dict[str, Any]:
    """The job's result or refusal."""
    try:
        module, _, function = request["job"].partition(":")
        job = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError):
        os._exit(NO_SUCH_JOB)
    try:
        result = job(Path(request["source"]), Path(request["target"]), **request["options"])
    except Exception as error:  # noqa: BLE001  libraries raise nearly anything on damaged input
        return _refusal(error)
    return {"result": result}


def _refusal(error: Exception) -> dict[str, Any]:
    code = getattr(error, "code", None)
    if type(error).__name__ == "AttachmentRejected" and isinstance(code, str):
        return {
            "refused": code,
            "why": str(error).partition(": ")[2],
            "type_name": getattr(error, "type_name", None),
        }
    # Not the message: it may quote what is in the file.
    kind = "too_complex" if _wants_more(error) else "unreadable"
    return {"refused": kind, "why": type(error).__name__, "type_name": None}


def _wants_more(error: BaseException | None) -> bool:
    """Whether the error, or the one that caused it, came from a lack of memory or room."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, MemoryError) or "memory" in str(error).lower():
            return True
        if isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOMEM, errno.ENOSPC):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


_SET_PDEATHSIG, _SET_NO_NEW_PRIVS = 1, 38  # linux/prctl.h

if __name__ == "__main__":
    main()
