"""A speech engine in a process of its own: it may hang, crash or leak there, and is killed when it is late.

The child reads one JSON request from its standard input and writes JSON lines to its standard output: `{"made": 0}` as
often as a job is done, `{}` to say that it is still trying, at last `{"done": true}` or
`{"failed": code, "detail": text}`. Its input stays open as long as we live, so that it can end itself when we are gone
(`audio.worker`). Secrets reach it in its environment, never in the request.
"""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from audio.calls import IsCancelled
from audio.speech import Engine, Job, Made, Manner, SpeechCancelled, SpeechFailed, SpeechTimeout

LOOK_S: Final = 0.1
"""How often `cancelled` is asked."""
_ROOT: Final = Path(__file__).resolve().parent.parent


class ChildEngine(Engine):
    """An engine whose work is done by `python -m worker`. `limit_s` is how long the child may be silent."""

    worker: str

    def __init__(self, limit_s: float, command: Sequence[str] = ()) -> None:
        self._limit_s = limit_s
        self._command = command or (sys.executable, "-m", self.worker)

    def speak(self, jobs: Sequence[Job], manner: Manner, made: Made, cancelled: IsCancelled) -> None:
        """See Engine."""
        request = {
            **self.request(),
            "jobs": [{"text": job.text, "out": str(job.out)} for job in jobs],
            "voice": manner.voice or self.voice,
            "rate": manner.rate if self.keeps_pace else 1.0,
        }
        converse(self._command, request, self._limit_s, made, cancelled)

    def request(self) -> dict[str, object]:
        """What this engine's worker needs besides jobs, voice and rate. Raises SpeechFailed where it cannot speak."""
        return {}


def converse(
    command: Sequence[str], request: Mapping[str, object], limit_s: float, made: Made, cancelled: IsCancelled
) -> None:
    """Have a child do `request`. Every line it writes gives it `limit_s` more.

    Raises SpeechFailed ("crashed" for one that died or spoke nonsense), SpeechTimeout, SpeechCancelled, and whatever
    `made` raises. The child is gone afterwards in every case.
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
            _listen(child, limit_s, made, cancelled)
        finally:
            child.kill()


def _ask(child: "subprocess.Popen[bytes]", request: Mapping[str, object]) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
    except OSError as error:
        raise SpeechFailed("crashed", str(error)) from error


def _listen(child: "subprocess.Popen[bytes]", limit_s: float, made: Made, cancelled: IsCancelled) -> None:
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
                if _heard(line, made):
                    return
            if lines:
                deadline = time.monotonic() + limit_s


def _heard(line: bytes, made: Made) -> bool:
    """Take one line of the child; True for the last one."""
    try:
        news: Any = json.loads(line)
        if "failed" in news:
            raise SpeechFailed(str(news["failed"]), str(news.get("detail", "")))
        job = int(news["made"]) if "made" in news else None
        done = bool(news.get("done"))
    except (ValueError, TypeError, AttributeError) as error:
        raise SpeechFailed("crashed", f"said {line[:200]!r}") from error
    if job is not None:
        made(job)
    return done
