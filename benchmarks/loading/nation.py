"""Some 20,000 agencies by their real names: provinces, regencies and cities with their offices, and
a ministry with an office and units in each; an admin and an officer at every one."""

from collections.abc import Iterator
from typing import NamedTuple

import psycopg

from shared.values import regions

OFFICES = (
    "Dinas Pekerjaan Umum dan Penataan Ruang",
    "Dinas Kependudukan dan Pencatatan Sipil",
    "Dinas Kesehatan",
    "Dinas Pendidikan",
    "Dinas Sosial",
    "Dinas Perhubungan",
    "Dinas Lingkungan Hidup",
    "Dinas Perumahan dan Kawasan Permukiman",
    "Dinas Tenaga Kerja",
    "Dinas Pemberdayaan Masyarakat dan Desa",
    "Dinas Koperasi dan Usaha Kecil Menengah",
    "Dinas Perdagangan",
    "Dinas Perindustrian",
    "Dinas Pertanian",
    "Dinas Ketahanan Pangan",
    "Dinas Kelautan dan Perikanan",
    "Dinas Pariwisata",
    "Dinas Kebudayaan",
    "Dinas Kepemudaan dan Olahraga",
    "Dinas Perpustakaan dan Kearsipan",
    "Dinas Komunikasi dan Informatika",
    "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
    "Dinas Pemadam Kebakaran",
    "Satuan Polisi Pamong Praja",
    "Badan Perencanaan Pembangunan Daerah",
    "Badan Pendapatan Daerah",
    "Badan Pengelolaan Keuangan dan Aset Daerah",
    "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    "Badan Penanggulangan Bencana Daerah",
    "Inspektorat Daerah",
)
SECTIONS = (
    "Seksi Survei dan Pemetaan",
    "Seksi Penetapan Hak dan Pendaftaran",
    "Seksi Penataan dan Pemberdayaan",
    "Seksi Pengadaan Tanah dan Pengembangan",
    "Seksi Pengendalian dan Penanganan Sengketa",
)
IN_PROVINCES = 20
"""Of the offices, those that a province has."""
MINISTRY, CITY = "desk-agraria", "desk-32-73"
CROWDED, SMALL = f"{CITY}-01", f"{CITY}-02"
"""The ministry; two offices of a city."""


class _Planted(NamedTuple):
    code: str
    name: str
    kind: str
    parent: str


async def plant_nation(connection: psycopg.AsyncConnection, *, provinces: int = 38) -> None:
    """Below the demo's pusat; those of so many provinces, West Java first. Nothing that is there
    changes. The connection may skip triggers: what they keep is made at the end."""
    async with connection.transaction():
        await connection.execute(_PLANTED)
        async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for place, agency in enumerate(_agencies(provinces)):
                await copy.write_row((place, *agency))
        for statement in (_AGENCIES, *[_PATHS] * _DEPTH, _STAFF, *_TOLD):
            await connection.execute(statement)
    for table in ("agency", "staff", "agency_words", "directory_word"):
        await connection.execute(f"VACUUM ANALYZE routing.{table}".encode())


def _agencies(provinces: int) -> Iterator[_Planted]:
    """Each after the one above it."""
    yield _Planted(MINISTRY, "Kementerian Agraria dan Tata Ruang", "ministry", "pusat")
    known = sorted(regions.children(), key=lambda province: province.code != "32")
    for province in known[:provinces]:
        own, branch = _code("desk", province.code), _code(MINISTRY, province.code)
        yield _Planted(own, f"Pemerintah Provinsi {province.name}", "province", "pusat")
        yield from _units(own, OFFICES[:IN_PROVINCES], f"Provinsi {province.name}")
        name = f"Kantor Wilayah Badan Pertanahan Nasional Provinsi {province.name}"
        yield _Planted(branch, name, "unit", MINISTRY)
        for regency in regions.children(province.code):
            code, land = _code("desk", regency.code), _code(MINISTRY, regency.code)
            yield _Planted(code, f"Pemerintah {regency.name}", "regency", own)
            yield from _units(code, OFFICES, regency.name)
            yield _Planted(land, f"Kantor Pertanahan {regency.name}", "unit", branch)
            yield from _units(land, SECTIONS, regency.name)


def _units(above: str, names: tuple[str, ...], place: str) -> Iterator[_Planted]:
    for position, name in enumerate(names, start=1):
        yield _Planted(f"{above}-{position:02}", f"{name} {place}", "unit", above)


def _code(stem: str, region: str) -> str:
    return f"{stem}-{region.replace('.', '-')}"


_DEPTH = 4
"""Levels below pusat."""
_PLANTED = """
CREATE TEMP TABLE planted (place integer, code text, name text, kind text, parent text)
ON COMMIT DROP
"""
_COPY = "COPY planted (place, code, name, kind, parent) FROM STDIN"
_AGENCIES = """
INSERT INTO routing.agency (code, name, kind, path, zone, active)
SELECT code, name, kind, '{}', 'WIB', true FROM planted ORDER BY place
ON CONFLICT (code) DO NOTHING
"""
# One level at a time: each agency whose path is not there yet, below one whose path is.
_PATHS = """
UPDATE routing.agency a SET parent_id = above.id, path = above.path || a.id::bigint
FROM planted p JOIN routing.agency above ON above.code = p.parent
WHERE a.code = p.code AND a.path = '{}' AND above.path <> '{}'
"""
_STAFF = """
INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active, token_version)
SELECT prefix || a.code, called || a.name, CASE WHEN role = 'agency_admin' AND a.kind <> 'unit'
    THEN 'coordinating_admin' ELSE role END, a.id, '!', true, 1
FROM routing.agency a JOIN planted USING (code), (VALUES
    ('a.', 'Admin ', 'agency_admin'),
    ('o.', 'Petugas ', 'liaison_officer')) r (prefix, called, role)
ON CONFLICT (username) DO NOTHING
"""
_TOLD = (
    "SELECT routing.index_agencies(ARRAY(SELECT id::bigint FROM routing.agency))",
    "SELECT routing.note_people(ARRAY(SELECT id::bigint FROM routing.agency))",
)
