"""The short texts that a report has beside its body: asked in the form, shown on its pages."""

from typing import NamedTuple

from shared.values.text import PLACE_LIMIT


class TextField(NamedTuple):
    """An optional text; `name` is the service's field. Forms ask for it beside the time and the
    region; pages show it if the service returns it."""

    name: str
    label: str
    hint: str
    limit: int


TEXTS = (TextField("place", "Tempat", "Nama jalan, nomor, RT/RW, patokan", PLACE_LIMIT),)
