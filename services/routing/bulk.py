"""What routing does to many reports at once."""

from services.routing.actions.archive import archive
from services.routing.actions.forward import forward
from services.routing.actions.throw import throw
from services.routing.actions.verify import tag
from shared.bulk_commands.asking import BulkKind

ARCHIVED_AT_ONCE = 50

BULK_KINDS = (
    BulkKind("throw", throw),
    BulkKind("forward", forward),
    BulkKind("tag", tag),
    BulkKind("archive", archive, ARCHIVED_AT_ONCE),
)
