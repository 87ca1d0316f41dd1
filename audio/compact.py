"""A compact copy of a sound as it came in, before mastering, so that an editor can hear what mastering did to it."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from audio.calls import Cancelled, IsCancelled, Tell
from audio.made import Kept, Unreadable
from audio.masking import Listener
from audio.sound import RATE, frames, length_s, opened

BIT_RATE: Final = 64_000
"""Bits a second: transparent for speech; an hour takes at most 29 MB, whatever came in."""
_COMPLEXITY: Final = "3"
"""Of 10: nobody hears the difference at this rate, and an hour is copied in half the time."""


def compact(file: Path, out: Path, tell: Tell, cancelled: IsCancelled) -> Kept:
    """Write `file` as Opus in Ogg, mono, nothing changed, nothing cut off; and listen to it. Blocks; constant memory.

    Raises Unreadable, Cancelled, OSError; then `out` is gone.
    """
    try:
        with opened(file) as container:
            length, told = length_s(container), 0.0
            with av.open(str(out), "w", format="ogg", container_options={"fflags": "+bitexact"}) as copy:
                stream = copy.add_stream("libopus", rate=RATE, options=_OPTIONS)
                stream.layout, stream.bit_rate, stream.time_base = "mono", BIT_RATE, Fraction(1, RATE)
                count, listener = 0, Listener()
                for frame in frames(container):
                    if cancelled():
                        raise Cancelled
                    frame.time_base = Fraction(1, RATE)
                    count += frame.samples
                    listener.show(frame)
                    copy.mux(stream.encode(frame))
                    share = min(1.0, count / RATE / length) if length else 0.0
                    if share >= told + 0.01:
                        told = share
                        tell(share)
                copy.mux(stream.encode(None))
        if not count:
            raise Unreadable("no sound in it")
        return Kept(out.stat().st_size, listener.masked)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


_OPTIONS: Final = {"application": "audio", "vbr": "constrained", "compression_level": _COMPLEXITY, "flags": "+bitexact"}
