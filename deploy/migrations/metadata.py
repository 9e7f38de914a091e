"""All tables in one metadata, with which migrations are compared."""

from sqlmodel import SQLModel

import services.followup.models
import services.intake.models
import services.intake.partners.model
import services.notification.models
import services.reporting.models
import services.reporting.statistics.models
import services.reporting.webhooks.models
import services.routing.desk_models
import services.routing.finding_models
import services.routing.management_models
import services.routing.models
import services.routing.second_person.models  # noqa: F401
import shared.bulk_commands.tables
import shared.bus.dead_letters
import shared.database.lifecycle
import shared.database.report_lists
import shared.database.sealed_originals  # noqa: F401
from shared.http.limits import rate_limit_table

SCHEMAS = ("lifecycle", "intake", "routing", "followup", "reporting", "notification")
FORMER_TABLES: tuple[str, ...] = ()
"""Tables that only the previous version still uses; a later migration drops them (`CONTRACTS`)."""

metadata = SQLModel.metadata

for _schema in ("intake", "routing", "followup", "reporting", "notification"):
    rate_limit_table(metadata, _schema)
