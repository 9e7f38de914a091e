"""Accepts reports of partner systems from NATS, many in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from nats.aio.msg import Msg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accepting.acceptance import Acceptance
from services.intake.accepting.new_report import Accepted, DifferentContent, NewReport
from services.intake.partners.report import PartnerReport, new_report
from shared.bus.consumer import MessageOutcome
from shared.bus.errors import BadMessage, TryLater
from shared.database.engine import Database
from shared.http.problems import FieldError, Problem
from shared.partners.message_reading import Read, read
from shared.partners.problems import Unacceptable, problems_of
from shared.partners.receipts import Receipt, Sent, queue_receipts
from shared.resilience.away import DATABASE_AWAY
from shared.values import regions

FORMS = {"report": PartnerReport}


class PartnerReports:
    """Accepts reports from `lapor.v1.ingest.<system>.report`, and writes a receipt for each in the
    same transaction. `reports_url` is the address, without the number, at which a partner reads a
    report."""

    def __init__(self, database: Database, acceptance: Acceptance, reports_url: str) -> None:
        self._database = database
        self._acceptance = acceptance
        self._reports_url = reports_url

    async def accept(self, messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        """Accept the messages; returns an outcome for each. Used as the batch handler of a
        `Consumer`.

        If the database refuses one of them, they are accepted one by one.
        """
        outcomes: list[MessageOutcome] = [None] * len(messages)
        readable: dict[int, Read[PartnerReport]] = {}
        for index, message in enumerate(messages):
            try:
                readable[index] = read(message, FORMS)
            except BadMessage as bad:
                outcomes[index] = bad
        try:
            decided = await self._together(readable)
        except _PASSING as error:
            decided = {index: _later(error) for index in readable}
        except (psycopg.Error, SQLAlchemyError):
            decided = {
                index: await self._accept_one(index, sent) for index, sent in readable.items()
            }
        for index, outcome in decided.items():
            outcomes[index] = outcome
        return outcomes

    async def _accept_one(self, index: int, message: Read[PartnerReport]) -> MessageOutcome:
        try:
            return (await self._together({index: message}))[index]
        except _PASSING as error:
            return _later(error)
        except (psycopg.Error, SQLAlchemyError) as error:
            return error

    async def _together(
        self, readable: Mapping[int, Read[PartnerReport]]
    ) -> dict[int, MessageOutcome]:
        if not readable:
            return {}
        outcomes: dict[int, MessageOutcome] = {}
        async with self._database.session() as session:
            directory = await _directory(session, readable.values())
            reports: list[tuple[Sent, NewReport]] = []
            # All transactions use the keys in the same order, so that they do not deadlock.
            for index, message in sorted(readable.items(), key=_key):
                try:
                    report = directory.report(message)
                except BadMessage as bad:
                    outcomes[index] = bad
                else:
                    outcomes[index] = None
                    reports.append((message.sent, report))
            answers = await self._acceptance.accept_many(session, [r for _, r in reports])
            await queue_receipts(
                session,
                (
                    (sent, self._receipt(sent, answer))
                    for (sent, _), answer in zip(reports, answers, strict=True)
                ),
            )
        return outcomes

    def _receipt(self, sent: Sent, answer: Accepted | DifferentContent) -> Receipt:
        url = f"{self._reports_url}/{answer.number}"
        if isinstance(answer, DifferentContent):
            return sent.receipt(
                accepted=False,
                number=answer.number,
                duplicate=True,
                differs=True,
                url=url,
                problems=problems_of(_REUSED),
            )
        return sent.receipt(
            accepted=True,
            number=answer.number,
            status=answer.status,
            duplicate=answer.replayed,
            url=url,
        )


@dataclass(frozen=True)
class _Directory:
    """The ids for the codes of one batch."""

    partners: frozenset[str]
    agencies: Mapping[str, int]
    categories: Mapping[str, int]

    def report(self, message: Read[PartnerReport]) -> NewReport:
        """The report in a message. Raises `BadMessage` for an inactive partner or an unknown
        code."""
        system, form = message.sent.system, message.data
        if system not in self.partners:
            raise BadMessage("partner_inactive", "this partner is not let in any more")
        if errors := tuple(self._unknown(form)):
            raise Unacceptable.by_fields(errors)
        references = (
            self.agencies[form.addressee] if form.addressee else None,
            self.categories[form.category] if form.category else None,
        )
        return new_report(system, form, references)

    def _unknown(self, form: PartnerReport) -> Iterator[FieldError]:
        if form.region_code and regions.find(form.region_code) is None:
            yield FieldError("region_code", "region_unknown")
        if form.addressee and form.addressee not in self.agencies:
            yield FieldError("addressee", "agency_unknown")
        if form.category and form.category not in self.categories:
            yield FieldError("category", "category_unknown")


async def _directory(session: AsyncSession, batch: Any) -> _Directory:
    codes = {
        "systems": list({message.sent.system for message in batch}),
        "agencies": list({message.data.addressee for message in batch if message.data.addressee}),
        "categories": list({message.data.category for message in batch if message.data.category}),
    }
    ids: dict[str, dict[str, int]] = {"partner": {}, "agency": {}, "category": {}}
    for what, code, id in await session.execute(_DIRECTORY, codes):
        ids[what][code] = id
    return _Directory(frozenset(ids["partner"]), ids["agency"], ids["category"])


def _key(item: tuple[int, Read[PartnerReport]]) -> tuple[str, str, int]:
    index, message = item
    return message.sent.system, message.data.external_id, index


def _later(error: Exception) -> TryLater:
    return TryLater(type(error).__name__)


# A `Problem` is the 503 of acceptance: no agency can verify yet.
_PASSING = (*DATABASE_AWAY, Problem)
_REUSED = BadMessage(
    "external_id_reused", "this external_id is another report's", "data.external_id"
)
_DIRECTORY = text("""
SELECT 'partner' AS what, system AS code, 0 AS id FROM intake.partner
WHERE active AND system = ANY(:systems)
UNION ALL
SELECT 'agency', code, id FROM routing.agency_directory WHERE active AND code = ANY(:agencies)
UNION ALL
SELECT 'category', code, id FROM routing.published_category
WHERE active AND code = ANY(:categories)
""")
