"""Decodes what a stranger gave, and masters it: `python -m audio.apart_worker`, protocol in `audio.apart`."""

import json
import os
import resource
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

_FAILED: Final = 1
_MB: Final = 1024 * 1024


def main() -> int:
    """Read the request, do it, say how it ended; the process's exit status."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not speak between our lines
    request: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(**news: object) -> None:
        print(json.dumps(news), file=out, flush=True)

    _bound(request["bounds"])
    from audio.made import NotSound, Unreadable  # noqa: PLC0415 - nothing of FFmpeg is loaded before the bounds stand

    try:
        say(done=_work(request, lambda share: say(share=round(share, 4))))
    except NotSound as no:
        say(not_sound=no.code, facts=no.facts)
    except Unreadable as error:
        say(unreadable=str(error), heavy=_out_of_memory(error))
    except MemoryError:
        say(unreadable="out of memory", heavy=True)
    except OSError as error:
        say(os_error=[error.errno, error.strerror or str(error)])
    else:
        return 0
    return _FAILED


def _work(request: dict[str, Any], tell: Any) -> dict[str, Any]:  # noqa: ANN401 - tell is audio.calls.Tell
    if request["work"] == "assemble":
        from audio.assembly import assemble  # noqa: PLC0415 - nothing of FFmpeg is loaded before the bounds stand
        from audio.made import Piece  # noqa: PLC0415 - as above

        pieces = [Piece(**each) for each in request["pieces"]]
        return asdict(assemble(pieces, Path(request["out"]), tell, _never))
    file = Path(request["file"])
    if request["work"] == "inspect":
        from audio.intake import inspect  # noqa: PLC0415 - as above

        return asdict(inspect(file, request["name"], request["limit_minutes"], tell, _never))
    if request["work"] == "waveform":
        from audio.waveform import waveform  # noqa: PLC0415 - as above

        return {"peaks": waveform(file, request["points"])}
    if request["work"] == "compact":
        from audio.compact import compact  # noqa: PLC0415 - as above

        return asdict(compact(file, Path(request["out"]), tell, _never))
    from audio.master import finish  # noqa: PLC0415 - as above
    from audio.memory import peak_mb  # noqa: PLC0415 - as above
    from audio.profiles import PROFILES  # noqa: PLC0415 - as above

    out, profile = Path(request["out"]), PROFILES[request["profile"]]
    made = finish(
        file, out, chime=request["chime"], closing=request["closing"], tell=tell, cancelled=_never, profile=profile
    )
    return {**asdict(made), "used_mb": peak_mb()}


def _bound(bounds: dict[str, Any]) -> None:
    """No more memory, time or rights than a decoder needs."""
    for what, most in (
        (resource.RLIMIT_AS, bounds["memory_mb"] * _MB),
        (resource.RLIMIT_CPU, bounds["cpu_s"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least if what != resource.RLIMIT_CPU else hard))


def _out_of_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _never() -> bool:
    """Whoever cancels ends this process."""
    return False


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(_FAILED)


if __name__ == "__main__":
    sys.exit(main())
