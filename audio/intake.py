"""What an uploaded file must be before it becomes a bulletin's sound: sound, whole, audible, and short enough.

Every refusal is a NotSound, whose code names a sentence for people. A file is decoded once from end to end: only so
is a cut-off or silent recording known before it is on the air.
"""

import math
from pathlib import Path
from typing import Final

import numpy as np
from av.container import InputContainer
from av.stream import Disposition

from audio.calls import Cancelled, IsCancelled, Tell
from audio.made import Inspected, NotSound, Unreadable
from audio.sound import RATE, Tally, after_id3, container_of, frames, length_s, opened, samples, sound_track

SILENT_DB: Final = -60.0
"""A tenth of a second must be louder than this somewhere (dB of full scale), else nobody hears anything."""
MISSING_S: Final = 0.5
MISSING_SHARE: Final = 0.02
"""Half a second and a fiftieth less than the head promises is the encoder's rounding; more is cut off."""
DAMAGED_SHARE: Final = 0.05
"""More undecodable packets than this: damaged. A recording cut out of a stream may have a few at its ends."""
MOST_CHANNELS: Final = 8
LEAST_RATE, MOST_RATE = 4_000, 768_000
"""Samples a second. A head that says "1" makes days of sound out of a megabyte."""
_LOCKED: Final = {"enca", "drms", "aavd"}
"""Codec tags of sound that only a shop's own player opens."""
_WAV_SLACK: Final = 4096
"""Some recorders miscount their head by a few bytes."""
_WAV_UNKNOWN: Final = 0x7FFF_FF00
"""What is written for "not known yet" by those who write to a pipe, and by RF64."""
_OGG_PAGE: Final = 65_307
"""A page has at most this many bytes."""
_NO_HEAD: Final = ("mp3", "aac")
"""Containers known only by a few bits of sync, which may stand in anything."""
_PICTURES: Final = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
"""A cover is no video."""


def inspect(file: Path, name: str, limit_minutes: int, tell: Tell, cancelled: IsCancelled) -> Inspected:
    """Look a whole file over. Blocks: a long recording takes seconds. Raises NotSound, Cancelled, OSError.

    `name` is what the person calls it, for the sentence; it decides nothing.
    """
    if not file.stat().st_size:
        raise NotSound("sound-empty", name=name)
    form = container_of(file)
    if form in {"", "video"}:
        raise NotSound("sound-video" if form else "sound-not-sound", name=name)
    try:
        with opened(file) as container:
            _check_tracks(container, name)
            promised = _promised_s(container, form, file)
            if promised is not None and promised > limit_minutes * 60:
                raise NotSound("sound-too-long", name=name, limit=limit_minutes)
            tally = Tally()
            seconds, loudest_db = _listen(container, tally, name, limit_minutes, tell, cancelled)
            context = sound_track(container).codec_context
            found = Inspected(seconds, form, context.name, context.channels, loudest_db)
    except Unreadable as error:  # the first bytes of one with a head were right: it began as a sound file
        raise NotSound("sound-not-sound" if form in _NO_HEAD else "sound-truncated", name=name) from error
    if not seconds and tally.damaged and form in _NO_HEAD:
        raise NotSound("sound-not-sound", name=name)
    if _is_cut(tally, seconds, promised) or not _is_all_there(file, form):
        raise NotSound("sound-truncated", name=name)
    if loudest_db < SILENT_DB:
        raise NotSound("sound-silent", name=name)
    return found


def _check_tracks(container: InputContainer, name: str) -> None:
    if not container.streams.audio:
        raise NotSound("sound-no-sound-track", name=name)
    if any(not stream.disposition & _PICTURES for stream in container.streams.video):
        raise NotSound("sound-video", name=name)
    track = sound_track(container).codec_context
    if track.codec_tag in _LOCKED:
        raise NotSound("sound-encrypted", name=name)
    if not 1 <= track.channels <= MOST_CHANNELS:
        raise NotSound("sound-not-sound", name=name)
    if track.sample_rate and not LEAST_RATE <= track.sample_rate <= MOST_RATE:
        raise NotSound("sound-rate", name=name, rate=track.sample_rate)


def _listen(
    container: InputContainer, tally: Tally, name: str, limit_minutes: int, tell: Tell, cancelled: IsCancelled
) -> tuple[float, float]:
    """Seconds of sound that came out, and the loudest tenth of a second in dB."""
    length = length_s(container)
    count, loudest, told = 0, 0.0, 0.0
    tell(0.0)
    for frame in frames(container, tally=tally):
        if cancelled():
            raise Cancelled
        count += frame.samples
        if count > limit_minutes * 60 * RATE:
            raise NotSound("sound-too-long", name=name, limit=limit_minutes)
        loudest = max(loudest, float(np.var(samples(frame).astype(np.float32))))  # a constant voltage is no sound
        share = min(1.0, count / RATE / length) if length else 0.0
        if share >= told + 0.01:
            told = share
            tell(told)
    tell(1.0)
    return count / RATE, 10 * math.log10(loudest / 32768**2) if loudest else -math.inf


def _promised_s(container: InputContainer, form: str, file: Path) -> float | None:
    """How long the file says it is, where that is written down rather than guessed from its size."""
    if form in {"aac", "amr"} or (form == "mp3" and not _has_frame_count(file)):
        return None
    return length_s(container)


def _has_frame_count(file: Path) -> bool:
    """Whether the first frame of an MP3 says how many follow (Xing, LAME)."""
    with file.open("rb") as stream:
        after_id3(stream)
        first = stream.read(4096)
    return b"Xing" in first or b"Info" in first


def _is_cut(tally: Tally, seconds: float, promised: float | None) -> bool:
    if tally.damaged_to_the_end or tally.damaged > DAMAGED_SHARE * tally.packets:
        return True
    return promised is not None and promised - seconds > MISSING_S + MISSING_SHARE * promised


def _is_all_there(file: Path, form: str) -> bool:
    """Whether the end of a file is there, for containers of which FFmpeg reads what there is without a word."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        if form == "wav":
            promised = 8 + int.from_bytes(stream.read(8)[4:], "little")
            return promised - size < _WAV_SLACK or promised >= _WAV_UNKNOWN
        if form != "ogg":
            return True
        stream.seek(max(0, size - _OGG_PAGE))
        tail = stream.read()
    page = tail[tail.rfind(b"OggS") :]  # RFC 3533, 6: a head of 27 bytes, a table of lengths, what they count
    table = 27
    if len(page) < table or len(page) < table + page[26]:
        return False
    return len(page) >= table + page[26] + sum(page[table : table + page[26]])
