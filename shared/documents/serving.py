"""A document as the answer of an endpoint."""

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
    """The PDF, to be saved under this name and kept by no cache. The caller holds no connection to
    the database: it may wait for its turn, and others could not even read meanwhile. 409 where it
    would be too long for paper, 503 where too many wait."""
    try:
        content = await to_pdf(document, sandbox)
    except NotTypeset:
        raise conflict("document_too_long") from None
    headers = serving_headers(name, PDF) | {"Cache-Control": "private, no-store"}
    return Response(content, media_type=PDF, headers=headers)
