"""What other people of the same machine can read of the local stack."""

import os
import stat
from pathlib import Path

from deploy.credentials import load_or_create


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        folder = tmp_path / "data"
        folder.mkdir()  # by an earlier version, open to all
        load_or_create(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "secrets.env").stat().st_mode) == 0o600
    finally:
        os.umask(before)
