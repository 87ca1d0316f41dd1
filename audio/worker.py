"""The child's side of `audio.child`: what every engine's worker program does the same way."""

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from audio.speech import SpeechError

Work = Callable[[dict[str, Any], Callable[[float], None]], None]
_FAILED: Final = 1


def run(work: Work) -> None:
    """Read the request, do `work(request, tell)`, say how it ended. Ends the process when the parent is gone."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not speak between our lines
    request: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(**news: object) -> None:
        print(json.dumps(news), file=out, flush=True)

    try:
        work(request, lambda share: say(share=share))
    except SpeechError as error:
        say(failed=error.code, detail=error.detail)
        sys.exit(_FAILED)
    say(done=True)


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(_FAILED)
