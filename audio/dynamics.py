"""What the gain shall be at every moment of a sound, decided on its blocks alone, before a sample is touched. Pure.

    level to aim at > phrases brought together > syllables brought together > drive > peaks held under the ceiling

Looking ahead costs nothing here, so nothing overshoots; and how loud all this comes out is known beforehand, so the
drive that lands on the loudness aimed at is found by halving, in memory.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from audio.blocks import A_SECOND, NOTHING_LUFS, OFFSET_LU, Blocks, loudness, power_lufs
from audio.graphs import Floats
from audio.profiles import Curve, Profile
from audio.sound import RATE

TARGET_LUFS: Final = -16.0
"""Loud for a horn outdoors; broadcast's -23 drowns in traffic."""
CEILING_DB: Final = -4.6
"""Of the samples before Opus, which adds up to three decibels to the sharpest peak of an hour."""
MOST_GAIN_DB: Final = 45.0
"""More would lift the hiss of a recording without a voice in it."""
MAKE_UP_DB: Final = 12.0
"""Beside it, what the evening of loud and quiet takes may be given back."""
MOST_DRIVE_DB: Final = 30.0
MORE_CLIP_DB: Final = (0.0, 3.0, 6.0, 12.0, 24.0)
"""Clicks and crackle have no loudness below their peaks: what cannot be reached otherwise is rounded off more."""
MOST_KNEE_DB: Final = 6.0
PRECISION_LU: Final = 0.01
QUIET_DB: Final = -45.0
"""Ends this far below the loudest moment are silence..."""
FLOOR_LUFS: Final = -66.0
"""...and so is everything below this."""
LEAD_S: Final = 0.06
TAIL_S: Final = 0.20
"""Left standing before the first and after the last sound: soft consonants begin and end below the threshold."""
FADE: Final = A_SECOND // 50
"""Blocks: 20 ms."""
_PHRASE: Final = A_SECOND // 4
"""Half a window of 500 ms."""
_SYLLABLE: Final = A_SECOND // 50
"""Half a window of 40 ms."""
_HOLD: Final = 5
"""Blocks for which a peak is held down before and after it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Blocks `first` to `last` are kept; `gains` are factors where they meet, from the front of the first on.

    `ceiling`: no sample leaves above it. `knee`: samples above it are bent, not cut. `gain_db`: on the whole.
    """

    first: int
    last: int
    gains: Floats
    knee: float
    ceiling: float
    gain_db: float
    predicted_lufs: float


def plan(blocks: Blocks, profile: Profile, around: Floats, aim_lufs: float) -> Plan:
    """The plan for a sound. `around` is the power of what sounds before and after it (chimes), at its final level."""
    first, last = _audible(blocks.power)
    power, peak = blocks.power[first:last], blocks.peak[first:last]
    heard = loudness(blocks.power[first:last])
    if heard <= NOTHING_LUFS:  # a single word, or nothing
        heard = power_lufs(float(power.mean())) if len(power) else NOTHING_LUFS
    if heard <= NOTHING_LUFS:
        return Plan(first, last, np.ones(last - first + 1, np.float32), 1.0, 1.0, 0.0, NOTHING_LUFS)
    base_db = min(MOST_GAIN_DB, aim_lufs - heard)
    shaped_db = base_db + _evened_db(power * 10 ** (base_db / 10), profile)
    room_db: Floats = np.float32(CEILING_DB) - np.float32(20) * np.log10(np.maximum(peak, np.float32(1e-9)))
    most = min(MOST_DRIVE_DB, MOST_GAIN_DB + MAKE_UP_DB - base_db)
    for more_db in MORE_CLIP_DB:
        clip_db = profile.clip_db + more_db
        low, high = -MOST_DRIVE_DB, most
        while high - low > PRECISION_LU:
            drive = (low + high) / 2
            gains = _gains(shaped_db + drive, room_db + clip_db)
            came_out = _came_out(power, gains, around)
            low, high = (drive, high) if came_out < aim_lufs else (low, drive)
        if came_out > aim_lufs - 10 * PRECISION_LU:
            break
    gain_db = power_lufs(float((power * _squared(gains)).mean())) - power_lufs(float(power.mean()))
    ceiling = 10 ** (CEILING_DB / 20)
    knee = ceiling * 10 ** (-min(clip_db, MOST_KNEE_DB) / 20)
    return Plan(first, last, _faded(gains), knee, ceiling, gain_db, came_out)


def _audible(power: Floats) -> tuple[int, int]:
    """From which block to which there is something to hear; all of them where there is nothing."""
    smooth = _mean(power, 2)
    limit = max(10 ** (FLOOR_LUFS / 10), float(smooth.max(initial=0.0)) * 10 ** (QUIET_DB / 10))
    heard = np.flatnonzero(smooth > limit)
    if not len(heard):
        return 0, len(power)
    first = max(0, int(heard[0]) - round(LEAD_S * A_SECOND))
    return first, min(len(power), int(heard[-1]) + 1 + round(TAIL_S * A_SECOND))


