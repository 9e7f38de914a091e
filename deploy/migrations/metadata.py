"""Every table there is, in one metadata: what migrations are compared with."""

import services.followup.models
import services.intake.models
import services.intake.partners_model
import services.routing.models
import shared.bus.dead_letters
import shared.database.lifecycle  # noqa: F401
from shared.http.limits import rate_limit_table
from sqlmodel import SQLModel

SCHEMAS = ("lifecycle", "intake", "routing", "followup", "reporting")

metadata = SQLModel.metadata

for _schema in ("intake", "routing", "followup"):
    rate_limit_table(metadata, _schema)
