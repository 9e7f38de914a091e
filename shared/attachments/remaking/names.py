"""What the sandbox is asked for, by name: who asks loads none of the libraries that open files."""

from typing import Final

JOB: Final = "shared.attachments.remaking.job:make_anew"
TELL_TYPE: Final = "shared.attachments.remaking.job:tell_type"
UNKNOWN: Final = "application/octet-stream"
"""What cannot be opened far enough to tell what it is."""
