"""Small pictures and papers to attach: a drawn photograph, a one-page PDF."""

import io
import random

from PIL import Image, ImageDraw

from deploy.demo.driver.api import File


def photograph(rng: random.Random, name: str) -> File:
    """A PNG of some shapes, a few kilobytes."""
    picture = Image.new("RGB", (320, 240), _colour(rng))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y = rng.randrange(280), rng.randrange(200)
        draw.ellipse((x, y, x + rng.randrange(20, 90), y + rng.randrange(20, 90)), _colour(rng))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return (f"{name}.png", content.getvalue(), "image/png")


def letter(rng: random.Random, name: str) -> File:
    """A PDF of one page that says a number."""
    words = f"BT /F1 18 Tf 72 760 Td (Berita acara nomor {rng.randrange(100, 999)}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(words)} >>\nstream\n{words}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    content, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    content += f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}"
    return (f"{name}.pdf", content.encode("ascii"), "application/pdf")


def _colour(rng: random.Random) -> tuple[int, int, int]:
    return (rng.randrange(256), rng.randrange(256), rng.randrange(256))
