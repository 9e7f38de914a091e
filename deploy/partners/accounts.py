"""A partner's NATS account: only its own subjects, with tokens that are not valid for other
accounts."""

from typing import Final, Literal

from deploy.nats import tokens
from deploy.nats.authority import Authority, new_user
from deploy.nats.tokens import AccountClaims, AccountLimits, Import
from services.intake.partners.model import Partner
from shared.bus.credentials import UserCredentials
from shared.bus.streams import INGEST_KINDS, PARTNER_KINDS, PARTNERS
from shared.settings import Settings

API_PREFIX: Final = "lapor.v1.api"
"""The JetStream API prefix that a partner's client uses. On the usual `$JS.API`, the partner's own
account would also answer, saying that it has no JetStream."""


def publish_subjects(system: str) -> list[str]:
    """Return the subjects to which a partner sends reports and its reporters' messages."""
    return [f"lapor.v1.ingest.{system}.{kind}" for kind in INGEST_KINDS]


def read_subjects(system: str) -> list[str]:
    """Return the subjects of a partner's receipts and events; the durable consumer keeps them
    too."""
    return [f"lapor.v1.partner.{system}.{kind}" for kind in PARTNER_KINDS]


def new_credentials(signer: str, account: str, system: str) -> UserCredentials:
    """Return a user of the partner's account, signed with the seed of the account's signing key."""
    return new_user(
        signer,
        account,
        system,
        {"allow": list(_services(system))},
        {"allow": ["_INBOX.>", _reads(system)]},
    )


def partner_account(authority: Authority, settings: Settings, partner: Partner) -> str:
    """Return the token of the partner's account according to its row: open to users signed by the
    key in the row, or closed, which ends all its connections."""
    assert partner.nats_account is not None
    assert partner.nats_issued_at is not None
    account, system = partner.nats_account, partner.system
    claims: AccountClaims
    if partner.active and partner.nats_signer is not None:
        claims = {
            "type": "account",
            "limits": _limits(settings),
            "signing_keys": [partner.nats_signer],
            "imports": [
                *(
                    _import(authority, account, "service", there, here)
                    for here, there in _services(system).items()
                ),
                _import(authority, account, "stream", _reads(system), _reads(system)),
            ],
        }
    else:
        claims = {
            "type": "account",
            "limits": {"conn": 0},
            "revocations": {"*": partner.nats_issued_at},
        }
    return authority.sign_account(account, system, claims, partner.nats_issued_at)


def new_account() -> str:
    """Return the name of a new account. Its own seed is not kept: the operator signs for it."""
    return tokens.public_key(tokens.new_seed("account"))


def _limits(settings: Settings) -> AccountLimits:
    return {
        "conn": settings.partner_max_connections,
        "leaf": settings.partner_max_connections,
        "subs": settings.partner_max_subscriptions,
        "payload": settings.partner_max_message,
        "data": tokens.NO_LIMIT,
        "imports": tokens.NO_LIMIT,
    }


def _services(system: str) -> dict[str, str]:
    """Return our subjects by the names that the partner uses."""
    subjects = [*publish_subjects(system), f"$JS.ACK.{PARTNERS.name}.{system}.>"]
    services = {subject: subject for subject in subjects}
    for request in ("MSG.NEXT", "INFO"):
        of_consumer = f"CONSUMER.{request}.{PARTNERS.name}.{system}"
        services[f"{API_PREFIX}.{of_consumer}"] = f"$JS.API.{of_consumer}"
    return services


def _reads(system: str) -> str:
    return f"lapor.v1.partner.{system}.*"


def _import(
    authority: Authority, account: str, kind: Literal["service", "stream"], there: str, here: str
) -> Import:
    made: Import = {
        "name": here,
        "subject": there,
        "account": authority.account,
        "token": authority.activation(account, kind, there),
        "type": kind,
    }
    if here != there:
        made["local_subject"] = here
    return made
