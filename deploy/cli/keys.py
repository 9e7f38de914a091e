"""`lapor keys`: the keys that sign access tokens."""

from enum import StrEnum
from typing import Annotated

import typer

from deploy.errors import StackError

app = typer.Typer(help="Keys that sign access tokens.", no_args_is_help=True)


class KeyOwner(StrEnum):
    """Whose tokens a key signs: routing's key signs those of staff, intake's those of reporters."""

    STAFF = "staff"
    REPORTER = "reporter"


@app.command("make")
def make(
    owner: Annotated[KeyOwner, typer.Argument(help="The people whose tokens the key will sign")],
) -> None:
    """Make a pair of keys and print it as environment variables. Nothing is stored."""
    from shared.http.signing_keys import key_id_of, new_signing_key, public_key_of

    signing = new_signing_key()
    public = public_key_of(signing)
    typer.echo(f"Key {key_id_of(public)}. Secret, for {_SIGNERS[owner]} alone:", err=True)
    print(f"LAPOR_{owner.upper()}_SIGNING_KEY={signing}")
    typer.echo("For all services; put the former one behind it while it changes:", err=True)
    print(f"LAPOR_{owner.upper()}_PUBLIC_KEYS={public}")


@app.command("rotate")
def rotate(
    owner: Annotated[KeyOwner, typer.Argument(help="The people whose tokens the key signs")],
) -> None:
    """Give the stack on this machine a new key, which signs from the next start on. The former one
    still verifies until the next change."""
    from deploy.credentials import rotate as rotate_in
    from shared.settings import Addresses

    data_dir = Addresses().data_dir
    if not (data_dir / "secrets.env").exists():
        raise StackError(
            f"No stack in {data_dir}: set LAPOR_DATA_DIR. For a production system see"
            ' `lapor keys make`, and "Keys of access tokens" in docs/operating/production.md.'
        )
    rotate_in(data_dir, owner.value)
    print("A new key signs from the next start on.")
    show()


@app.command("show")
def show() -> None:
    """Show the keys of this environment, or of the stack on this machine, by their `kid`."""
    from deploy.credentials import stack_settings
    from shared.http.signing_keys import KeyRefused, key_id_of, public_key_of

    settings = stack_settings()
    for owner in KeyOwner:
        signing = str(getattr(settings, f"{owner}_signing_key"))
        public = str(getattr(settings, f"{owner}_public_keys"))
        try:
            signs = key_id_of(public_key_of(signing)) if signing else None
            verifying = [key_id_of(key) for key in public.split(",") if key.strip()]
        except KeyRefused as refused:
            raise StackError(f"LAPOR_{owner.upper()}_…: {refused}") from None
        for key_id in verifying:
            print(f"{owner:<9} {key_id}  {'signs' if key_id == signs else 'verifies'}")
        if signs and signs not in verifying:
            raise StackError(f"{signs} signs for {owner}, and is not among the public keys.")


_SIGNERS = {KeyOwner.STAFF: "routing", KeyOwner.REPORTER: "intake"}
