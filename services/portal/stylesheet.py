"""The stylesheet and the script: read once, named by their content, cached permanently."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files

from fastapi import APIRouter, Response

from shared.labels.colours import STATUS_COLOURS, TAB_COLOURS

router = APIRouter(include_in_schema=False)


def _colours() -> Iterator[str]:
    """Yield a rule with the hue of each tab and status for its mark, because the content policy
    forbids style attributes."""
    for kind, colours in (("tab", TAB_COLOURS), ("status", STATUS_COLOURS)):
        for code, colour in colours.items():
            yield f".{kind}-{code}{{--hue:{colour.background}}}"


_static = files("services.portal") / "static"


def _joined(*names: str) -> str:
    return "\n".join((_static / name).read_text(encoding="utf-8") for name in names)


_css = "\n".join(
    [_joined("tokens.css", "lapor.css", "desk.css", "finding.css", "print.css"), *_colours()]
)
_js = _joined(
    "lapor.js", "listbox.js", "combobox.js", "fitting.js", "picker.js", "panel.js", "live.js"
)
_mark = hashlib.sha256((_css + _js).encode()).hexdigest()[:12]
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_ICON = (_static / "lapor.svg").read_bytes()

STYLESHEET_PATH = f"/static/{_mark}/lapor"


@router.get("/static/{mark}/lapor.css")
async def style(mark: str) -> Response:
    return Response(_css, media_type="text/css", headers=_FOR_GOOD)


@router.get("/static/{mark}/lapor.js")
async def script(mark: str) -> Response:
    return Response(_js, media_type="text/javascript", headers=_FOR_GOOD)


@router.get("/favicon.ico")
async def icon() -> Response:
    return Response(_ICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})
