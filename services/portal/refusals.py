"""A refusal in words: the service's, or ours."""

from fastapi import Request

from services.portal.service_calls import Refusal
from shared.http.messages import Words, register, words_for
from shared.http.problems import Problem

register(
    {
        "form_expired": {
            "id": Words(
                "Formulir sudah kedaluwarsa",
                "Halaman ini terlalu lama terbuka atau dibuka dari tempat lain. Kembali ke halaman"
                " sebelumnya, muat ulang, lalu kirim lagi.",
            ),
            "en": Words("Form expired", "This page was open too long. Load it again and resend."),
        },
        "form_expired_kept": {
            "id": Words(
                "Formulir sudah kedaluwarsa",
                "Halaman ini terlalu lama terbuka. Periksa isinya, lalu kirim sekali lagi.",
            ),
            "en": Words("Form expired", "This page was open too long. Look over it and resend."),
        },
        "not_sent": {
            "id": Words("Belum dikirim", "Tekan tombol pada formulir untuk mengirimnya."),
            "en": Words("Not sent yet", "Press the form's button to send it."),
        },
    }
)


def words_of(problem: Problem, request: Request | None = None) -> tuple[str, str]:
    """Title and detail in Indonesian: the service's, where it said something."""
    if isinstance(problem, Refusal) and problem.title:
        return problem.title, problem.detail
    request_id = getattr(request.state, "request_id", None) if request else None
    words = words_for(problem.code, "id", {"request_id": request_id, **problem.params})
    return words.title, words.detail
