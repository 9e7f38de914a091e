"""Attached files: identified by content, cleaned of traces, kept in object storage."""

from shared.attachments.inspection import Inspected, inspect
from shared.attachments.rejection import (
    MAX_FILES,
    MAX_SIZE,
    AttachmentMissing,
    AttachmentRejected,
    check_count,
)
from shared.attachments.serving import is_shown, serving_headers
from shared.attachments.store import AttachmentStore, StoredAttachment

__all__ = [
    "MAX_FILES",
    "MAX_SIZE",
    "AttachmentMissing",
    "AttachmentRejected",
    "AttachmentStore",
    "Inspected",
    "StoredAttachment",
    "check_count",
    "inspect",
    "is_shown",
    "serving_headers",
]
