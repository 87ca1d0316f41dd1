"""Files of strangers are decoded in a process of its own, with bounds of memory and time.

The child (`audio.apart_worker`) reads one JSON request, writes JSON lines: `{"share": 0.25}` while it works, at last
`{"done": {...}}`, or one that says what it raised. Its input stays open as long as we live, so that it ends with us.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from audio.calls import Cancelled, IsCancelled, Tell
from audio.made import Finished, Inspected, Kept, NotSound, Piece, TooHeavy, Unreadable

LOOK_S: Final = 0.1
"""How often `cancelled` is asked."""
_ROOT: Final = Path(__file__).resolve().parent.parent
_WORKER: Final = (sys.executable, "-m", "audio.apart_worker")
_OUT_OF_TIME: Final = (-signal.SIGXCPU, -signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may take. An hour of speech takes about 80 s of processor time and 150 MB."""

    memory_mb: int = 1536
    """Of addresses, which libraries take more of than of memory."""
    cpu_s: int = 900
    wall_s: float = 1800.0
    silent_s: float = 120.0
    """Without a sign of progress."""


BOUNDS: Final = Bounds()


def inspect(
    file: Path, name: str, limit_minutes: int, tell: Tell, cancelled: IsCancelled, bounds: Bounds = BOUNDS
) -> Inspected:
    """`audio.intake.inspect`, apart. Raises NotSound, Cancelled, OSError."""
    request = {"work": "inspect", "file": str(file), "name": name, "limit_minutes": limit_minutes}
    try:
        return Inspected(**_done(request, tell, cancelled, bounds))
    except TooHeavy as error:
        raise NotSound("sound-heavy", name=name) from error
    except Unreadable as error:  # what kills its decoder is no sound
        raise NotSound("sound-not-sound", name=name) from error


def finish(
    spoken: Path,
    out: Path,
    *,
    chime: bool,
    tell: Tell,
    cancelled: IsCancelled,
    profile: str = "horn",
    closing: bool = False,
    bounds: Bounds = BOUNDS,
) -> Finished:
    """`audio.master.finish`, apart. Raises Unreadable (TooHeavy), Cancelled, OSError; then `out` is gone."""
    request = {"work": "finish", "file": str(spoken), "out": str(out), "chime": chime, "closing": closing}
    try:
        return Finished(**_done({**request, "profile": profile}, tell, cancelled, bounds))
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def waveform(file: Path, points: int, tell: Tell, cancelled: IsCancelled, bounds: Bounds = BOUNDS) -> list[float]:
    """`audio.waveform.waveform`, apart. Raises Unreadable, Cancelled, OSError."""
    request = {"work": "waveform", "file": str(file), "points": points}
    found: list[float] = _done(request, tell, cancelled, bounds)["peaks"]
    return found


def compact(file: Path, out: Path, tell: Tell, cancelled: IsCancelled, bounds: Bounds = BOUNDS) -> Kept:
    """`audio.compact.compact`, apart. Raises Unreadable (TooHeavy), Cancelled, OSError; then `out` is gone."""
    try:
        return Kept(**_done({"work": "compact", "file": str(file), "out": str(out)}, tell, cancelled, bounds))
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def assemble(
    pieces: Sequence[Piece], out: Path, tell: Tell, cancelled: IsCancelled, bounds: Bounds = BOUNDS
) -> Finished:
    """`audio.assembly.assemble`, apart. Raises Unreadable (TooHeavy), Cancelled, OSError; then `out` is gone."""
    request: dict[str, object] = {"work": "assemble", "pieces": [asdict(piece) for piece in pieces], "out": str(out)}
    try:
        return Finished(**_done(request, tell, cancelled, bounds))
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _done(request: dict[str, object], tell: Tell, cancelled: IsCancelled, bounds: Bounds) -> dict[str, Any]:
    with _child(_WORKER) as child:
        assert child.stdin is not None  # noqa: S101 - it was asked for
        child.stdin.write(json.dumps({**request, "bounds": asdict(bounds)}).encode() + b"\n")
        child.stdin.flush()
        for news in _news(child, cancelled, bounds):
            if "share" in news:
                tell(float(news["share"]))
            elif "done" in news:
                result: dict[str, Any] = news["done"]
                return result
            else:
                raise _raised(news)
        status = child.wait()
        raise (TooHeavy if status in _OUT_OF_TIME else Unreadable)(f"the decoder ended with {status}")


def _raised(news: dict[str, Any]) -> Exception:
    """What the child says it raised."""
    if "not_sound" in news:
        return NotSound(news["not_sound"], **news["facts"])
    if "os_error" in news:
        return OSError(*news["os_error"])
    return (TooHeavy if news.get("heavy") else Unreadable)(str(news.get("unreadable")))


def _news(child: "subprocess.Popen[bytes]", cancelled: IsCancelled, bounds: Bounds) -> Iterator[dict[str, Any]]:
    """What the child says, until it has nothing more to say."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    pipe, pending = child.stdout.fileno(), b""
    began = heard = time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if cancelled():
                raise Cancelled
            now = time.monotonic()
            if now - heard > bounds.silent_s or now - began > bounds.wall_s:
                raise TooHeavy(f"not done after {now - began:.0f} s")
            if not selector.select(LOOK_S):
                continue
            chunk = os.read(pipe, 65_536)
            if not chunk:
                return
            heard = now
            *lines, pending = (pending + chunk).split(b"\n")
            yield from (json.loads(line) for line in lines)


@contextmanager
def _child(command: Sequence[str]) -> Iterator["subprocess.Popen[bytes]"]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    # threads of a matrix library would wait for each other longer than they work
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(  # noqa: S603 - the command is ours, what people gave goes through its input
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        try:
            yield child
        finally:
            child.kill()
