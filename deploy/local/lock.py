"""One stack per data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.errors import StackError


@contextmanager
def only_stack(data_dir: Path) -> Iterator[None]:
    """Holds the data folder. Raises StackError when another stack does; kill -9 frees it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StackError(
                f"A stack already runs on {data_dir} (process {file.read().strip()}). Stop it, or "
                "set LAPOR_DATA_DIR and the ports (LAPOR_…_PORT) for a second one beside it."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
