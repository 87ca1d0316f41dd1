"""Finished sounds become one: each at its place, with its silence around it, music fading under its neighbours.

    decode > mono 48 kHz > envelope > add where two sound at once > Opus         measured on the file that came out

What is brought here is mastered already, so nothing is shaped again; where two add up to a peak, or Opus lets one
through, that moment alone is encoded softer. Words are never faded: music sinks before they begin and rises after
they end, and is `UNDER_DB` below itself while they sound. Constant memory, whatever the length.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from audio.calls import Cancelled, IsCancelled, Tell
from audio.encoder import Encoder, Voice
from audio.graphs import Floats, floats
from audio.jingles import NAMES, jingle
from audio.made import Finished, Piece, Unreadable
from audio.master import peaks_over
from audio.measure import measure
from audio.sound import RATE, frames, opened

BIT_RATE: Final = 48_000
"""Bits a second: what was encoded once already loses less, and there is music in it."""
BAND_HERTZ: Final = 12_000
UNDER_DB: Final = -15.0
TURN_S: Final = 0.8
"""As long music takes to sink before words, and to rise after them, beside what it shares with them."""
EDGE_S: Final = 0.01
"""Music that begins or ends in silence does so softly."""
MOST_ROUNDS: Final = 4
_STEP: Final = RATE // 10


def assemble(pieces: Sequence[Piece], out: Path, tell: Tell, cancelled: IsCancelled) -> Finished:
    """Make one clip of these in `out`; they are in order, and no more than two sound at once. Blocks.

    Raises Unreadable, Cancelled, OSError; then `out` is gone.
    """
    if not pieces:
        raise Unreadable("nothing to put together")
    softer, quieter_db = dict[int, float](), 0.0
    try:
        for tried in range(MOST_ROUNDS + 1):
            with Encoder(out, Voice(BIT_RATE, BAND_HERTZ), softer) as encoder:
                for samples in mixed(pieces, _silent if tried else lambda share: tell(share * 0.9), cancelled):
                    encoder.write(samples * np.float32(10 ** (-quieter_db / 20)))
            made = measure(out, cancelled)
            over = peaks_over(made.blocks.peak)
            if not over:
                break
            if tried >= MOST_ROUNDS - 1:
                quieter_db += max(over.values())
            softer = {at: softer.get(at, 0.0) + over.get(at, 0.0) for at in softer.keys() | over.keys()}
        tell(1.0)
        size = out.stat().st_size
        return Finished(made.seconds, size, -quieter_db, made.integrated_lufs, made.integrated_lufs, made.true_peak_db)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def mixed(pieces: Sequence[Piece], tell: Tell, cancelled: IsCancelled) -> Iterator[Floats]:
    """The samples of the whole, a tenth of a second at a time, 0 to 1 of it told."""
    tracks = [_Track(piece, *_neighbours(pieces, i)) for i, piece in enumerate(pieces)]
    length = max(track.end for track in tracks)
    try:
        for begin in range(0, length, _STEP):
            if cancelled():
                raise Cancelled
            whole = np.zeros(min(_STEP, length - begin), np.float32)
            for track in tracks:
                if track.start < begin + len(whole) and begin < track.end:
                    track.add_to(whole, begin)
                elif track.end <= begin:
                    track.close()
            yield whole
            tell((begin + len(whole)) / length)
    finally:
        for track in tracks:
            track.close()


def _neighbours(pieces: Sequence[Piece], i: int) -> tuple[Piece | None, Piece | None]:
    return (pieces[i - 1] if i else None), (pieces[i + 1] if i + 1 < len(pieces) else None)


class _Track:
    """One piece: its samples from its first to its last, opened when its turn comes, faded by its envelope."""

    def __init__(self, piece: Piece, before: Piece | None, behind: Piece | None) -> None:
        self.start = round(piece.start_s * RATE)
        self.end = self.start + max(1, round(piece.seconds * RATE))
        self._piece = piece
        self._points = _envelope(piece, before, behind) if piece.musical else None
        self._rest: Floats = np.zeros(0, np.float32)
        self._source: Iterator[Floats] | None = None

    def add_to(self, whole: Floats, begin: int) -> None:
        """Add what of it sounds in the samples from `begin` on."""
        first, last = max(self.start, begin), min(self.end, begin + len(whole))
        heard = self._take(last - first)
        if self._points is not None:
            at = (np.arange(first - self.start, first - self.start + len(heard)) / RATE).astype(np.float32)
            heard = heard * np.interp(at, *self._points).astype(np.float32)
        whole[first - begin : first - begin + len(heard)] += heard

    def close(self) -> None:
        """Let go of its file."""
        if self._source is not None:
            self._source.close()  # type: ignore[attr-defined]  # a generator
            self._source = None

    def _take(self, count: int) -> Floats:
        """Its next samples; fewer where the file is shorter than it was said to be."""
        if self._source is None:
            self._source = _samples(self._piece.source)
        parts, there = [self._rest], len(self._rest)
        while there < count:
            more = next(self._source, None)
            if more is None:
                break
            parts.append(more)
            there += len(more)
        joined = np.concatenate(parts)
        self._rest = joined[count:]
        return joined[:count]


def _samples(source: str) -> Iterator[Floats]:
    if source in NAMES:
        yield jingle(source)
        return
    with opened(Path(source)) as container:
        for frame in frames(container, fmt="flt"):
            yield floats(frame)


def _envelope(piece: Piece, before: Piece | None, behind: Piece | None) -> tuple[list[float], list[float]]:
    """Of music: seconds from its beginning, and the factor at each; between two it goes straight."""
    end = piece.seconds
    rise = _rising(piece, before, shared=before.start_s + before.seconds - piece.start_s if before else 0.0)
    fall = _rising(piece, behind, shared=piece.start_s + end - behind.start_s if behind else 0.0)
    at = [t for t, _ in rise] + [end - t for t, _ in reversed(fall)]
    return at, [g for _, g in rise] + [g for _, g in reversed(fall)]


def _rising(piece: Piece, other: Piece | None, shared: float) -> list[tuple[float, float]]:
    """How it comes out of what sounds beside it, as (seconds from that end, factor)."""
    half = piece.seconds / 2
    if other is None or shared <= 0:
        return [(0.0, 0.0), (min(EDGE_S, half), 1.0)]
    if other.musical:  # as loud together as each alone
        return [(shared * i / 8, math.sin(math.pi / 2 * i / 8)) for i in range(9)]
    under = 10 ** (UNDER_DB / 20)
    return [(0.0, 0.0), (shared, under), (max(shared, min(shared + TURN_S, half)), 1.0)]


def _silent(share: float) -> None:
    """A second try is not told: progress never goes back."""
