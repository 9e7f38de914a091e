"""What a start prepares in a process of its own."""

from pathlib import Path

import pytest

from deploy.errors import StackError
from deploy.local.ports import free_port
from deploy.local.preparation import preparation


async def test_a_database_that_cannot_be_migrated_is_said_with_the_end_of_the_log(
    tmp_path: Path,
) -> None:
    async with preparation(tmp_path) as preparing:
        assert "LaporStatus" in await preparing.search_attributes()
        with pytest.raises(StackError, match="Connection refused"):
            await preparing.migrate(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/lapor")
