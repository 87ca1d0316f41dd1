"""What a sound is shaped for: how it is filtered, and how its quiet and loud moments are brought together."""

from dataclasses import dataclass
from typing import Final

from audio.graphs import Step

Curve = tuple[tuple[float, float], ...]
"""Points of a gain curve: how loud a moment is, in LU above the loudness aimed at; what is added to it, in dB."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`shape` filters before loudness is measured; `phrase` and `syllable` say what becomes of loud and quiet moments.

    `clean` filters once more: a gain that is never still puts something below the voice.

    `clip_db`: how far a peak may stand above the ceiling and be rounded off, instead of the moment being turned down;
    speech bears it, music does not. `band_hertz`: above it there is nothing worth a bit.
    """

    name: str
    shape: tuple[Step, ...]
    clean: tuple[Step, ...]
    phrase: Curve
    syllable: Curve
    clip_db: float
    band_hertz: int


def _steep_highpass(hertz: int) -> tuple[Step, ...]:
    """Butterworth of eight poles: 48 dB an octave."""
    return tuple(("highpass", f"f={hertz}:t=q:w={q}") for q in (0.5098, 0.6013, 0.9000, 2.5629))


_HORN_LOW: Final = 250
"""Hz. A 30 W horn's diaphragm moves without sounding below this, and the amplifier's power goes into it."""
_HORN_HIGH: Final = 7_000
"""Hz. Horns fall off here, and what hisses above carries no consonant of Vietnamese a hundred metres away."""
_TURNED: Final = tuple(("allpass", f"f={hertz}:t=q:w=0.6") for hertz in (420, 780))
"""Phases turned: a voice's pulses stand out less, nobody hears it, and two decibels less need to be taken off."""
_SPOKEN_PHRASE: Final = ((-40.0, 0.0), (-24.0, 0.0), (-14.0, 6.0), (0.0, 0.0), (10.0, -5.0))
"""The quiet half of a sentence comes up to the loud half; a pause does not."""

PROFILES: Final = {
    p.name: p
    for p in (
        Profile(
            "horn",
            (
                *_steep_highpass(_HORN_LOW),
                *_TURNED,
                # consonants live here; they are what distance and wind take first
                ("equalizer", "f=2800:t=q:w=0.9:g=4"),
                ("lowpass", f"f={_HORN_HIGH}:p=1"),
            ),
            (("highpass", "f=200:t=q:w=0.5412"), ("highpass", "f=200:t=q:w=1.3066")),
            _SPOKEN_PHRASE,
            ((-36.0, -6.0), (-24.0, 0.0), (-8.0, 0.0), (-4.0, -1.0), (12.0, -11.0)),
            3.0,
            12_000,
        ),
        Profile(
            "indoor",
            (
                ("highpass", "f=120:p=2"),
                *_TURNED,
                ("equalizer", "f=3000:t=q:w=1.0:g=2"),
                ("lowpass", "f=12000:p=1"),
            ),
            (("highpass", "f=100:p=2"),),
            _SPOKEN_PHRASE,
            ((-8.0, 0.0), (-4.0, -0.5), (12.0, -8.5)),
            3.0,
            12_000,
        ),
        Profile(
            "music",
            (("highpass", "f=60:p=2"), ("lowpass", "f=12000:t=q:w=0.5412"), ("lowpass", "f=12000:t=q:w=1.3066")),
            (("anull", ""),),
            ((-24.0, 0.0), (-14.0, 2.0), (0.0, 0.0), (10.0, -2.0)),
            ((0.0, 0.0),),
            0.0,
            12_000,
        ),
    )
}
"""By name, as the settings and `loalang master --profile` write it."""
