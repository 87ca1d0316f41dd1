"""How the machine is: what a State tells besides sound. Cheap enough to be asked every two seconds."""

import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

_THERMAL: Final = Path("/sys/class/thermal")
_PLAUSIBLE_C: Final = (-40.0, 150.0)


@dataclass(frozen=True, slots=True)
class Health:
    """None: cannot be told."""

    disk_free_mb: int | None
    temperature_c: float | None


def look(folder: Path, thermal: Path = _THERMAL) -> Health:
    """The health of this machine; `folder` is on the disk that counts."""
    return Health(_free_mb(folder), _temperature(thermal))


def versions() -> dict[str, str]:
    """What runs here: the program, Python, the machine."""
    try:
        own = metadata.version("loalang")
    except metadata.PackageNotFoundError:
        own = "unknown"
    return {"loalang": own, "python": platform.python_version(), "machine": _machine()[:80]}


def _free_mb(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free // (1024 * 1024)
    except OSError:
        return None


def _temperature(thermal: Path) -> float | None:
    """The hottest zone, in degrees Celsius: on a Raspberry Pi there is one, of the processor."""
    found = []
    for zone in thermal.glob("thermal_zone*/temp"):
        try:
            degrees = int(zone.read_text("ascii")) / 1000
        except (OSError, ValueError):
            continue
        if _PLAUSIBLE_C[0] <= degrees <= _PLAUSIBLE_C[1]:
            found.append(degrees)
    return max(found, default=None)


def _machine() -> str:
    try:
        return Path("/proc/device-tree/model").read_text("utf-8").strip("\x00\n")
    except (OSError, UnicodeDecodeError):
        return f"{platform.system()} {platform.machine()}"
