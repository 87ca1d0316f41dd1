"""Mastering: what was spoken or uploaded becomes a finished clip that a horn can carry, as loud as every other.

    decode > mono 48 kHz > shape (profile) > trim > measure                     first pass
    the same > gain > compressor, tried at several drives                       second pass, a sample of long ones
    the same > drive > rounded peaks > true-peak limiter > chimes > Opus        third pass, measured on what it wrote

Where the file lands off, the third pass is done again with what was missing. Constant memory, whatever the length; the
same input gives the same bytes.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame

from audio.calls import Cancelled, IsCancelled, Tell
from audio.chime import chime as chime_pcm
from audio.encoder import Encoder
from audio.graphs import Chain, Floats, floats, frame_of
from audio.measure import Measured, Meter, loudness_of, measure
from audio.profiles import PROFILES, Profile
from audio.sound import RATE, Unreadable, frames, length_s, opened

TARGET_LUFS: Final = -16.0
"""Loud for a horn outdoors; broadcast's -23 drowns in traffic."""
TOLERANCE_LU: Final = 0.4
"""Half a unit is promised; what lands off by more than this is done again."""
PEAK_DBTP: Final = -1.5
"""What no decoder's output may exceed."""
CEILING_DB: Final = -4.6
"""Of the limiter: in an hour of speech Opus adds up to three decibels to the sharpest peak."""
OVERSAMPLED: Final = 2 * RATE
"""Enough for the limiter to see most of what stands between samples; what it misses is measured on the file."""
MOST_GAIN_DB: Final = 45.0
"""More would lift the hiss of a recording without a voice in it."""
DRIVES_DB: Final = (0.0, 4.0, 8.0, 12.0, 16.0, 20.0)
"""What a compressor takes, and rounding off takes more of; beyond the last it would only crush."""
MOST_ROUNDS: Final = 4
LOST_BELOW: Final = 0.5
"""Loudness lost for each decibel that ceiling and knee are lowered."""
SAMPLE_EVERY: Final = 4
SAMPLE_S: Final = 10.0
LONG_S: Final = 300.0
"""From here on the drive is found on one in four stretches of ten seconds."""
CODEC_LOSS_LU: Final = 0.3
"""What limiter and Opus usually take; aimed higher by as much, the first try lands right."""
BIT_RATE: Final = 32_000
"""Bits a second: speech over a horn gains nothing above, and two minutes stay under the push limit."""
QUIET_DB: Final = -45.0
"""Ends this far below the loudest moment are silence..."""
FLOOR_DB: Final = -65.0
"""...and so is everything below this."""
BLOCK: Final = RATE // 50
LEAD_S: Final = 0.06
TAIL_S: Final = 0.20
"""Left standing before the first and after the last sound: soft consonants begin and end below the threshold."""
FADE_S: Final = 0.020
MEASURING_SHARE: Final = 0.3
"""Part of the work that is the first pass."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished clip: seconds, chimes and all; bytes; what was added; how loud it came in (shaped) and went out."""

    seconds: float
    size: int
    gain_db: float
    before_lufs: float = 0.0
    integrated_lufs: float = 0.0
    true_peak_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What the first pass found: frames to keep of the shaped sound, and what to do to them."""

    first: int
    last: int
    gain_db: float
    drive_db: float = 0.0
    """Added after the compressor."""
    trim_db: float = 0.0
    """Added to everything, chimes too, where the file landed off."""
    ceiling_db: float = CEILING_DB


def finish(
    spoken: Path,
    out: Path,
    *,
    chime: bool,
    tell: Tell,
    cancelled: IsCancelled,
    profile: Profile = PROFILES["horn"],
    closing: bool = False,
) -> Finished:
    """Make a clip of `spoken` in `out`, a chime in front of it and, where `closing`, one behind. Blocks.

    Raises Unreadable, Cancelled, OSError (such as a full disk); then `out` is gone.
    """
    try:
        before, plan = _look(spoken, profile, _between(tell, 0.0, MEASURING_SHARE / 2), cancelled)
        if before.loud:
            told = _between(tell, MEASURING_SHARE / 2, MEASURING_SHARE)
            plan = replace(plan, drive_db=_drive_db(spoken, profile, plan, told, cancelled))
        told = _between(tell, MEASURING_SHARE, 0.98)
        for _ in range(MOST_ROUNDS):
            count = _encode(spoken, out, profile, plan, chime, closing, told, cancelled)
            if not count:
                raise Unreadable("no sound in it")
            made = measure(out, cancelled)
            better = _corrected(plan, made)
            if better is None:
                break
            plan, told = better, _silent
        tell(1.0)
        gain = plan.gain_db + plan.drive_db + plan.trim_db
        size = out.stat().st_size
        return Finished(count / RATE, size, gain, before.integrated_lufs, made.integrated_lufs, made.true_peak_db)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _look(spoken: Path, profile: Profile, tell: Tell, cancelled: IsCancelled) -> tuple[Measured, Plan]:
    """First pass: how loud the shaped sound is, and where it begins and ends."""
    meter, levels = Meter(), array("f")
    pending: Floats = np.zeros(0, np.float32)
    count = 0
    for frame in _shaped(spoken, profile, tell, cancelled):
        meter.show(frame)
        count += frame.samples
        pending = np.concatenate((pending, floats(frame)))
        whole = len(pending) // BLOCK * BLOCK
        levels.extend(np.sqrt(np.mean(np.square(pending[:whole].reshape(-1, BLOCK)), axis=1)))
        pending = pending[whole:]
    before = meter.told()
    first, last = _audible(levels, count)
    gain = min(MOST_GAIN_DB, TARGET_LUFS - before.integrated_lufs) if before.loud else 0.0
    return before, Plan(first, last, gain)


def _audible(levels: "array[float]", count: int) -> tuple[int, int]:
    """From which frame to which there is something to hear; everything where there is nothing."""
    loud = np.asarray(levels)
    limit = max(10 ** (FLOOR_DB / 20), float(loud.max(initial=0.0)) * 10 ** (QUIET_DB / 20))
    heard = np.flatnonzero(loud > limit)
    if not len(heard):
        return 0, count
    first = max(0, int(heard[0]) * BLOCK - round(LEAD_S * RATE))
    return first, min(count, (int(heard[-1]) + 1) * BLOCK + round(TAIL_S * RATE))


def _drive_db(spoken: Path, profile: Profile, plan: Plan, tell: Tell, cancelled: IsCancelled) -> float:
    """Second pass: what to add after the compressor so that the loudness is right behind the rounding off."""
    meters = [Meter() for _ in DRIVES_DB]
    factors = [np.float32(10 ** (drive / 20)) for drive in DRIVES_DB]
    every = SAMPLE_EVERY if plan.last - plan.first > LONG_S * RATE else 1
    shown = 0
    for frame in _squeezed(spoken, profile, plan, tell, cancelled):
        if int((frame.pts or 0) / RATE / SAMPLE_S) % every:
            continue
        samples = floats(frame)
        for meter, factor in zip(meters, factors, strict=True):
            meter.show(frame_of(_rounded(samples * factor, profile, plan.ceiling_db), shown))
        shown += frame.samples
    came_out = [meter.told().integrated_lufs for meter in meters]
    return float(np.interp(TARGET_LUFS + CODEC_LOSS_LU, came_out, DRIVES_DB))


def _rounded(samples: Floats, profile: Profile, knee_db: float) -> Floats:
    """Peaks bent towards the knee instead of standing out."""
    if not profile.clipped:
        return samples
    knee = np.float32(10 ** (knee_db / 20))
    bent: Floats = np.tanh(samples / knee) * knee
    return bent


def _corrected(plan: Plan, made: Measured) -> Plan | None:
    """The plan that mends what landed off; None where nothing did, or where nothing can be done about it."""
    if not made.loud:
        return None
    off = TARGET_LUFS - made.integrated_lufs
    over = made.true_peak_db - PEAK_DBTP
    trim = plan.trim_db + (off if abs(off) > TOLERANCE_LU else 0.0)
    lower = over + 0.2 if over > 0 else 0.0
    trim += lower * LOST_BELOW
    better = replace(plan, trim_db=min(DRIVES_DB[-1], max(-DRIVES_DB[-1], trim)), ceiling_db=plan.ceiling_db - lower)
    return None if better == plan else better


def _encode(
    spoken: Path,
    out: Path,
    profile: Profile,
    plan: Plan,
    chime: bool,
    closing: bool,
    tell: Tell,
    cancelled: IsCancelled,
) -> int:
    """Second pass. How many frames were written."""
    limiter = Chain(
        (
            ("aresample", f"{OVERSAMPLED}"),
            ("alimiter", f"limit={10 ** (plan.ceiling_db / 20):.6f}:attack=4:release=60:level=0:latency=1"),
            ("aresample", f"{RATE}"),
        )
    )
    trim = np.float32(10 ** (plan.trim_db / 20))
    drive = np.float32(10 ** (plan.drive_db / 20))
    bell = _bell() * trim
    with Encoder(out, profile.application, BIT_RATE) as encoder:
        position = 0

        def play(samples: Floats) -> None:
            nonlocal position
            for made in limiter.feed(frame_of(samples, position)):
                encoder.write(floats(made))
            position += len(samples)

        if chime:
            play(bell)
        front = position
        for even in _squeezed(spoken, profile, plan, tell, cancelled):
            play(_rounded(floats(even) * drive * trim, profile, plan.ceiling_db))
        spoke = position > front
        if closing and spoke:
            play(bell)
        for made in limiter.drain():
            encoder.write(floats(made))
    return encoder.written if spoke else 0


def _squeezed(spoken: Path, profile: Profile, plan: Plan, tell: Tell, cancelled: IsCancelled) -> Iterator[AudioFrame]:
    """What is kept, at its gain, compressed."""
    squeeze = Chain(profile.squeeze)
    position = 0
    for samples in _kept(spoken, profile, plan, tell, cancelled):
        yield from squeeze.feed(frame_of(samples, position))
        position += len(samples)
    if position:
        yield from squeeze.drain()


def _kept(spoken: Path, profile: Profile, plan: Plan, tell: Tell, cancelled: IsCancelled) -> Iterator[Floats]:
    """The shaped sound between the ends that were found, at its gain, faded in and out."""
    gain = np.float32(10 ** (plan.gain_db / 20))
    ramp = min(round(FADE_S * RATE), max(1, (plan.last - plan.first) // 2))
    position = 0
    for frame in _shaped(spoken, profile, tell, cancelled):
        begin, end = max(position, plan.first), min(position + frame.samples, plan.last)
        if begin < end:
            samples = floats(frame)[begin - position : end - position] * gain
            if begin < plan.first + ramp or end > plan.last - ramp:
                at = np.arange(begin, end, dtype=np.float32)
                samples = samples * np.clip((at - plan.first) / ramp, 0, 1) * np.clip((plan.last - at) / ramp, 0, 1)
            yield samples
        position += frame.samples


def _shaped(spoken: Path, profile: Profile, tell: Tell, cancelled: IsCancelled) -> Iterator[AudioFrame]:
    """The frames of a file as the profile shapes them, telling how far it is."""
    shape = Chain(profile.shape, "s16")
    with opened(spoken) as container:
        length, told = length_s(container), 0.0
        tell(0.0)
        for frame in frames(container):
            if cancelled():
                raise Cancelled
            share = min(1.0, (frame.pts or 0) / RATE / length) if length else 0.0
            if share >= told + 0.01:
                told = share
                tell(share)
            yield from shape.feed(frame)
    yield from shape.drain()


def _bell() -> Floats:
    """The chime, as loud as everything else."""
    samples = np.frombuffer(chime_pcm(), np.int16).astype(np.float32) / np.float32(32768)
    return samples * np.float32(10 ** ((TARGET_LUFS - loudness_of(samples)) / 20))


def _between(tell: Tell, begin: float, end: float) -> Tell:
    return lambda share: tell(begin + share * (end - begin))


def _silent(share: float) -> None:
    """A correction is not told: progress never goes back."""
