"""The demo's tree of agencies: pusat, ministries, provinces with regencies, BUMN, missions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

AgencyKind = Literal["central", "ministry", "province", "regency", "bumn", "mission", "unit"]
Zone = Literal["WIB", "WITA", "WIT"]


@dataclass(frozen=True, slots=True)
class DemoAgency:
    """One agency. `region` is the Kemendagri code of what it governs, inherited by its units.

    An agency that is not `connected` has no staff yet.
    """

    code: str
    name: str
    kind: AgencyKind
    parent: str | None
    zone: Zone
    region: str | None
    connected: bool = True


ROOT = "pusat"

_NATIONAL: dict[tuple[str, str, AgencyKind], dict[str, str]] = {
    ("kemendagri", "Kementerian Dalam Negeri", "ministry"): {
        "dukcapil": "Ditjen Kependudukan dan Pencatatan Sipil",
        "bina-pemdes": "Ditjen Bina Pemerintahan Desa",
        "keuda": "Ditjen Bina Keuangan Daerah",
    },
    ("kemensos", "Kementerian Sosial", "ministry"): {
        "linjamsos": "Ditjen Perlindungan dan Jaminan Sosial",
        "pusdatin": "Pusat Data dan Informasi Kesejahteraan Sosial",
    },
    ("kemenkes", "Kementerian Kesehatan", "ministry"): {
        "yankes": "Ditjen Kesehatan Lanjutan",
        "p2": "Ditjen Penanggulangan Penyakit",
    },
    ("kemendikdasmen", "Kementerian Pendidikan Dasar dan Menengah", "ministry"): {
        "paud": "Ditjen PAUD, Pendidikan Dasar, dan Pendidikan Menengah",
        "puslapdik": "Pusat Layanan Pembiayaan Pendidikan",
    },
    ("kemenpu", "Kementerian Pekerjaan Umum", "ministry"): {
        "binamarga": "Ditjen Bina Marga",
        "sda": "Ditjen Sumber Daya Air",
    },
    ("kemenhub", "Kementerian Perhubungan", "ministry"): {
        "hubdat": "Ditjen Perhubungan Darat",
        "ka": "Ditjen Perkeretaapian",
    },
    ("kemnaker", "Kementerian Ketenagakerjaan", "ministry"): {
        "wasnaker": "Ditjen Pembinaan Pengawasan Ketenagakerjaan dan K3",
        "phi": "Ditjen Pembinaan Hubungan Industrial dan Jaminan Sosial Tenaga Kerja",
    },
    ("komdigi", "Kementerian Komunikasi dan Digital", "ministry"): {
        "wasdigi": "Ditjen Pengawasan Ruang Digital",
    },
    ("kemendag", "Kementerian Perdagangan", "ministry"): {
        "pktn": "Ditjen Perlindungan Konsumen dan Tertib Niaga",
    },
    ("kemenag", "Kementerian Agama", "ministry"): {
        "bimas-islam": "Ditjen Bimbingan Masyarakat Islam",
    },
    ("kementan", "Kementerian Pertanian", "ministry"): {
        "psp": "Ditjen Prasarana dan Sarana Pertanian",
    },
    ("bgn", "Badan Gizi Nasional", "ministry"): {},
    ("pln", "PT PLN (Persero)", "bumn"): {
        "jabar": "Unit Induk Distribusi Jawa Barat",
        "sulsel": "Unit Induk Distribusi Sulselrabar",
    },
    ("pertamina", "PT Pertamina (Persero)", "bumn"): {
        "patra-niaga": "PT Pertamina Patra Niaga",
    },
    ("kai", "PT Kereta Api Indonesia (Persero)", "bumn"): {
        "daop2": "Daerah Operasi 2 Bandung",
        "daop4": "Daerah Operasi 4 Semarang",
    },
    ("telkom", "PT Telkom Indonesia (Persero) Tbk", "bumn"): {
        "regional2": "Telkom Regional II Jawa Barat",
    },
    ("kbri-kualalumpur", "KBRI Kuala Lumpur", "mission"): {},
    ("kbri-denhaag", "KBRI Den Haag", "mission"): {},
    ("kjri-jeddah", "KJRI Jeddah", "mission"): {},
}

_PROVINCES: dict[tuple[str, str, str, Zone], str] = {
    ("dki", "Pemerintah Provinsi DKI Jakarta", "31", "WIB"): "dinkes disdik dinsos dishub dlh",
    ("jabar", "Pemerintah Provinsi Jawa Barat", "32", "WIB"): "disdik binamarga disnaker bapenda",
    ("jateng", "Pemerintah Provinsi Jawa Tengah", "33", "WIB"): "disdik binamarga",
    ("jatim", "Pemerintah Provinsi Jawa Timur", "35", "WIB"): "disdik disnaker",
    ("bali", "Pemerintah Provinsi Bali", "51", "WITA"): "dishub dlh",
    ("sulsel", "Pemerintah Provinsi Sulawesi Selatan", "73", "WITA"): "disdik binamarga",
    ("papua", "Pemerintah Provinsi Papua", "91", "WIT"): "dinkes disdik",
}

_REGENCIES: dict[tuple[str, str, str], str] = {
    ("dki", "kota-jaksel", "Kota Administrasi Jakarta Selatan"): "disdukcapil satpolpp pupr",
    ("dki", "kota-jaktim", "Kota Administrasi Jakarta Timur"): "disdukcapil satpolpp",
    ("jabar", "kab-bandung", "Pemerintah Kabupaten Bandung"): (
        "pupr dishub disdukcapil dlh satpolpp dinsos dinkes disdik disperkim diskominfo dpmd "
        "disnaker distan disdagin bapenda perumda"
    ),
    ("jabar", "kota-bandung", "Pemerintah Kota Bandung"): (
        "pupr dishub disdukcapil dlh satpolpp dinsos dinkes disdik perumda"
    ),
    ("jabar", "kota-bekasi", "Pemerintah Kota Bekasi"): "pupr disdukcapil dlh dishub satpolpp",
    ("jabar", "kab-bogor", "Pemerintah Kabupaten Bogor"): "pupr dpmd dinsos",
    ("jateng", "kota-semarang", "Pemerintah Kota Semarang"): "pupr dlh dinkes disdukcapil",
    ("jateng", "kota-surakarta", "Pemerintah Kota Surakarta"): "dishub dinsos",
    ("jateng", "kab-banyumas", "Pemerintah Kabupaten Banyumas"): "pupr dpmd",
    ("jatim", "kota-surabaya", "Pemerintah Kota Surabaya"): "pupr dlh satpolpp",
    ("jatim", "kab-malang", "Pemerintah Kabupaten Malang"): "pupr distan",
    ("bali", "kota-denpasar", "Pemerintah Kota Denpasar"): "pupr dlh",
    ("bali", "kab-badung", "Pemerintah Kabupaten Badung"): "satpolpp",
    ("sulsel", "kota-makassar", "Pemerintah Kota Makassar"): "pupr disdukcapil dinsos",
    ("sulsel", "kab-gowa", "Pemerintah Kabupaten Gowa"): "dinkes",
    ("papua", "kota-jayapura", "Pemerintah Kota Jayapura"): "disdukcapil dishub",
    ("papua", "kab-jayapura", "Pemerintah Kabupaten Jayapura"): "pupr",
}

_REGIONS = {
    "kota-jaksel": "31.74",
    "kota-jaktim": "31.75",
    "kab-bandung": "32.04",
    "kota-bandung": "32.73",
    "kota-bekasi": "32.75",
    "kab-bogor": "32.01",
    "kota-semarang": "33.74",
    "kota-surakarta": "33.72",
    "kab-banyumas": "33.02",
    "kota-surabaya": "35.78",
    "kab-malang": "35.07",
    "kota-denpasar": "51.71",
    "kab-badung": "51.03",
    "kota-makassar": "73.71",
    "kab-gowa": "73.06",
    "kota-jayapura": "91.71",
    "kab-jayapura": "91.03",
}

OFFICES = {
    "pupr": "Dinas Pekerjaan Umum dan Tata Ruang",
    "binamarga": "Dinas Bina Marga dan Penataan Ruang",
    "dishub": "Dinas Perhubungan",
    "disdukcapil": "Dinas Kependudukan dan Pencatatan Sipil",
    "dlh": "Dinas Lingkungan Hidup",
    "satpolpp": "Satuan Polisi Pamong Praja",
    "dinsos": "Dinas Sosial",
    "dinkes": "Dinas Kesehatan",
    "disdik": "Dinas Pendidikan",
    "disperkim": "Dinas Perumahan Rakyat dan Kawasan Permukiman",
    "diskominfo": "Dinas Komunikasi, Informatika, dan Statistik",
    "dpmd": "Dinas Pemberdayaan Masyarakat dan Desa",
    "disnaker": "Dinas Ketenagakerjaan",
    "distan": "Dinas Pertanian",
    "disdagin": "Dinas Perdagangan dan Perindustrian",
    "bapenda": "Badan Pendapatan Daerah",
    "perumda": "Perumda Air Minum",
}

_BELOW_OFFICES = {
    "dinkes-kab-bandung": {
        "puskesmas-soreang": "UPTD Puskesmas Soreang",
        "rsud-otista": "RSUD Oto Iskandar Di Nata",
    },
    "dinkes-kota-bandung": {"puskesmas-garuda": "UPTD Puskesmas Garuda"},
    "pupr-kab-bandung": {"uptd-jalan-soreang": "UPTD Pemeliharaan Jalan Wilayah Soreang"},
    "disdik-kota-bandung": {"smpn-2-bandung": "SMP Negeri 2 Bandung"},
    "dishub-dki": {"up-transjakarta": "Unit Pengelola Angkutan Jalan"},
}

_NOT_CONNECTED: tuple[DemoAgency, ...] = (
    DemoAgency("kbri-bern", "KBRI Bern", "mission", ROOT, "WIB", None, connected=False),
    DemoAgency("perumnas", "Perum Perumnas", "bumn", ROOT, "WIB", None, connected=False),
    DemoAgency(
        "kab-pangandaran",
        "Pemerintah Kabupaten Pangandaran",
        "regency",
        "jabar",
        "WIB",
        "32.18",
        connected=False,
    ),
    DemoAgency(
        "kab-sarmi", "Pemerintah Kabupaten Sarmi", "regency", "papua", "WIT", "91.10", False
    ),
)


def _tree() -> Iterator[DemoAgency]:
    """Parents before children."""
    yield DemoAgency(ROOT, "Admin Pusat / Kementerian PANRB", "central", None, "WIB", None)
    for (code, name, kind), units in _NATIONAL.items():
        yield DemoAgency(code, name, kind, ROOT, "WIB", None)
        for unit, unit_name in units.items():
            zone: Zone = "WITA" if unit == "sulsel" else "WIB"
            yield DemoAgency(f"{code}-{unit}", unit_name, "unit", code, zone, None)
    zones: dict[str, Zone] = {}
    for (code, name, region, zone), offices in _PROVINCES.items():
        zones[code] = zone
        yield DemoAgency(code, name, "province", ROOT, zone, region)
        yield from _offices(code, name, region, zone, offices)
    for (province, code, name), offices in _REGENCIES.items():
        region, zone = _REGIONS[code], zones[province]
        yield DemoAgency(code, name, "regency", province, zone, region)
        yield from _offices(code, name, region, zone, offices)
    yield from _NOT_CONNECTED


def _offices(
    government: str, government_name: str, region: str, zone: Zone, offices: str
) -> Iterator[DemoAgency]:
    place = government_name.removeprefix("Pemerintah ")
    for office in offices.split():
        code = f"{office}-{government}"
        name = OFFICES[office]
        if "Administrasi" in place:
            name = name.replace("Dinas", "Suku Dinas")
        yield DemoAgency(code, f"{name} {place}", "unit", government, zone, region)
        for below, below_name in _BELOW_OFFICES.get(code, {}).items():
            yield DemoAgency(below, below_name, "unit", code, zone, region)


AGENCIES: tuple[DemoAgency, ...] = tuple(_tree())
BY_CODE: dict[str, DemoAgency] = {agency.code: agency for agency in AGENCIES}


def ancestry(code: str) -> list[DemoAgency]:
    """From pusat down to the agency itself. Raises KeyError for an unknown code."""
    agency = BY_CODE[code]
    return [agency] if agency.parent is None else [*ancestry(agency.parent), agency]
