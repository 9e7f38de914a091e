"""The lines that a report has beside its text: asked in the form, shown on its pages."""

from typing import NamedTuple

from shared.values.text import PLACE_LIMIT


class TextField(NamedTuple):
    """A line that may be left empty; `name` is the service's. It is asked where and when, and shown
    wherever a reading has it as a text."""

    name: str
    label: str
    hint: str
    limit: int


TEXTS = (TextField("place", "Tempat", "Nama jalan, nomor, RT/RW, patokan", PLACE_LIMIT),)
