"""Small files to attach: a drawn photograph, a letter of one page."""

import io
import random
import time

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
    return f"{name}.png", content.getvalue(), "image/png"


def letter(rng: random.Random, name: str) -> File:
    """A PDF of one page with a number on it."""
    page = Image.new("1", (595, 842), 1)
    number = f"Berita acara nomor {rng.randrange(100, 999)}"
    ImageDraw.Draw(page).text((72, 72), number, fill=0, font_size=18)
    content, written_at = io.BytesIO(), time.gmtime(0)  # the same at each demo
    page.save(content, "PDF", creationDate=written_at, modDate=written_at)
    return f"{name}.pdf", content.getvalue(), "application/pdf"


def _colour(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)
