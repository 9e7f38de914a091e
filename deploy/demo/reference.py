"""Reference data of the demo: categories in two levels with tags, priority programmes, archive."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.labels import labels


@dataclass(frozen=True, slots=True)
class DemoCategory:
    """A category; those without a parent only group. Tags belong to leaves."""

    code: str
    name: str
    parent: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoProgram:
    """A programme of national priority (*Program Prioritas*)."""

    code: str
    name: str


_TREE = """
infrastructure | Infrastruktur dan Pekerjaan Umum
- potholes | Jalan Berlubang | lubang, tambal sulam, kecelakaan
- roads | Infrastruktur Jalan | aspal, bahu jalan, jalan desa, jalan kabupaten
- roads_other | Lainnya terkait Infrastruktur Jalan | trotoar, rambu, galian
- bridges | Jembatan | retak, jembatan gantung
- drainage | Drainase (Gorong-Gorong/Parit) | mampet, genangan, gorong-gorong
- flood | Banjir | luapan sungai, tanggul, genangan
- irrigation | Irigasi | sawah, pintu air
- public_works_other | Lainnya terkait Pekerjaan Umum dan Penataan Ruang | tata ruang, proyek
- supporting_infrastructure_other | Lainnya terkait Infrastruktur Pendukung | fasilitas umum, halte
population | Kependudukan
- civil_registration | Administrasi Kependudukan dan Pencatatan Sipil | pindah, NIK, antrean
- id_card | KTP (Kartu Tanda Penduduk) | blanko, perekaman, IKD
- family_card | Kartu Keluarga | pecah KK, perubahan data
- birth_certificate | Akta Kelahiran | salah ketik, terlambat lapor
- child_id_card | Kartu Identitas Anak | KIA, sekolah
order | Ketenteraman, Ketertiban Umum, dan Pelindungan Masyarakat
- public_order | Ketertiban Umum | patroli, miras, balap liar
- order_other | Lainnya terkait Ketenteraman, Ketertiban Umum, dan Pelindungan Masyarakat | perda
- unrest | Keresahan Masyarakat | ancaman, premanisme
- street_vendors | Pedagang Kaki Lima | trotoar, pasar tumpah
- noise | Kebisingan | karaoke, pengeras suara
- illegal_buildings | Bangunan Liar | sempadan, bongkar
- distancing | Jaga Jarak Aman (Social Distancing) | kerumunan, pandemi
environment | Lingkungan Hidup dan Kehutanan
- pollution | Pencemaran Lingkungan | limbah, udara, sungai
- waste | Persampahan | TPS, pengangkutan, TPS liar
- trees | Pohon dan Taman | pohon tumbang, taman
- burning | Pembakaran Sampah | asap, plastik
- environment_other | Lainnya terkait Lingkungan Hidup dan Kehutanan | kandang, debu, hutan
transport | Perhubungan
- street_lighting | Penerangan Jalan | PJU, lampu padam, tiang
- traffic_lights | Lampu Lalu Lintas | simpang, rambu
- parking | Parkir Liar | juru parkir, karcis
- public_transport | Angkutan Umum | angkot, bus, tarif
- trains | Perkeretaapian | jadwal, perlintasan, stasiun
- transport_other | Lainnya terkait Perhubungan | tonase, kemacetan
social | Sosial dan Kesejahteraan
- social_aid | Bantuan Sosial | DTSEN, salah sasaran, pencairan
- bpnt | Bantuan Pangan Non Tunai (BPNT) | KKS, e-warong, saldo
- pkh | Program Keluarga Harapan (PKH) | pendamping, komponen
- disability | Penyandang Disabilitas | alat bantu, aksesibilitas
- welfare_other | Lainnya terkait Sosial dan Kesejahteraan | lansia, ODGJ, gelandangan
- social_aid_other | Lainnya terkait Bantuan Sosial | BLT, potongan
governance | Tata Kelola Pemerintahan
- lapor | SP4N-LAPOR! | akun, tindak lanjut, aplikasi
- illegal_levies | Pungutan Liar | pungli, calo
- budget | Anggaran dan Perbendaharaan | transparansi, APBD
- staff_conduct | Pelayanan Aparatur | loket, sikap petugas
village | Pembangunan Desa, Daerah Tertinggal, dan Transmigrasi
- village_office | Pelayanan Desa/Kelurahan | surat pengantar, jam layanan
- village_funds | Dana Desa | APBDes, musyawarah
- village_other | Lainnya terkait Pembangunan Desa, Daerah Tertinggal, dan Transmigrasi | BUMDes
digital | Komunikasi dan Informatika
- website_blocking | Blokir Website | judi online, penipuan, pinjol
- internet | Jaringan Internet | sinyal, serat optik
housing | Perumahan dan Pertanahan
- settlements | Permukiman | RTLH, fasum
- housing_consumer | Perlindungan Konsumen terkait Perumahan | pengembang, sertifikat
- land_certificate | Sertifikat Tanah | PTSL, balik nama
- building_permit | Persetujuan Bangunan Gedung | PBG, izin
health | Kesehatan
- health_service | Pelayanan Kesehatan | puskesmas, RSUD, antrean
- bpjs | Jaminan Kesehatan | BPJS, PBI, nonaktif
- vaccination | Imunisasi dan Vaksinasi | posyandu, jadwal
- health_other | Lainnya terkait Kesehatan | obat, stunting
education | Pendidikan dan Kebudayaan
- basic_education | Pendidikan Dasar dan Menengah | guru, ruang kelas
- admission | Penerimaan Murid Baru | SPMB, domisili
- school_fees | Biaya Sekolah | komite, pungutan, seragam
- scholarship | Program Indonesia Pintar | PIP, aktivasi rekening
- free_meals | Makan Bergizi Gratis | SPPG, menu, distribusi
- education_other | Lainnya terkait Pendidikan dan Kebudayaan | PAUD, cagar budaya
labour | Ketenagakerjaan
- workers_rights | Hak Pekerja | upah, ijazah ditahan, lembur
- holiday_allowance | Tunjangan Hari Raya | THR, posko
- job_training | Pelatihan dan Bursa Kerja | BLK, AK-1
- labour_other | Lainnya terkait Ketenagakerjaan | PHK, calo
faith | Keagamaan
- religion | Agama | rumah ibadah, kerukunan
- marriage_office | Kantor Urusan Agama | nikah, buku nikah
- hajj | Haji dan Umrah | porsi, biro perjalanan
utilities | Air dan Energi
- water_supply | Gangguan Layanan Penyaluran Air | pipa bocor, giliran
- water_quality | Kualitas Air | keruh, bau
- power_outage | Pemadaman Listrik | gardu, jadwal
- electricity_bill | Tagihan Listrik | meteran, token
- fuel | Bahan Bakar Minyak | SPBU, solar, pertalite
- lpg | Elpiji | pangkalan, langka
economy | Perdagangan, Pertanian, dan Pajak
- consumer_protection | Perlindungan Konsumen | timbangan, kedaluwarsa
- market | Pasar | kios, becek
- prices | Harga Bahan Pokok | beras, minyak goreng
- agriculture_other | Lainnya terkait Pertanian dan Peternakan | panen, alsintan
- fertiliser | Pupuk Bersubsidi | kuota, kelompok tani
- livestock | Peternakan | PMK, vaksin ternak
- local_tax | Pajak Bumi dan Bangunan | SPPT, keberatan
- vehicle_tax | Pajak Kendaraan | Samsat, mutasi
abroad | Warga Negara Indonesia di Luar Negeri
- citizens_abroad | Pelindungan WNI | pekerja migran, majikan
- passport_abroad | Paspor di Luar Negeri | perpanjangan, antrean
other | Lain-Lain
- other_topics | Topik Lainnya | umum
"""


def _categories() -> Iterator[DemoCategory]:
    parent = ""
    for line in _TREE.strip().splitlines():
        code, name, *tags = (part.strip() for part in line.removeprefix("- ").split("|"))
        if line.startswith("- "):
            yield DemoCategory(code, name, parent, tuple(tags[0].split(", ")))
        else:
            parent = code
            yield DemoCategory(code, name, None, ())


CATEGORIES: tuple[DemoCategory, ...] = tuple(_categories())
"""Parents before their leaves."""

PRIORITY_PROGRAMS = (
    DemoProgram("mbg", "Makan Bergizi Gratis"),
    DemoProgram("ckg", "Cek Kesehatan Gratis"),
    DemoProgram("sekolah_rakyat", "Sekolah Rakyat"),
    DemoProgram("kdmp", "Koperasi Desa/Kelurahan Merah Putih"),
    DemoProgram("3juta_rumah", "Program 3 Juta Rumah"),
    DemoProgram("swasembada_pangan", "Swasembada Pangan"),
    DemoProgram("judi_online", "Pemberantasan Judi Daring"),
)

ARCHIVE_REASONS: dict[str, str] = labels("archive_category")
"""The guide's eight, by code."""
