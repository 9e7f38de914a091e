"""Receives mail and text messages until it is stopped: `python -m deploy.local.mailbox`."""

import asyncio

import uvicorn

from deploy.local.mailbox.kept import MessageStore
from deploy.local.mailbox.pages import make_app
from deploy.local.mailbox.phone import Phone
from deploy.local.mailbox.smtp import taking_mail
from shared.settings import Settings


async def run(settings: Settings) -> None:
    kept = MessageStore(settings.data_dir)
    phone = Phone(kept, settings.sms_secret, f"{settings.intake_url}/channels/sms")
    reports_to = f"{settings.notification_url}/sms/deliveries"
    app = make_app(kept, settings.sms_gateway_secret, reports_to, phone)
    config = uvicorn.Config(
        app, host=settings.host, port=settings.mailbox_port, log_level="warning", lifespan="off"
    )
    async with taking_mail(kept, settings.host, settings.mailbox_smtp_port):
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(run(Settings()))
