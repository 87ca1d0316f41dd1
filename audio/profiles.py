"""What a sound is shaped for: how it is filtered and compressed before it is made as loud as all others."""

from dataclasses import dataclass
from typing import Final

from audio.graphs import Step


@dataclass(frozen=True, slots=True)
class Profile:
    """`shape` filters before loudness is measured; `squeeze` compresses what is then as loud as it should be.

    `clipped`: whether what still stands out is rounded off, which speech bears and music does not. `application` is
    what Opus is told to expect.
    """

    name: str
    shape: tuple[Step, ...]
    squeeze: tuple[Step, ...]
    clipped: bool
    application: str


_HORN_LOW: Final = 250
"""Hz. A 30 W horn's diaphragm moves without sounding below this, and the amplifier's power goes into it."""
_HORN_HIGH: Final = 7_000
"""Hz. Horns fall off here, and what hisses above carries no consonant of Vietnamese a hundred metres away."""

PROFILES: Final = {
    p.name: p
    for p in (
        Profile(
            "horn",
            (
                # two in a row: 24 dB an octave, so that plosives and mains hum do not reach the horn
                ("highpass", f"f={_HORN_LOW}:p=2"),
                ("highpass", f"f={_HORN_LOW}:p=2"),
                # consonants live here; they are what distance and wind take first
                ("equalizer", "f=2800:t=q:w=0.9:g=4"),
                ("lowpass", f"f={_HORN_HIGH}:p=1"),
            ),
            # -20 dB: the quiet half of a sentence comes up to the loud half
            (("acompressor", "threshold=0.1:ratio=3.5:attack=6:release=120:knee=4:makeup=1"),),
            True,
            "voip",
        ),
        Profile(
            "indoor",
            (
                ("highpass", "f=120:p=2"),
                ("equalizer", "f=3000:t=q:w=1.0:g=2"),
            ),
            (("acompressor", "threshold=0.14:ratio=2:attack=10:release=160:knee=4:makeup=1"),),
            True,
            "voip",
        ),
        Profile("music", (("highpass", "f=60:p=2"),), (), False, "audio"),
    )
}
"""By name, as the settings and `loalang master --profile` write it."""
