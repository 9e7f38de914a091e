"""The names of the sandbox's jobs: code that asks for them need not load libraries that open
files."""

from typing import Final

JOB: Final = "shared.attachments.remaking.job:make_anew"
IDENTIFY_TYPE: Final = "shared.attachments.remaking.job:identify_type"
UNKNOWN: Final = "application/octet-stream"
"""The type of a file that cannot be opened far enough to identify it."""
