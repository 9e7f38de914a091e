"""What a refusal says about a file's type: which one it is, and what can be sent instead."""

from collections.abc import Mapping

from shared.attachments.recognition import EXTENSIONS
from shared.attachments.types_not_taken import FAMILIES, Family
from shared.http.language import Language


def type_refusal(type_name: str | None) -> Mapping[Language, str]:
    """The words about a type that is not taken, one of `FAMILIES` or None if not recognised."""
    if type_name is None:
        return _TAKEN
    instead = _INSTEAD[FAMILIES[type_name]]
    return {
        "id": f"berkas {type_name} tidak diterima. {instead['id']}",
        "en": f"{type_name} files are not taken. {instead['en']}",
    }


def _extensions(beginning: str) -> str:
    """The usual extensions of the types taken whose media type begins so."""
    return ", ".join(
        usual.upper()
        for media_type, (usual, *_) in EXTENSIONS.items()
        if media_type.startswith(beginning) and usual != "pdf"
    )


_PICTURES, _DOCUMENTS, _SOUNDS, _VIDEOS = map(
    _extensions, ("image/", "application/", "audio/", "video/")
)
_TAKEN: Mapping[Language, str] = {
    "id": f"hanya gambar ({_PICTURES}), PDF, dokumen kantor ({_DOCUMENTS}), audio ({_SOUNDS}),"
    f" atau video ({_VIDEOS}).",
    "en": f"only pictures ({_PICTURES}), PDF, office documents ({_DOCUMENTS}), audio ({_SOUNDS})"
    f" or video ({_VIDEOS}).",
}
_INSTEAD: dict[Family, Mapping[Language, str]] = {
    "picture": {"id": "Kirim sebagai JPG atau PNG.", "en": "Send a JPG or PNG instead."},
    "sound": {"id": "Kirim sebagai MP3 atau M4A.", "en": "Send an MP3 or M4A instead."},
    "video": {"id": "Kirim sebagai MP4.", "en": "Send an MP4 instead."},
    "document": {
        "id": "Simpan sebagai PDF, lalu kirim lagi.",
        "en": "Save it as PDF and send that.",
    },
    "archive": {
        "id": "Kirim berkas di dalamnya satu per satu.",
        "en": "Send the files in it one by one.",
    },
    "other": {
        "id": "Kirim foto atau PDF dari apa yang perlu dilihat petugas.",
        "en": "Send a photo or PDF of what staff should see.",
    },
}
