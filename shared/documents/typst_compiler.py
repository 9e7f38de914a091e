"""Typst, set up alike for every document: the same letters everywhere."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import typst

_FONTS: Final = Path(str(files("manimgx_fonts")))
"""Noto for Latin, Arabic and many more scripts, emoji and symbols: a package of fonts alone."""
_FAMILIES: Final = "Noto Sans,Noto Sans Arabic"
"""Those asked first; for letters that they lack, whichever has them."""


def compiler(template: Path, root: Path, inputs: Mapping[str, str]) -> typst.Compiler:
    """Of a template that finds `inputs` in `sys.inputs`, with `fonts`, and reads files below `root`
    alone."""
    return typst.Compiler(
        template,
        root=root,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        sys_inputs={"fonts": _FAMILIES, **inputs},
    )


def pdf(document: typst.Compiler) -> bytes:
    """As PDF/UA-1; where a letter is in no font, and shown as a box, tagged without that claim,
    which the standard does not allow then."""
    try:
        made = document.compile(format="pdf", pdf_standards="ua-1")
    except typst.TypstError:
        made = document.compile(format="pdf")
    assert isinstance(made, bytes)
    return made
