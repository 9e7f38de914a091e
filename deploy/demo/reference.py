"""The demo's reference data: categories in two levels with tags, and priority programmes."""

from dataclasses import dataclass

from deploy.demo.data import read_csv


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A row of `categories.csv`. Those without a parent only group; tags belong to leaves."""

    code: str
    name: str
    parent: str | None
    tags: tuple[str, ...]


CATEGORIES = tuple(
    DemoCategory(
        code=str(row["code"]),
        name=str(row["name"]),
        parent=row["parent"],
        tags=tuple(row["tags"].split(";")) if row["tags"] else (),
    )
    for row in read_csv("categories.csv")
)
"""Parents before their leaves."""
LEAVES = {category.code: category for category in CATEGORIES if category.parent}

PROGRAMMES = (
    "Makan Bergizi Gratis",
    "Cek Kesehatan Gratis",
    "Sekolah Rakyat",
    "Koperasi Desa/Kelurahan Merah Putih",
    "Program 3 Juta Rumah",
    "Swasembada Pangan",
    "Pemberantasan Judi Daring",
)
"""Programmes of national priority (*Program Prioritas*)."""
