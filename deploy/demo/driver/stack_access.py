"""What everybody in a demo works with: the services, the staff, the ids, the partner."""

import itertools
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from deploy.demo.driver.api import Api
from deploy.demo.driver.directory import Directory, read_directory
from deploy.demo.driver.partner import DemoPartner, open_partner
from deploy.demo.driver.staffing import PUSAT, SignIns
from deploy.local.credentials import load_or_create, stack_settings
from deploy.local.errors import StackError
from shared.settings import Addresses

_X_EPOCH_MS = 1_288_834_974_657


@dataclass(frozen=True)
class StackAccess:
    """`run` is different in each demo: ids that must not come twice are made of it."""

    intake: Api
    routing: Api
    followup: Api
    sign_ins: SignIns
    directory: Directory
    partner: DemoPartner
    sms_secret: str
    password: str
    today: date
    run: str
    _posts: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def post_id(self) -> int:
        """As X numbers posts: by the time, so that no two are alike."""
        return ((int(time.time() * 1000) - _X_EPOCH_MS) << 22) + next(self._posts)


@asynccontextmanager
async def open_stack() -> AsyncIterator[StackAccess]:
    """Access to the stack that runs on this machine. Raises StackError when none does."""
    settings = stack_settings()
    data_dir = Addresses().data_dir
    if not (data_dir / "secrets.env").exists():
        raise StackError("The demo acts as the demo's staff: it needs a stack of `lapor up`.")
    password = load_or_create(data_dir).demo
    intake, routing, followup = services = [
        Api(url) for url in (settings.intake_url, settings.routing_url, settings.followup_url)
    ]
    try:
        sign_ins = SignIns(routing, password)
        directory = await _directory(routing, sign_ins)
        async with open_partner(settings) as partner:
            yield StackAccess(
                intake=intake,
                routing=routing,
                followup=followup,
                sign_ins=sign_ins,
                directory=directory,
                partner=partner,
                sms_secret=settings.sms_secret,
                password=password,
                today=datetime.now(UTC).date(),
                run=secrets.token_hex(4),
            )
    finally:
        for service in services:
            await service.close()


async def _directory(routing: Api, sign_ins: SignIns) -> Directory:
    if not await routing.reachable():
        raise StackError(f"Nothing answers at {routing.base_url}: start a stack with `lapor up`.")
    return await read_directory(routing, await sign_ins.token(PUSAT))


def address_of(index: int) -> str:
    """Where a reporter calls from: each from elsewhere, in the block for trials (RFC 2544)."""
    return f"198.18.{index // 250 % 256}.{index % 250 + 1}"
