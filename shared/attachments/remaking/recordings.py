"""Makes sound and video from their samples: decoded, and encoded with our settings."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags
from av.filter import Graph
from av.stream import Disposition

from shared.attachments.rejection import AttachmentRejected

LONGEST_SIDE = 1280
"""Pixels of the longer side of a new video: number plates stay readable."""
MOST_PIXELS = 3840 * 2160
"""The most pixels of a video that was sent."""
MAX_SECONDS = 3600


def remake_recording(source: Path, target: Path) -> str:
    """MP4 with H.264 and AAC, or with AAC alone, which every browser plays.

    The first picture track and the first sound track, upright, at most 1280 pixels wide or high;
    no titles, chapters, subtitles, cover pictures, places, devices, times, nor names of programs.
    What cannot be decoded is left out. Raises `AttachmentRejected`: `unreadable` without a sample,
    `too_complex` where too large, or longer than an hour.
    """
    with av.open(str(source), metadata_errors="ignore") as recording:
        tracks = _tracks_of(recording)
        if not tracks:
            raise AttachmentRejected("unreadable", "no track")
        kind = tracks[0].type
        with av.open(str(target), "w", format="mp4", options=_OPTIONS) as made:
            encoders = {
                track.index: (_Pictures if track.type == "video" else _Sound)(made, track)
                for track in tracks
            }
            start: Fraction | None = None
            for track, frame, time in _samples(recording, tracks):
                if start is None:
                    start = time
                if time - start > MAX_SECONDS:
                    raise AttachmentRejected("too_complex", f"more than {MAX_SECONDS} s")
                encoders[track.index].add(frame, max(time - start, Fraction(0)))
            if start is None:
                raise AttachmentRejected("unreadable", "no sample")
            for encoder in encoders.values():
                encoder.finish()
    return f"{kind}/mp4"


_OPTIONS = {"fflags": "+bitexact", "movflags": "+faststart"}
_CLOCK = Fraction(1, 90_000)


def _tracks_of(recording: Any) -> list[Any]:
    """The picture track first, then the sound track. A cover is a picture that does not move."""
    moving = [
        track
        for track in recording.streams.video
        if not track.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails)
    ]
    tracks = [*moving[:1], *recording.streams.audio[:1]]
    for track in tracks:
        track.codec_context.thread_count = 1
    return tracks


def _samples(recording: Any, tracks: list[Any]) -> Iterator[tuple[Any, Any, Fraction]]:
    """Each decoded frame with its track and its time in seconds."""
    last = dict.fromkeys((track.index for track in tracks), Fraction(0))
    for packet in recording.demux(tracks):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue  # damaged: the rest may be heard and seen
        for frame in frames:
            track = packet.stream
            time = last[track.index] if frame.pts is None else frame.pts * frame.time_base
            last[track.index] = time
            yield track, frame, time


class _Pictures:
    def __init__(self, made: Any, track: Any) -> None:
        self._made = made
        rate = track.average_rate or track.guessed_rate or Fraction(25)
        self._stream = made.add_stream("libx264", rate=min(max(rate, Fraction(1)), Fraction(60)))
        self._graph: Graph | None = None
        self._shape: tuple[Any, ...] | None = None
        self._last = -1

    def add(self, frame: Any, time: Fraction) -> None:
        if frame.width * frame.height > MOST_PIXELS:
            raise AttachmentRejected("too_complex", f"{frame.width}×{frame.height} pixels")
        shape = (frame.width, frame.height, frame.format.name)
        if shape != self._shape:
            self._graph = self._graph_for(frame)
            self._shape = shape
        assert self._graph is not None
        self._graph.push(frame)
        shown = self._graph.pull()
        pts = int(time / _CLOCK)
        if pts <= self._last:
            return  # two pictures of one moment
        self._last = pts
        new = av.VideoFrame(shown.width, shown.height, "yuv420p")
        for plane, pixels in zip(new.planes, shown.planes, strict=True):
            plane.update(_rows(pixels, plane))
        new.pts, new.time_base = pts, _CLOCK
        self._write(self._stream.encode(new))

    def finish(self) -> None:
        if self._last >= 0:
            self._write(self._stream.encode())

    def _graph_for(self, frame: Any) -> Graph:
        """Upright, and small enough; later pictures of another size are fitted to the first."""
        turned = frame.rotation % 360
        width, height = frame.width, frame.height
        if turned in (90, 270):
            width, height = height, width
        if self._shape is None:
            scale = min(Fraction(1), Fraction(LONGEST_SIDE, max(width, height)))
            context = self._stream.codec_context
            context.width = max(2, int(width * scale) // 2 * 2)
            context.height = max(2, int(height * scale) // 2 * 2)
            context.pix_fmt = "yuv420p"
            context.time_base = _CLOCK
            context.thread_count = 1
            context.flags |= Flags.bitexact
            context.options = {"preset": "veryfast", "crf": "26", "rc-lookahead": "10"}
        graph = Graph()
        nodes = [
            graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=_CLOCK
            )
        ]
        nodes += [graph.add("transpose", name) for name in _TURNS.get(turned, ())]
        size = f"{self._stream.codec_context.width}:{self._stream.codec_context.height}"
        nodes.append(graph.add("scale", size))
        nodes.append(graph.add("format", "yuv420p"))
        nodes.append(graph.add("buffersink"))
        graph.link_nodes(*nodes).configure()
        return graph

    def _write(self, packets: Any) -> None:
        for packet in packets:
            cleaned = av.Packet(_without_notes(bytes(packet)))
            cleaned.pts, cleaned.dts, cleaned.time_base = packet.pts, packet.dts, packet.time_base
            cleaned.is_keyframe = packet.is_keyframe
            cleaned.stream = self._stream
            self._made.mux(cleaned)


class _Sound:
    def __init__(self, made: Any, track: Any) -> None:
        self._made = made
        heard = track.codec_context
        rate = min((r for r in _RATES if r >= (heard.sample_rate or 0)), default=_RATES[-1])
        self._layout = "mono" if (heard.channels or 2) == 1 else "stereo"
        self._rate = rate
        self._stream = made.add_stream("aac", rate=rate, layout=self._layout)
        context = self._stream.codec_context
        context.bit_rate = 64_000 if self._layout == "mono" else 128_000
        context.thread_count = 1
        context.flags |= Flags.bitexact
        self._resampler = av.AudioResampler("fltp", self._layout, rate, frame_size=_FRAME)
        self._started = False
        self._next = 0

    def add(self, frame: Any, time: Fraction) -> None:
        if not self._started:
            # Where sound begins after the pictures, it is heard when it was.
            self._next, self._started = int(time * self._rate), True
        frame.pts = None
        self._encode(self._resampler.resample(frame))

    def finish(self) -> None:
        if self._started:
            self._encode(self._resampler.resample(None))
            self._made.mux(self._stream.encode(None))

    def _encode(self, frames: Any) -> None:
        for frame in frames:
            frame.pts, frame.time_base = self._next, Fraction(1, self._rate)
            self._next += frame.samples
            self._made.mux(self._stream.encode(frame))


_RATES = (8_000, 16_000, 24_000, 48_000)
_FRAME = 1024
_TURNS = {90: ("cclock",), 180: ("clock", "clock"), 270: ("clock",)}
"""Counter-clockwise degrees as the recording has them."""


def _without_notes(packet: bytes) -> bytes:
    """An H.264 packet without its notes (SEI), where x264 writes its name and settings."""
    parts = re.split(rb"\x00?\x00\x00\x01", packet)
    kept = [part for part in parts[1:] if part and part[0] & 0x1F != _NOTE]
    return b"".join(b"\x00\x00\x00\x01" + part for part in kept)


_NOTE = 6


def _rows(pixels: Any, plane: Any) -> bytes:
    """The pixels of one plane, at the line width of another."""
    content, width = bytes(pixels), min(pixels.line_size, plane.line_size)
    if pixels.line_size == plane.line_size:
        return content
    return b"".join(
        content[y * pixels.line_size : y * pixels.line_size + width].ljust(plane.line_size, b"\0")
        for y in range(plane.height)
    )
