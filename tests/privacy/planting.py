"""Planting marked personal data: every channel, every form with words, mistakes included."""

from tests.cluster import Cluster
from tests.intake.x_server import XServer
from tests.privacy.by_channel import by_citizens, by_sms, by_staff
from tests.privacy.by_partner import by_partner
from tests.privacy.contacts import prove_contacts, tell_staff_at_once
from tests.privacy.lives import long_life, other_ways
from tests.privacy.marks import Marks
from tests.privacy.mistakes import mistakes
from tests.privacy.planted import Planted, until


async def plant(cluster: Cluster, x: XServer, marks: Marks) -> Planted:
    """Everything, and then wait until it has settled."""
    planted = Planted(cluster, marks)
    tell_staff_at_once(planted)
    await by_citizens(planted)
    await by_staff(planted, x)
    await prove_contacts(planted)
    await by_sms(planted)
    await by_partner(planted)
    await long_life(planted)
    await other_ways(planted)
    await mistakes(planted)
    await _settled(cluster)
    return planted


async def _settled(cluster: Cluster) -> None:
    await until(
        cluster,
        "SELECT NOT EXISTS (SELECT FROM lifecycle.outbox) AND NOT EXISTS (SELECT FROM"
        " lifecycle.command WHERE done IS NULL) AND NOT EXISTS (SELECT FROM lifecycle.report"
        " WHERE launched_at IS NULL) AND NOT EXISTS (SELECT FROM notification.message"
        " WHERE state = 'queued' AND not_before <= now())",
    )
