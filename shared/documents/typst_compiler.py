"""Sets up Typst in the same way for every document, with the same fonts everywhere."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import typst

_FONTS: Final = Path(str(files("manimgx_fonts")))
"""Noto for Latin, Arabic and many more scripts, emoji and symbols, from a package with only
fonts."""
_FAMILIES: Final = "Noto Sans,Noto Sans Arabic"
"""The preferred fonts; letters that they lack are taken from any font that has them."""


def compiler(template: Path, root: Path, inputs: Mapping[str, str]) -> typst.Compiler:
    """The compiler of a template with `fonts`.

    The template finds `inputs` in `sys.inputs`, and can read only files below `root`.
    """
    return typst.Compiler(
        template,
        root=root,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        sys_inputs={"fonts": _FAMILIES, **inputs},
    )


def pdf(document: typst.Compiler) -> bytes:
    """The document as PDF/UA-1.

    If no font has a letter, a box is shown and the PDF is tagged without that claim, which the
    standard then forbids.
    """
    try:
        made = document.compile(format="pdf", pdf_standards="ua-1")
    except typst.TypstError:
        made = document.compile(format="pdf")
    assert isinstance(made, bytes)
    return made
