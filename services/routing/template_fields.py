"""What a template of an answer leaves to be filled in, in braces: ``{nomor}``."""

import re
from typing import Final

FIELDS: Final = ("nomor", "judul", "kategori", "instansi", "petugas", "tanggal", "tenggat")

FIELD = re.compile(r"\{([^{}]*)\}?|\}")
"""A field; also an unmatched brace, which is refused as an unknown field."""
