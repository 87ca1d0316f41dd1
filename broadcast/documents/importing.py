"""A bulletin begun from a document: DOCX, PDF or TXT, read in a process of its own with bounds on what it takes."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from audio.reading.legacy import LegacyEncoding, modern
from broadcast.domain.bulletins import TITLE_LENGTH, sayable
from broadcast.domain.documents import LIMIT_MB, Imported
from broadcast.domain.paragraphs import Reading, without_frame
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk

ANSWER_BYTES: Final = 4 * 1024 * 1024
_MB: Final = 1024 * 1024
_NAME_LENGTH: Final = 200
_ROOT: Final = Path(__file__).resolve().parents[2]
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of old Word, and encrypted ones of the new, begin."""
_HEAD: Final = 65_536


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the reading of one file may take."""

    memory_mb: int = 1024
    cpu_s: int = 20
    wall_s: float = 40.0


BOUNDS: Final = Bounds()


async def take_in(desk: Desk, actor: Actor, name: str, file: Path, bounds: Bounds = BOUNDS) -> Imported:
    """The text of a document, for a new bulletin; nothing is kept. `file` stays the caller's.

    Raises Refusal: not-allowed, import-kind, import-large, import-old-word, import-encrypted, import-broken,
    import-heavy, import-pages, import-scanned, import-not-text, import-empty, text-legacy, text-long.
    """
    require(actor, Action.WRITE, (), desk.tree)
    shown = _shown(name)
    kind, path = await asyncio.to_thread(_kind, file)
    reading = await _read_apart(kind, path, bounds)
    reading = without_frame(_in_unicode(reading))
    if not reading.paragraphs:
        raise Refusal("import-empty")
    paragraphs = list(reading.paragraphs)
    title = _title(paragraphs)
    text = sayable("\n\n".join(paragraphs), desk.settings.speech.text_limit)
    return Imported(title or PurePosixPath(shown).stem[:TITLE_LENGTH], text, reading.left_out, shown)


def _kind(file: Path) -> tuple[str, Path]:
    """By what stands in it, names lie; and its whole path. Raises Refusal."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
        size = stream.seek(0, os.SEEK_END)
    if size > LIMIT_MB * _MB:
        raise Refusal("import-large", limit=LIMIT_MB)
    if not head.strip():
        raise Refusal("import-empty")
    if head.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in file.read_bytes()
        raise Refusal("import-encrypted" if encrypted else "import-old-word")
    if b"%PDF-" in head[:1024]:
        return "pdf", file.resolve()
    if head.startswith(b"PK"):
        return "docx", file.resolve()
    if head.lstrip().startswith((b"{\\rtf", b"<!DOCTYPE", b"<html", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise Refusal("import-kind")
    return "text", file.resolve()


async def _read_apart(kind: str, file: Path, bounds: Bounds) -> Reading:
    """What the child found. It is ended when the time is over, or when whoever asked does not wait any more."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "broadcast.documents.document_worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        limit=ANSWER_BYTES,
    )
    assert child.stdin is not None  # noqa: S101 - it was asked for
    assert child.stdout is not None  # noqa: S101 - as above
    request = {"kind": kind, "file": str(file), "memory_mb": bounds.memory_mb, "cpu_s": bounds.cpu_s}
    try:
        async with asyncio.timeout(bounds.wall_s):
            child.stdin.write(json.dumps(request).encode() + b"\n")
            answer = await child.stdout.readline()
    except (TimeoutError, ValueError, ConnectionError) as error:
        raise Refusal("import-heavy") from error
    finally:
        if child.returncode is None:
            child.kill()
        child.stdin.close()
        await child.wait()
    if not answer:  # what kills its reader is no document
        raise Refusal("import-heavy" if child.returncode in _OUT_OF_TIME else "import-broken")
    told: dict[str, Any] = json.loads(answer)
    if "refused" in told:
        raise Refusal(told["refused"], **told["facts"])
    return Reading(tuple(told["paragraphs"]), tuple(told["left_out"]))


_OUT_OF_TIME: Final = (-24, -9)
"""Exit status of a child that took too much time (SIGXCPU, SIGKILL)."""


def _in_unicode(reading: Reading) -> Reading:
    """Out of old encodings, then without soft hyphens, which are a letter there. Raises Refusal("text-legacy")."""
    try:
        whole = modern("\n\n".join(reading.paragraphs))
    except LegacyEncoding as no:
        raise Refusal("text-legacy", sample=no.sample) from no
    paragraphs = (p.strip() for p in whole.replace("\u00ad", "").split("\n\n"))
    return Reading(tuple(p for p in paragraphs if p), reading.left_out)


def _title(paragraphs: list[str]) -> str:
    """The head of the document, taken off where the text has more; "" where it has none."""
    first = " ".join(paragraphs[0].split())
    if len(paragraphs) < 2 or len(first) > TITLE_LENGTH or first.endswith((".", ":", ";", ",", "!", "?")):  # noqa: PLR2004 - head and text
        return ""
    del paragraphs[0]
    if first.isupper() and len(first.split()) <= _KIND_WORDS and paragraphs[1:]:
        # "THÔNG BÁO" says nothing yet: what it is about stands below
        second = " ".join(paragraphs[0].split())
        if len(first) + len(second) < TITLE_LENGTH and not second.endswith((".", ":", ";")):
            del paragraphs[0]
            return (
                f"{first.capitalize()} {second[:1].lower()}{second[1:]}"
                if not second.isupper()
                else second.capitalize()
            )
    return first.capitalize() if first.isupper() else first


_KIND_WORDS: Final = 3


def _shown(name: str) -> str:
    """A file's name as people may see it: no folders, nothing unprintable."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[-_NAME_LENGTH:] or "?"
