"""`loalang master`: one file mastered as a bulletin's sound is, and the figures of what was written."""

import resource
import time
from pathlib import Path
from typing import Any

from audio.intake import NotSound, inspect
from audio.master import Finished, finish
from audio.profiles import PROFILES
from audio.sound import Unreadable
from broadcast.domain.refusals import Refusal


def master(source: Path, out: Path, profile: str, limit_minutes: int, *, chime: bool) -> dict[str, Any]:
    """Master `source` into `out`. The figures are measured on the file that was written.

    Raises Refusal: sound-..., disk-full; the sentence tells what to mend, and `out` is not there.
    """
    began = time.perf_counter()
    try:
        inspect(source, source.name, limit_minutes, _untold, _never)
        made = finish(source, out, chime=chime, tell=_untold, cancelled=_never, profile=PROFILES[profile])
    except NotSound as no:
        raise Refusal(no.code, **no.facts) from no
    except Unreadable as error:
        raise Refusal("sound-truncated", name=source.name) from error
    except FileNotFoundError as error:
        raise Refusal("file-missing", name=error.filename or source) from error
    except OSError as error:
        raise Refusal("file-unwritten", name=out, why=error.strerror or error) from error
    return figures(made, time.perf_counter() - began)


def figures(made: Finished, took_s: float) -> dict[str, Any]:
    """What `--json` prints."""
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "integrated_lufs": round(made.integrated_lufs, 2),
        "true_peak_db": round(made.true_peak_db, 2),
        "seconds": round(made.seconds, 3),
        "peak_rss_mb": round(peak_kib / 1024, 1),
        "realtime_factor": round(made.seconds / took_s, 1),
        "gain_db": round(made.gain_db, 2),
        "before_lufs": round(made.before_lufs, 2),
    }


def _untold(share: float) -> None:
    """A command with one line of result shows no progress."""


def _never() -> bool:
    return False
