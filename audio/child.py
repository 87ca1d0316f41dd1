"""A speech engine in a process of its own: it may hang, crash or leak there, and is killed when it is late.

The child reads one JSON request from its standard input and writes JSON lines to its standard output:
`{"share": 0.25}` as often as a piece is done, at last `{"done": true}` or `{"failed": code, "detail": text}`.
Its input stays open as long as we live, so that it can end itself when we are gone (`audio.worker`).
"""

import json
import os
import selectors
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from audio.calls import IsCancelled, Tell
from audio.speech import SpeechCancelled, SpeechFailed, SpeechTimeout

LOOK_S: Final = 0.1
"""How often `cancelled` is asked."""
_ROOT: Final = Path(__file__).resolve().parent.parent


def converse(
    command: Sequence[str], request: Mapping[str, object], piece_limit_s: float, tell: Tell, cancelled: IsCancelled
) -> None:
    """Have a child do `request`. Every line it writes gives it `piece_limit_s` more.

    Raises SpeechFailed ("crashed" for one that died or spoke nonsense), SpeechTimeout, SpeechCancelled. The child is
    gone afterwards in every case.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))),
    }
    try:
        started = subprocess.Popen(  # noqa: S603 - the command is ours, what people wrote goes through its input
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
    except OSError as error:
        raise SpeechFailed("crashed", str(error)) from error
    with started as child:
        try:
            _ask(child, request)
            _listen(child, piece_limit_s, tell, cancelled)
        finally:
            child.kill()


def _ask(child: "subprocess.Popen[bytes]", request: Mapping[str, object]) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
    except OSError as error:
        raise SpeechFailed("crashed", str(error)) from error


def _listen(child: "subprocess.Popen[bytes]", limit_s: float, tell: Tell, cancelled: IsCancelled) -> None:
    assert child.stdout is not None  # noqa: S101 - it was asked for
    pipe = child.stdout.fileno()
    pending = b""
    deadline = time.monotonic() + limit_s
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if cancelled():
                raise SpeechCancelled
            left = deadline - time.monotonic()
            if left <= 0:
                raise SpeechTimeout(f"no answer within {limit_s:g} s")
            if not selector.select(min(LOOK_S, left)):
                continue
            chunk = os.read(pipe, 65_536)
            if not chunk:
                raise SpeechFailed("crashed", f"ended with {child.wait()}")
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                deadline = time.monotonic() + limit_s
                if _heard(line, tell):
                    return


def _heard(line: bytes, tell: Tell) -> bool:
    """Take one line of the child; True for the last one."""
    try:
        news: Any = json.loads(line)
        if "failed" in news:
            raise SpeechFailed(str(news["failed"]), str(news.get("detail", "")))
        if "share" in news:
            tell(min(1.0, max(0.0, float(news["share"]))))
        return bool(news.get("done"))
    except (ValueError, TypeError, AttributeError) as error:
        raise SpeechFailed("crashed", f"said {line[:200]!r}") from error
