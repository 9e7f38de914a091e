"""What a reader of a PDF sees."""

import pypdfium2


def text_of(content: bytes) -> str:
    """The text of all pages, with the spaces that a line's end stands for."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]
    return " ".join(" ".join(pages).split())
