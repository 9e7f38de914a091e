"""The demo's people have proven addresses, and keep what they did with them."""

from pathlib import Path

import psycopg

from deploy.credentials import Credentials
from deploy.demo.addresses import give_addresses
from deploy.demo.seed import load
from deploy.local.postgres import OWNER
from tests.conftest import UrlOf, make_settings


async def test_people_shown_at_the_start_are_told_by_mail_until_they_choose_otherwise(
    module_database: UrlOf, credentials: Credentials, tmp_path: Path
) -> None:
    url = module_database(OWNER)
    settings = make_settings(credentials, data_dir=tmp_path, database_url=url)
    keys = settings.identity_keys, settings.blind_index_key
    shown = await load(url, "tidak rahasia sama sekali")
    assert await give_addresses(url, *keys) == len(shown)
    assert await give_addresses(url, *keys) == 0
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        [proven] = connection.execute(
            "SELECT count(*) FROM notification.contact WHERE proven_at IS NOT NULL"
        ).fetchone() or (0,)
        assert proven == len(shown)
        connection.execute("DELETE FROM routing.staff_contact")  # as an admin would
        assert await give_addresses(url, *keys) == 0
