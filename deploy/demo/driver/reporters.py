"""What reporters do about their reports: with number and access code over HTTP."""

from typing import Any, Protocol

from deploy.demo.driver.api import Api, File


class ReporterSide(Protocol):
    """However the report came in, its reporter can do these."""

    async def complete_information(self, words: str, files: list[File]) -> None: ...

    async def reply(self, words: str, files: list[File]) -> None: ...

    async def withdraw(self) -> None: ...

    async def declare_satisfied(self, rating: int, words: str) -> None: ...


class ByCode:
    """A reporter who kept the access code."""

    def __init__(self, intake: Api, followup: Api, number: int, code: str, address: str) -> None:
        self._intake = intake
        self._followup = followup
        self._number = number
        self._code = code
        self._address = address
        self._token: str | None = None

    async def complete_information(self, words: str, files: list[File]) -> None:
        await self._write("information", words, files)

    async def reply(self, words: str, files: list[File]) -> None:
        await self._write("replies", words, files)

    async def withdraw(self) -> None:
        await self._post("withdrawal", {"reason": "Sudah tidak diperlukan lagi, terima kasih."})

    async def declare_satisfied(self, rating: int, words: str) -> None:
        await self._post("satisfaction", {"rating": rating, "text": words})

    async def _write(self, what: str, words: str, files: list[File]) -> None:
        body = {"text": words}
        if not files:
            await self._post(what, body)
            return
        await self._followup.post_with_files(
            self._path(what),
            "message",
            body,
            files,
            token=await self._access(),
            address=self._address,
        )

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        await self._followup.post(
            self._path(what), body, token=await self._access(), address=self._address
        )

    def _path(self, what: str) -> str:
        return f"/reports/{self._number}/{what}"

    async def _access(self) -> str:
        if self._token is None:
            opened = await self._intake.post(
                f"/reports/{self._number}/access",
                {"access_code": self._code},
                address=self._address,
            )
            self._token = str(opened["access_token"])
        return self._token
