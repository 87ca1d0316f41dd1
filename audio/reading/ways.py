"""How a region says it."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Reading:
    """Settings of a reading. `region` decides on ngàn/nghìn, lẻ/linh, bảy/bẩy, hai mươi bốn/hai mươi tư."""

    region: Literal["south", "north"] = "south"

    @property
    def north(self) -> bool:
        """Whether the northern words are said."""
        return self.region == "north"

    @property
    def thousand(self) -> str:
        """1.000."""
        return "nghìn" if self.north else "ngàn"

    @property
    def odd(self) -> str:
        """What stands for the tens that are not there: một trăm lẻ năm."""
        return "linh" if self.north else "lẻ"

    @property
    def digits(self) -> tuple[str, ...]:
        """The ten digits, said alone."""
        return NORTH_DIGITS if self.north else SOUTH_DIGITS


SOUTH_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
NORTH_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bẩy", "tám", "chín")
SOUTH: Final = Reading("south")
NORTH: Final = Reading("north")
