"""Reads a stranger's document, `python -m broadcast.documents.document_worker`: a JSON request in, a JSON line out."""

import json
import os
import resource
import sys
import threading
from pathlib import Path
from typing import Any, Final

_FAILED: Final = 1
_MB: Final = 1024 * 1024


def main() -> int:
    """Read the request, do it, say how it ended; the process's exit status."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a library that prints must not speak in our stead
    request: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _bound(request)
    from broadcast.domain.refusals import Refusal  # noqa: PLC0415 - nothing that parses is loaded before the bounds stand

    try:
        answer = _read(request["kind"], Path(request["file"]))
    except Refusal as no:
        answer = {"refused": no.code, "facts": no.facts}
    except (MemoryError, RecursionError):
        answer = {"refused": "import-heavy", "facts": {}}
    print(json.dumps(answer), file=out, flush=True)
    return 0


def _read(kind: str, file: Path) -> dict[str, Any]:
    from broadcast.documents import document_docx, document_pdf, document_text  # noqa: PLC0415 - as above

    reader = {"docx": document_docx.read, "pdf": document_pdf.read, "text": document_text.read}[kind]
    found = reader(file)
    return {"paragraphs": found.paragraphs, "left_out": found.left_out}


def _bound(request: dict[str, Any]) -> None:
    """No more memory, time or rights than a reader of one file needs."""
    bounds = (
        (resource.RLIMIT_AS, request["memory_mb"] * _MB),
        (resource.RLIMIT_CPU, request["cpu_s"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for what, most in bounds:
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(_FAILED)


if __name__ == "__main__":
    sys.exit(main())
