"""`loalang master`: one file mastered as a bulletin's sound is, and the figures of what was written."""

import time
from pathlib import Path
from typing import Any

from audio.apart import finish, inspect
from audio.made import Finished, NotSound, TooHeavy, Unreadable
from audio.memory import peak_mb
from broadcast.domain.refusals import Refusal


def master(
    source: Path, out: Path, profile: str, limit_minutes: int, *, chime: bool, closing: bool = False
) -> dict[str, Any]:
    """Master `source` into `out`. The figures are measured on the file that was written.

    Raises Refusal: sound-..., file-missing, file-unwritten; the sentence tells what to mend, and `out` is not there.
    """
    began = time.perf_counter()
    try:
        if not source.is_file():
            raise FileNotFoundError(2, "", str(source))
        if out.exists() and out.samefile(source):
            raise OSError(0, "IN = OUT")
        out.open("ab").close()  # what cannot be written is known before an hour is decoded
        inspect(source, source.name, limit_minutes, _untold, _never)
        made = finish(source, out, chime=chime, closing=closing, tell=_untold, cancelled=_never, profile=profile)
    except NotSound as no:
        _forget(out)
        raise Refusal(no.code, **no.facts) from no
    except Unreadable as error:
        code = "sound-heavy" if isinstance(error, TooHeavy) else "sound-truncated"
        raise Refusal(code, name=source.name) from error
    except FileNotFoundError as error:
        raise Refusal("file-missing", name=error.filename or source) from error
    except OSError as error:
        raise Refusal("file-unwritten", name=out, why=error.strerror or error) from error
    return figures(made, time.perf_counter() - began)


def figures(made: Finished, took_s: float) -> dict[str, Any]:
    """What `--json` prints. Memory is that of this process and of the one that decodes, together."""
    return {
        "integrated_lufs": round(made.integrated_lufs, 2),
        "true_peak_db": round(made.true_peak_db, 2),
        "seconds": round(made.seconds, 3),
        "peak_rss_mb": round(peak_mb() + made.used_mb, 1),
        "realtime_factor": round(made.seconds / took_s, 1),
        "gain_db": round(made.gain_db, 2),
        "before_lufs": round(made.before_lufs, 2),
    }


def _forget(out: Path) -> None:
    if not out.stat().st_size:
        out.unlink()


def _untold(share: float) -> None:
    """A command with one line of result shows no progress."""


def _never() -> bool:
    return False
