"""Mastering: what was spoken or uploaded becomes a finished clip that a horn can carry, as loud as every other.

    decode > mono 48 kHz > shape (profile) > survey                       first pass: every moment's gain is planned
    decode > mono 48 kHz > shape > planned gains > chimes > Opus          second pass, measured on the file it wrote

What lands off, and where Opus let a peak through, is encoded once more. Constant memory, whatever the length; the same
input gives the same bytes.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from audio.ahead import ahead
from audio.blocks import BLOCK, Blocks, Surveyor, blocks_of
from audio.calls import Cancelled, IsCancelled, Tell
from audio.chime import chime as chime_pcm
from audio.dynamics import TARGET_LUFS, Plan, apply, plan, rounded
from audio.encoder import Encoder, Voice
from audio.graphs import Chain, Floats, floats, frame_of
from audio.made import Finished, Unreadable
from audio.measure import measure
from audio.profiles import PROFILES, Profile
from audio.sound import RATE, frames, length_s, opened

TOLERANCE_LU: Final = 0.4
"""Half a unit is promised; what lands off by more than this is done again."""
PEAK_DBTP: Final = -1.5
"""What no decoder's output may exceed..."""
SPARE_DB: Final = 0.1
"""...by anybody's measure: two ways of looking between samples differ by as much."""
CODEC_LOSS_LU: Final = 0.4
"""What rounding off and Opus usually take; aimed higher by as much, the first try lands right."""
MORE_DB: Final = 0.2
"""What a peak that came through is turned down beside what is too much."""
MOST_ROUNDS: Final = 4
LAST_ROUNDS: Final = 3
"""After those, what still peaks is made softer as a whole: no peak is worth more than the loudness aimed at."""
MOST_MISSED_LU: Final = 6.0
"""Crackle without a voice in it is not driven further than that."""
BIT_RATE: Final = 32_000
"""Bits a second: speech over a horn gains nothing above, and two minutes stay under the push limit."""
SURVEY_SHARE: Final = 0.25
"""Part of the work that is the first pass."""
_HEARTBEAT: Final = 300
"""Frames of a tenth of a second after which progress is told again, even where nobody knows the length."""


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
        blocks = _surveyed(spoken, profile, _between(tell, 0.0, SURVEY_SHARE), cancelled)
        if not blocks.count:
            raise Unreadable("no sound in it")
        front, back = (_bell() if wanted else np.zeros(0, np.float32) for wanted in (chime, closing))
        around = np.concatenate((blocks_of(front).power, blocks_of(back).power))
        aim, softer, quieter_db = TARGET_LUFS + CODEC_LOSS_LU, dict[int, float](), 0.0
        told = _between(tell, SURVEY_SHARE, 0.98)
        for tried in range(MOST_ROUNDS + LAST_ROUNDS):
            how = plan(blocks, profile, around, aim)
            with Encoder(out, Voice(BIT_RATE, profile.band_hertz), softer) as encoder:
                for samples in ahead(_finished(spoken, profile, how, (front, back), told, cancelled)):
                    encoder.write(samples * np.float32(10 ** (-quieter_db / 20)))
            made = measure(out, cancelled)
            off = TARGET_LUFS - made.integrated_lufs if made.loud else 0.0
            over = peaks_over(made.blocks.peak)
            if not over and (abs(off) <= TOLERANCE_LU or tried >= MOST_ROUNDS - 1):
                break
            if tried >= MOST_ROUNDS - 1:
                quieter_db += max(over.values())
                continue
            if abs(off) > TOLERANCE_LU:
                aim = min(aim + off, TARGET_LUFS + MOST_MISSED_LU)
            softer = {at: softer.get(at, 0.0) + over.get(at, 0.0) for at in softer.keys() | over.keys()}
            told = _silent
        tell(1.0)
        size = out.stat().st_size
        before = blocks.loudness
        lead_s = (len(front) - how.first * BLOCK) / RATE
        return Finished(made.seconds, size, how.gain_db, before, made.integrated_lufs, made.true_peak_db, lead_s)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _surveyed(spoken: Path, profile: Profile, tell: Tell, cancelled: IsCancelled) -> Blocks:
    """First pass."""
    surveyor = Surveyor()
    for samples in ahead(_shaped(spoken, profile, tell, cancelled)):
        surveyor.show(samples)
    return surveyor.told()


def _finished(
    spoken: Path,
    profile: Profile,
    how: Plan,
    chimes: tuple[Floats, Floats],
    tell: Tell,
    cancelled: IsCancelled,
) -> Iterator[Floats]:
    """Second pass: the samples of the clip."""
    block, clean = 0, Chain(profile.clean)
    yield chimes[0]
    for samples in _shaped(spoken, profile, tell, cancelled):
        begin, end = max(block, how.first), min(block + -(-len(samples) // BLOCK), how.last)
        if begin < end:
            kept = samples[(begin - block) * BLOCK : (end - block) * BLOCK]
            made = apply(kept, begin - how.first, how)
            for frame in clean.feed(frame_of(made, begin * BLOCK)):
                yield rounded(floats(frame), how.knee, how.ceiling)
        block += -(-len(samples) // BLOCK)
    yield chimes[1]


def peaks_over(peaks: Floats) -> dict[int, float]:
    """Where blocks came out above what may be (their first sample), and by how many decibels and a little more."""
    limit = 10 ** ((PEAK_DBTP - SPARE_DB) / 20)
    return {
        int(at) * BLOCK: 20 * math.log10(float(peaks[at]) / limit) + MORE_DB for at in np.flatnonzero(peaks > limit)
    }


def _shaped(spoken: Path, profile: Profile, tell: Tell, cancelled: IsCancelled) -> Iterator[Floats]:
    """A file's samples as the profile shapes them, telling how far it is."""
    shape = Chain(profile.shape)
    rest = None
    with opened(spoken) as container:
        length, told = length_s(container), 0.0
        tell(0.0)
        for count, frame in enumerate(frames(container, fmt="flt")):
            if cancelled():
                raise Cancelled
            rest = float(np.median(floats(frame))) if rest is None else rest
            share = min(1.0, (frame.pts or 0) / RATE / length) if length else 0.0
            if share >= told + 0.01 or not count % _HEARTBEAT:
                told = max(told, share)
                tell(told)
            # a voltage that stands from the first sample on would enter the filters as a blow
            level = floats(frame) - np.float32(rest)
            yield from (floats(made) for made in shape.feed(frame_of(level, frame.pts or 0)))
    yield from (floats(made) for made in shape.drain())


def _bell() -> Floats:
    """The chime, as loud as everything else."""
    samples = np.frombuffer(chime_pcm(), np.int16).astype(np.float32) / np.float32(32768)
    return samples * np.float32(10 ** ((TARGET_LUFS - blocks_of(samples).loudness) / 20))


def _between(tell: Tell, begin: float, end: float) -> Tell:
    return lambda share: tell(begin + share * (end - begin))


def _silent(share: float) -> None:
    """A second try is not told: progress never goes back."""
