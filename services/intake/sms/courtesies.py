"""Recognises text messages that contain only thanks or a greeting. Pure."""

import re
from typing import Final

from services.intake.sms.messages import GAP


def is_courtesy(text: str) -> bool:
    """Whether the text contains only thanks or only a greeting. Thanks may have a general reason
    (`terima kasih banyak pak sudah diperbaiki`). With any other word, a digit or a question it may
    be a complaint."""
    if GAP in text or "?" in text:
        return False
    words = re.findall(r"\w+", text.lower())
    plain = _THANKS.sub(" terimakasih ", " ".join(words)).split()
    if "terimakasih" in plain:
        return _OF_THANKS.issuperset(plain)
    return any(word in _GREETINGS for word in plain) and _OF_GREETINGS.issuperset(plain)


_THANKS: Final = re.compile(
    r"\b(?:te?rima ?kasih|trims|makasih|thanks?(?: you)?|thx|tq|matur nuwun|hatur nuhun)\b"
)
_GREETINGS: Final = frozenset(
    "halo hallo hai assalamualaikum assalamu assalammualaikum waalaikumsalam salam permisi"
    " pagi siang sore malam".split()
)
_ADDRESSED: Final = frozenset(
    "pak bapak bu ibu kak kakak mas mbak min admin tim petugas semua semuanya lapor".split()
)
_OF_GREETINGS: Final = (
    _GREETINGS
    | _ADDRESSED
    | frozenset("selamat alaikum wr wb warahmatullahi wabarakatuh dan".split())
)
_OF_THANKS: Final = _OF_GREETINGS | frozenset(
    "terimakasih ok oke baik siap ya yah iya banyak sekali sangat dan atas untuk juga"
    " bantuan bantuannya respon responnya respons responsnya tanggapan tanggapannya perhatian"
    " perhatiannya kerja sama samanya kerjasama kerjasamanya cepatnya kerjanya alhamdulillah"
    " sudah udah telah dibantu diperbaiki ditangani ditindaklanjuti diselesaikan selesai dijawab"
    " direspon direspons ditanggapi beres mantap bagus sukses selalu saya kami ini laporan"
    " laporannya".split()
)
