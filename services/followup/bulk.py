"""The follow-up service's bulk commands, which act on many reports at once."""

from services.followup.actions.coordination import coordinate_report
from shared.bulk_commands.asking import BulkKind

BULK_KINDS = (BulkKind("coordinate", coordinate_report),)
