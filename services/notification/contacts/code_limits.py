"""Limits on how many codes may be requested. Codes can be used to harass people by phone, and each
text message costs money.

There are four independent kinds of limit: on the person who asks (an address, a report), on the
contact (whoever asks for it), on a contact that this holder has proven before, and budgets of text
messages, in total and for each prefix of numbers. Proven contacts have budgets of their own, so
that requests by strangers do not use up theirs. People who are signed in or hold an access code,
and people who say that they lost it, have separate quotas and separate codes: otherwise somebody
who knows a report's number and its contact could use up, or guess, the codes of the person who is
signed in.

People who have lost a password are not signed in. Their requests are counted for each pair of
caller and contact, so that a stranger does not use up the requests that the owner makes from
elsewhere. The total for each contact is limited too, as each request brings a message.
"""

import logging
from datetime import timedelta
from typing import Final

from prometheus_client import Counter

from shared.http.limits import Limit, RateLimits
from shared.settings import Settings
from shared.telemetry import registry

CODE_LASTS: Final = timedelta(minutes=10)

BY_ADDRESS: Final = Limit("code_by_address", 30, 3600)
BY_REPORT: Final = Limit("code_by_report", 6, 3600)
BY_ACCOUNT: Final = Limit("code_by_account", 6, 3600)
TO_CONTACT: Final = Limit("code_to_contact", 5, 3600)
TO_PROVEN: Final = Limit("code_to_proven", 5, 3600)
RECOVERY_BY_PLACE: Final = Limit("recovery_by_place", 5, 3600)
RECOVERY_TO_CONTACT: Final = Limit("recovery_to_contact", 15, 3600)
GUESSES: Final = Limit("code_guess_by_address", 60, 3600)
OWN_GUESSES: Final = Limit("code_guess_by_report", 60, 3600)

PREFIX = 7
"""The first characters of a number in E.164, which name an operator's block: `+628123`."""


class CodeLimits:
    """The limits on codes in one system, with the budgets from its settings."""

    def __init__(self, limits: RateLimits, settings: Settings) -> None:
        self._limits = limits
        self._budgets = {
            proven: (
                Limit(f"sms_codes_prefix{suffix}", settings.sms_codes_per_prefix, 3600),
                Limit(f"sms_codes{suffix}", settings.sms_codes_per_hour, 3600),
            )
            for proven, suffix in ((False, ""), (True, "_proven"))
        }

    async def wait(self, contact: str, channel: str, holder: str, *, proven: bool) -> int | None:
        """The seconds until a code may go to this contact. None: it may go now, and is counted."""
        if proven:
            wait = await self._limits.wait(TO_PROVEN, f"{holder} {channel}")
        else:
            wait = await self._limits.wait(TO_CONTACT, contact)
        if wait is not None:
            return wait
        return await self.budget_wait(contact, channel, proven=proven)

    async def recovery_wait(self, contact: str, place: str) -> int | None:
        """As `wait`, for a request from this place to recover the password of an account. The
        answer does not depend on whether an account has this contact. No message is counted yet."""
        wait = await self._limits.wait(RECOVERY_BY_PLACE, f"{contact} {place}")
        if wait is not None:
            return wait
        return await self._limits.wait(RECOVERY_TO_CONTACT, contact)

    async def budget_wait(self, contact: str, channel: str, *, proven: bool) -> int | None:
        """As `wait`, but checks only the budgets of text messages."""
        if channel != "sms":
            return None
        for limit, subject in zip(self._budgets[proven], (contact[:PREFIX], "all"), strict=True):
            if (wait := await self._limits.wait(limit, subject)) is not None:
                _refused.labels(limit.name).inc()
                _log.warning("the budget of text messages with codes is used up: %s", limit.name)
                return wait
        return None


_log = logging.getLogger("lapor.notification")
_refused = Counter(
    "lapor_codes_refused",
    "Codes not sent because a budget of text messages was used up",
    ["budget"],
    registry=registry,
)
for _budget in ("sms_codes", "sms_codes_prefix", "sms_codes_proven", "sms_codes_prefix_proven"):
    _refused.labels(_budget)  # from the start, so that the first refusal is seen as a rise
