"""The answer of an endpoint that is a document."""

from typing import Any

from fastapi import Response

from shared.attachments.sandbox import Sandbox
from shared.attachments.serving import serving_headers
from shared.documents.a4 import A4
from shared.documents.typesetting import NotTypeset, to_pdf
from shared.http.problems import conflict

PDF = "application/pdf"
PDF_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {PDF: {}}, "description": "The document"}
}


async def pdf_answer(document: A4, sandbox: Sandbox, name: str) -> Response:
    """The PDF, to be saved under this name and not cached.

    The caller must not hold a database connection: the PDF may wait for its turn, and others could
    not even read meanwhile. 409 if it would be too long for paper, 503 if too many wait.
    """
    try:
        content = await to_pdf(document, sandbox)
    except NotTypeset:
        raise conflict("document_too_long") from None
    headers = serving_headers(name, PDF) | {"Cache-Control": "private, no-store"}
    return Response(content, media_type=PDF, headers=headers)
