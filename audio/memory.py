"""How much memory this process has taken at most."""

import re
import resource
from pathlib import Path
from typing import Final

_KIB: Final = 1024


def peak_mb() -> float:
    """In megabytes. `getrusage` would count what the process that started us had, too: Linux keeps it across exec."""
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text("ascii", "replace"))
    except OSError:
        found = None
    return (int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / _KIB
