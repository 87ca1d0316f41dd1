"""One clip pulled over HTTP into a partial file, from where it broke off. Blocks; runs in a worker.

PullFailed       it did not come to its end; what came is kept, and it may go on from there
  Untruthful     what came cannot be the clip (too long): thrown away
"""

import contextlib
import errno
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_CHUNK: Final = 64 * 1024
QUIET_S: Final = 15.0
"""Nothing for this long, and the connection is given up."""
LONGEST_S: Final = 900.0
"""A server that drips bytes does not hold a worker longer than this."""
MARGIN: Final = 4 * 1024
"""Read beyond the announced size before it is called untruthful."""
UNKNOWN_SIZE: Final = 64 * 1024 * 1024
"""Most that is read of a clip whose size nobody announced: an hour of speech fits twice."""

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
"""How an OSError says that the disk is full."""


class PullFailed(Exception):
    """Raised when a clip did not come to its end."""


class Untruthful(PullFailed):
    """Raised when what came cannot be the clip."""


class Pull:
    """One pull, which another thread may break off."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._cancelled = threading.Event()
        self._socket: socket.socket | None = None

    def cancel(self) -> None:
        """Break it off as soon as may be."""
        self._cancelled.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)  # wakes the read; closing alone would not

    def run(self, url: str, partial: Path, size: int, quiet_s: float = QUIET_S) -> None:
        """Have all of `url` in `partial`. `size` is what was announced, 0 if nothing. Raises PullFailed, OSError."""
        limit = (size + MARGIN) if size else UNKNOWN_SIZE
        have = partial.stat().st_size if partial.exists() else 0
        if size and have == size:
            return  # it broke off between the last byte and the proof
        if have > limit:
            partial.unlink()
            have = 0
        try:
            with contextlib.closing(_connection(url, quiet_s)) as connection:
                connection.connect()
                self._socket = connection.sock  # the connection itself forgets it once it is answered
                with _ask(connection, url, have) as response:
                    have = _start(response, partial, have)
                    self._read(response, partial, have, size, limit)
        except Untruthful:
            partial.unlink(missing_ok=True)
            raise
        except (http.client.HTTPException, ValueError, OSError) as error:
            if self._cancelled.is_set():
                raise PullFailed("cancelled") from error
            if isinstance(error, OSError) and error.errno in FULL:
                raise
            raise PullFailed(f"{type(error).__name__}: {error}") from error

    def _read(self, response: http.client.HTTPResponse, partial: Path, have: int, size: int, limit: int) -> None:
        started = self._monotonic()
        announced = have + response.length if response.length is not None else size
        if announced > limit:
            raise Untruthful(f"{announced} bytes are announced, {limit} at most may come")
        with partial.open("ab") as file:
            try:
                while chunk := response.read1(_CHUNK):
                    if self._cancelled.is_set():
                        raise PullFailed("cancelled")
                    if have + len(chunk) > limit:
                        raise Untruthful(f"more than {limit} bytes came")
                    file.write(chunk)
                    have += len(chunk)
                    if self._monotonic() - started > LONGEST_S:
                        raise PullFailed(f"slower than {LONGEST_S:.0f} s")
            finally:
                file.flush()
        if have < max(size, announced):
            raise PullFailed(f"broke off after {have} of {max(size, announced)} bytes")


def _connection(url: str, quiet_s: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url}")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=quiet_s, context=context)
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=quiet_s)
    raise ValueError(f"neither http nor https: {url}")


def _ask(connection: http.client.HTTPConnection, url: str, have: int) -> http.client.HTTPResponse:
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    connection.request("GET", urlsplit(url).path, headers=headers)
    return connection.getresponse()


def _start(response: http.client.HTTPResponse, partial: Path, have: int) -> int:
    """Make the partial fit what will come; how many bytes of it stay."""
    match response.status:
        case http.client.PARTIAL_CONTENT if response.getheader("Content-Range", "").startswith(f"bytes {have}-"):
            return have
        case http.client.OK:  # also where Range was not understood: all of it comes again
            with contextlib.suppress(FileNotFoundError):
                os.truncate(partial, 0)
            return 0
        case http.client.PARTIAL_CONTENT | http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            partial.unlink(missing_ok=True)
            raise PullFailed("the range that came is not the one asked for")
        case status:
            raise PullFailed(f"HTTP {status}")
