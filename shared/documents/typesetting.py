"""A document becomes a PDF, in a process of its own with limits."""

import shutil
from pathlib import Path

from shared.attachments.rejection import AttachmentRejected
from shared.attachments.sandbox import MB, Limits, Sandbox, workspace
from shared.documents.a4 import A4

_LIMITS = Limits(memory=400 * MB, seconds=20.0, output=32 * MB)


def paper_sandbox() -> Sandbox:
    """For documents that somebody waits for, one for a process: files that are taken in do not
    stand in line behind them. Few wait, and not for long; the others may ask again."""
    return Sandbox(at_once=1, memory=_LIMITS.memory, most_waiting=12, patience=30.0)


class NotTypeset(Exception):
    """A document took more memory, time or room than one may: it is made of too much."""


async def to_pdf(document: A4, sandbox: Sandbox) -> bytes:
    """The document as a tagged PDF, PDF/UA-1 if its fonts have all letters, with its fonts inside.

    Whatever words hold is shown: Arabic runs from right to left, words too long for a line are
    broken, and what no font has is a box. Raises `NotTypeset` and `SandboxBusy`.
    """
    with workspace() as folder:
        source, target = folder / "document.json", folder / "document.pdf"
        source.write_text(document.model_dump_json())
        try:
            await sandbox.run(f"{__name__}:typeset", source, target, limits=_LIMITS)
        except AttachmentRejected as error:
            raise NotTypeset(error.code) from error
        return target.read_bytes()


def typeset(source: Path, target: Path) -> None:
    """The sandbox's job. Typst is loaded here alone."""
    from shared.documents.typst_compiler import compiler, pdf

    document = A4.model_validate_json(source.read_bytes())
    logo = document.letterhead and document.letterhead.logo
    if logo:
        source.with_name("logo").write_bytes(logo)
    template = source.with_name("a4.typ")
    shutil.copy(Path(__file__).with_name("a4.typ"), template)
    inputs = {"logo": "logo" if logo else ""}
    target.write_bytes(pdf(compiler(template, source.parent, inputs)))
