"""How loud a finished file is, measured on the file itself as a stranger would: decoded, EBU R 128, true peak."""

from dataclasses import dataclass
from pathlib import Path

from audio.ahead import ahead
from audio.blocks import NOTHING_LUFS, Blocks, Surveyor
from audio.calls import Cancelled, IsCancelled
from audio.graphs import floats
from audio.sound import RATE, frames, opened


@dataclass(frozen=True, slots=True)
class Measured:
    """Integrated loudness (ITU-R BS.1770-4), true peak (4 times oversampled) in dBTP, length; the blocks themselves."""

    integrated_lufs: float
    true_peak_db: float
    seconds: float
    blocks: Blocks

    @property
    def loud(self) -> bool:
        """Whether its loudness could be measured."""
        return self.integrated_lufs > NOTHING_LUFS


def measure(file: Path, cancelled: IsCancelled) -> Measured:
    """Measure a file. Blocks; constant memory. Raises Unreadable, Cancelled."""
    surveyor = Surveyor()
    with opened(file) as container:
        for frame in ahead(frames(container, fmt="flt")):
            if cancelled():
                raise Cancelled
            surveyor.show(floats(frame))
    blocks = surveyor.told()
    return Measured(blocks.loudness, blocks.true_peak_db, blocks.count / RATE, blocks)
