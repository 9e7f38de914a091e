"""Checks that something of a recording can be played: one cut off at the wrong place cannot."""

from pathlib import Path
from typing import Any

import av

from shared.attachments.rejection import AttachmentRejected


def check_plays(recording: Path, media_type: str) -> None:
    """Raise `AttachmentRejected` (`unreadable`) if the recording cannot be played.

    That is so if no sound of a sound recording can be decoded, or if a video has no packet.
    FFmpeg's own errors are raised for files that it cannot open. Pictures of a video are not
    decoded here: a large one would take more memory than opening may.
    """
    with av.open(str(recording), metadata_errors="ignore") as opened:
        tracks = [*opened.streams.audio, *opened.streams.video]
        decoding = media_type.startswith("audio/")
        if not tracks or not any(_holds(packet, decoding) for packet in opened.demux(tracks)):
            raise AttachmentRejected("unreadable", "nothing to play")


def _holds(packet: Any, decoding: bool) -> bool:
    """Whether the packet holds something that can be played."""
    if not packet.size:
        return False
    if not decoding or packet.stream.codec_context is None:  # a codec that we do not know
        return True
    try:
        return bool(packet.decode())
    except av.error.FFmpegError:
        return False
