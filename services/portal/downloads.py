"""Files of the services, passed on as they come."""

from collections.abc import AsyncIterator

import httpx
from fastapi.responses import StreamingResponse

_KEPT = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-security-policy",
    "x-content-type-options",
)


def passed_on(answer: httpx.Response) -> StreamingResponse:
    """The same file under the same safe headers; never kept by caches."""

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.aiter_raw():
                yield chunk
        finally:
            await answer.aclose()

    headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    return StreamingResponse(chunks(), headers={**headers, "Cache-Control": "no-store"})
