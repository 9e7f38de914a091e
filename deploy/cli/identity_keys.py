"""`lapor identity-keys rotate`: encrypts data anew, so that an old key of `LAPOR_IDENTITY_KEYS` can
be dropped."""

import asyncio

import typer

from deploy.errors import StackError

app = typer.Typer(help="Keys that encrypt people's identities.", no_args_is_help=True)


@app.callback()
def identity_keys() -> None:
    """Keys that encrypt people's identities."""


@app.command("rotate")
def rotate() -> None:
    """Encrypt with the first of `LAPOR_IDENTITY_KEYS` what the others encrypted, while services
    run.

    Put a new key in front, restart all processes, run this as the database's owner, then drop the
    old key. It may be stopped and run again.
    """
    from deploy.credentials import stack_settings
    from deploy.identity_keys import rotate as encrypt_anew
    from shared.database.engine import Database
    from shared.privacy.identity import IdentityCipher

    async def act() -> bool:
        settings = stack_settings()
        database = Database(settings.database_url, pool_size=1)
        try:
            rotated = await encrypt_anew(database, IdentityCipher(settings.identity_keys))
        finally:
            await database.dispose()
        for each in rotated:
            if each.anew or each.unreadable:
                unreadable = f", {each.unreadable:,} opened by no key" if each.unreadable else ""
                print(f"{each.of}: {each.anew:,} encrypted anew{unreadable}")
        return any(each.unreadable for each in rotated)

    if asyncio.run(act()):
        raise StackError("Some rows are opened by none of these keys: drop none of them.")
    print("Nothing is left that needs another key than the first.")
