"""Makes PDFs from their pages: each page becomes a picture, and the pictures become a new PDF."""

import io
from pathlib import Path

import pikepdf
import pypdfium2

from shared.attachments.rejection import AttachmentRejected

MAX_PAGES = 40
DPI = 150
"""Small print stays readable at this resolution."""
MAX_PIXELS = 9_000_000
"""The most pixels of one page: A2 at 150 dpi. Larger sheets are made smaller."""

_POINTS = 72
"""Points to the inch, in PDF."""


def remake_pdf(source: Path, target: Path) -> str:
    """The pages as they are seen and printed, comments' marks and filled fields included; no text,
    links, layers, files, scripts, names or dates.

    Raises `AttachmentRejected`: `type_not_allowed` over 40 pages or locked with a password,
    `unreadable` where damaged.
    """
    try:
        opened = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise AttachmentRejected("type_not_allowed" if locked else "unreadable", "") from error
    with opened, pikepdf.new() as made:
        if not 1 <= len(opened) <= MAX_PAGES:
            raise AttachmentRejected(
                "type_not_allowed" if len(opened) else "unreadable", f"{len(opened)} pages"
            )
        opened.init_forms()
        for index in range(len(opened)):
            _add(made, opened, index)
        made.save(target, fix_metadata_version=False, deterministic_id=True)
    return "application/pdf"


def _add(made: pikepdf.Pdf, opened: pypdfium2.PdfDocument, index: int) -> None:
    page = opened[index]
    try:
        width, height = page.get_size()
        scale = DPI / _POINTS
        pixels = width * height * scale**2
        if pixels > MAX_PIXELS:
            scale *= (MAX_PIXELS / pixels) ** 0.5
        seen = page.render(scale=scale, fill_color=(255, 255, 255, 255)).to_pil().convert("RGB")
    finally:
        page.close()
    jpeg = io.BytesIO()
    seen.save(jpeg, format="JPEG", quality=80)
    picture = pikepdf.Stream(
        made,
        jpeg.getvalue(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=seen.width,
        Height=seen.height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    sheet = made.add_blank_page(page_size=(width, height))
    sheet.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Page=made.make_indirect(picture))
    )
    sheet.Contents = made.make_stream(f"{width:.2f} 0 0 {height:.2f} 0 0 cm /Page Do".encode())
