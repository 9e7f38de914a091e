"""Makes a PDF of a document, in its own process with limits."""

import shutil
from pathlib import Path

from shared.attachments.rejection import AttachmentRejected
from shared.attachments.sandbox import MB, Limits, Sandbox, workspace
from shared.documents.a4 import A4

_LIMITS = Limits(memory=400 * MB, seconds=20.0, output=32 * MB)


def paper_sandbox() -> Sandbox:
    """The sandbox for documents that somebody waits for, one for a process.

    It is separate, so that they need not wait behind uploaded files. Few wait, and not for long;
    the others may ask again.
    """
    return Sandbox(at_once=1, memory=_LIMITS.memory, most_waiting=12, patience=30.0)


class NotTypeset(Exception):
    """A document has too much in it: it took more memory, time or room than allowed."""


async def to_pdf(document: A4, sandbox: Sandbox) -> bytes:
    """The document as a tagged PDF with its fonts, PDF/UA-1 if its fonts have all letters.

    All words are shown: Arabic runs from right to left, words too long for a line are broken, and a
    letter that no font has is a box. Raises `NotTypeset` and `SandboxBusy`.
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
    """The sandbox's job. Only this function loads Typst."""
    from shared.documents.typst_compiler import compiler, pdf

    document = A4.model_validate_json(source.read_bytes())
    logo = document.letterhead and document.letterhead.logo
    if logo:
        source.with_name("logo").write_bytes(logo)
    template = source.with_name("a4.typ")
    shutil.copy(Path(__file__).with_name("a4.typ"), template)
    inputs = {"logo": "logo" if logo else ""}
    target.write_bytes(pdf(compiler(template, source.parent, inputs)))