def _evened_db(power: Floats, profile: Profile) -> Floats:
    """What the profile's curves add at each block of a sound that is as loud as it should be."""
    phrase_db = _mean(_along(profile.phrase, _mean(power, _PHRASE)), _PHRASE // 2)
    evened: Floats = power * _ratio(phrase_db)
    made: Floats = phrase_db + _mean(_along(profile.syllable, _mean(evened, _SYLLABLE)), _SYLLABLE // 2)
    return made


def _ratio(db: Floats) -> Floats:
    """How many times the power that is."""
    made: Floats = np.power(np.float32(10), db / np.float32(10))
    return made


def _along(curve: Curve, power: Floats) -> Floats:
    levels = 10 * np.log10(np.maximum(power, 1e-12)) + OFFSET_LU - TARGET_LUFS
    at, gain = zip(*curve, strict=True)
    found: Floats = np.interp(levels, at, gain).astype(np.float32)
    return found


def _gains(wanted_db: Floats, room_db: Floats) -> Floats:
    """Factors where blocks meet: as wanted, turned down around every block that has no room for it."""
    around: Floats = np.sqrt(_ratio(np.pad(wanted_db, (1, 1), "edge")))
    wanted: Floats = (around[1:] + around[:-1]) / np.float32(2)
    held = np.minimum(1.0, np.sqrt(_ratio(room_db)) / np.maximum(wanted[1:], wanted[:-1]))
    held = np.pad(held, (1, 1), constant_values=1.0)
    held = np.minimum(held[1:], held[:-1])
    lowest = held.copy()
    for away in range(1, _HOLD + 1):
        np.minimum(lowest[away:], held[:-away], out=lowest[away:])
        np.minimum(lowest[:-away], held[away:], out=lowest[:-away])
    # the mean of lows that all reach over here is never above what is allowed here
    made: Floats = wanted * _mean(lowest, _HOLD)
    return made


def _squared(gains: Floats) -> Floats:
    """The mean square of a gain that runs straight from one meeting of blocks to the next."""
    begin, end = gains[:-1], gains[1:]
    made: Floats = (begin * begin + begin * end + end * end) / np.float32(3)
    return made


def _came_out(power: Floats, gains: Floats, around: Floats) -> float:
    """The loudness of the whole; of what is too short to have one, its mean."""
    made = power * _squared(gains)
    whole = loudness(np.concatenate((around, made)))
    return whole if whole > NOTHING_LUFS else power_lufs(float(made.mean()))


def _faded(gains: Floats) -> Floats:
    """Faded in and out along half a cosine."""
    length = min(FADE, len(gains) // 2)
    if not length:
        return gains
    ramp = (1 - np.cos(np.pi * np.arange(length) / length)) / 2
    gains = gains.copy()
    gains[:length] *= ramp
    gains[-length:] *= ramp[::-1]
    return gains


def _mean(row: Floats, half: int) -> Floats:
    """The mean over `half` neighbours on both sides, fewer at the ends."""
    count, width = len(row), 2 * half + 1
    if half < 1 or not count:
        return row
    summed = np.zeros(count + 1)
    np.cumsum(row, dtype=np.float64, out=summed[1:])
    found = np.empty(count, np.float32)
    ends = np.arange(count)
    if count > width:
        np.divide(summed[width:] - summed[:-width], width, out=found[half : count - half], casting="same_kind")
        ends = np.concatenate((ends[:half], ends[count - half :]))
    begin, end = np.maximum(ends - half, 0), np.minimum(ends + half + 1, count)
    found[ends] = (summed[end] - summed[begin]) / (end - begin)
    return found


def apply(samples: Floats, block: int, plan: Plan) -> Floats:
    """The samples of whole blocks, the first of them `block` of those kept, at their gains."""
    size = RATE // A_SECOND
    count = -(-len(samples) // size)
    gains = plan.gains[block : block + count + 1]
    along = (np.arange(size, dtype=np.float32) / np.float32(size))[None, :]
    curve = gains[:-1, None] * (1 - along) + gains[1:, None] * along
    made: Floats = samples * curve.reshape(-1)[: len(samples)]
    return made


def rounded(samples: Floats, knee: float, ceiling: float) -> Floats:
    """What stands above the knee, bent towards the ceiling, which nothing exceeds."""
    height = np.abs(samples)
    if float(height.max(initial=0.0)) <= knee or ceiling <= knee:
        return samples
    room = np.float32(ceiling - knee)
    bent = np.float32(knee) + room * np.tanh((height - np.float32(knee)) / room)
    made: Floats = np.where(height > knee, np.copysign(bent, samples), samples)
    return made
