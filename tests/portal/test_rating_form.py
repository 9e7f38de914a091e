"""What the form of a rating sends on."""

import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from tests.portal.beside_one_service import served, visiting


async def test_an_answer_that_is_neither_yes_nor_no_is_not_counted_as_no() -> None:
    service, sent = FastAPI(), list[Any]()

    @service.post("/reports/{number}/rating")
    async def rate(request: Request) -> JSONResponse:
        sent.append((await request.json())["solved"])
        return JSONResponse({"code": "validation_failed", "errors": []}, 422)

    async with served(service) as address, visiting(address) as browser:
        page = (await browser.get("/lacak")).text
        hidden = dict(
            re.findall(r'type="hidden" name="(csrf|halaman|kunci)" value="([^"]*)"', page)
        )
        for solved in ("yes", "no", "entah"):
            form = {**hidden, "rating": "4", "solved": solved}
            await browser.post("/laporan/10000001/rate", data=form)
    assert sent == [True, False, "entah"]
