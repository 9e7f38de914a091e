"""A field of the public form that comes twice is not halved in silence."""

import re

import httpx

from tests.portal.conftest import Portal


def test_a_field_that_comes_twice_is_marked_and_nothing_is_sent(portal: Portal) -> None:
    with httpx.Client(base_url=portal.address) as browser:
        page = browser.get("/buat-laporan").text
        hidden = dict(
            re.findall(r'type="hidden" name="(csrf|halaman|kunci)" value="([^"]*)"', page)
        )
        sent = {
            **hidden,
            "langkah": "kirim",
            "classification": "complaint",
            "title": "Lampu padam",
            "body": ["Lampu jalan padam.", "Air juga mati."],
            "anonymous": "1",
        }
        answer = browser.post("/buat-laporan", data=sent)
    assert answer.status_code == 422, answer.text[:500]
    assert "Hanya boleh sekali." in answer.text
    assert "Tanda terima" not in answer.text
