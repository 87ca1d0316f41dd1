"""A cue on its way through a player, block by block: its volume, its fade, how far it has come.

Both players turn reels, so that what is heard from one is what is heard from the other.
"""

from array import array
from collections.abc import Iterator
from typing import Final

from devices.receiver.sound import BLOCK_FRAMES, FADE_S, FRAME_BYTES, Begun, Broken, Cue, Ended, SoundError, Undecodable
from devices.vocabulary import SAMPLE_RATE, Outcome, Part

FADE_FRAMES: Final = int(FADE_S * SAMPLE_RATE)
FIRST_FRAMES: Final = SAMPLE_RATE // 200
"""The first hand-over is 5 ms: a sink whose buffer is full takes it sooner, and its instant is known that well."""


def gain(volume: int) -> float:
    """The factor of a volume: 100 is 1, each step of 10 is 3 dB less (half the power of the horn), 0 is silence."""
    return 0.0 if volume <= 0 else float(10 ** ((min(volume, 100) - 100) * 3 / 10 / 20))


def scaled(pcm: bytes, factor: float) -> bytes:
    """These frames, quieter."""
    if factor >= 1.0:
        return pcm
    steps = int(factor * 65536)
    return array("h", [s * steps >> 16 for s in array("h", pcm)]).tobytes()


def faded(pcm: bytes) -> bytes:
    """These frames, falling evenly to silence."""
    samples = array("h", pcm)
    last = len(samples)
    return array("h", [s * (last - i) // last for i, s in enumerate(samples, 1)]).tobytes()


def label(cue: Cue) -> str:
    """What a sink calls this sound: the airing, or the alarm and its part."""
    return cue.subject if cue.part is Part.AIRING else f"{cue.subject}-{cue.part}"


class Reel:
    """One cue being played. `ending` is set from outside once it must break off, and then stays."""

    def __init__(self, cue: Cue) -> None:
        self.cue = cue
        self.ending: Outcome | None = None
        self.begun: Begun | None = None
        self.frames = 0
        self._factor = gain(cue.volume)
        self._blocks: Iterator[bytes] | None = None
        self._held = b""

    @property
    def played_ms(self) -> int:
        """Milliseconds taken, counted from where it began."""
        return self.frames * 1000 // SAMPLE_RATE

    @property
    def position_ms(self) -> int:
        """How far it has come, counted from the start of the source; 0 before its first frame."""
        return self.cue.from_ms + self.played_ms if self.frames else 0

    def load(self) -> None:
        """Decode the first block, so that it waits in memory. Raises Undecodable."""
        self._fill(BLOCK_FRAMES * FRAME_BYTES)

    def next(self) -> bytes:
        """The frames to hand over now, at most one block; b"" at its end. Raises Undecodable."""
        return self._take(BLOCK_FRAMES if self.frames else FIRST_FRAMES)

    def fade(self) -> bytes:
        """The last frames of a sound that breaks off; b"" where nothing has sounded yet."""
        if not self.frames:
            return b""
        try:
            return faded(self._take(FADE_FRAMES))
        except Undecodable:  # it ends anyway; what could not be decoded is not missed
            return b""

    def ended(self, outcome: Outcome) -> Ended:
        """The news of its end."""
        return Ended(self.cue, outcome, self.frames, self.played_ms)

    def broken(self, error: SoundError) -> Broken:
        """The news that it broke."""
        return Broken(self.cue, error, self.frames, self.played_ms)

    def close(self) -> None:
        """Let go of the source's file."""
        blocks, self._blocks = self._blocks, iter(())
        close = getattr(blocks, "close", None)
        if close is not None:
            close()

    def _take(self, frames: int) -> bytes:
        size = frames * FRAME_BYTES
        self._fill(size)
        pcm, self._held = self._held[:size], self._held[size:]
        return scaled(pcm, self._factor)

    def _fill(self, size: int) -> None:
        try:
            if self._blocks is None:
                self._blocks = iter(self.cue.source.blocks(self.cue.from_ms))
            while len(self._held) < size:
                block = next(self._blocks, b"")
                if not block:
                    return
                self._held += block
        except SoundError:
            raise
        except Exception as error:  # a fault in a decoder must end as news, never as a silent player
            raise Undecodable(f"{type(error).__name__}: {error}") from error
