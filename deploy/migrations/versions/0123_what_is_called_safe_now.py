"""Routing reads the choices that a report's reporter made for its contacts after sending it: staff
see whether a contact is safe now."""

from alembic import op

revision = "0123"
down_revision = "0122"


def upgrade() -> None:
    op.execute("""
        CREATE VIEW notification.published_choice AS
        SELECT p.holder, p.email, p.sms FROM notification.preference p
        WHERE p.holder LIKE 'report-%';
        GRANT SELECT ON notification.published_choice TO lapor_routing;
    """)
