"""The three receivers of a demonstration: folders made, processes started, found again, stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

COUNT: Final = 3
STOP_S: Final = 10.0
"""How long a receiver may take to write its last report before it is killed."""

_children: Final[dict[int, "subprocess.Popen[bytes]"]] = {}
"""Those that this process started; others were found running."""


@dataclass(frozen=True, slots=True)
class DemoReceiver:
    """A receiver on this machine: its folder holds receiver.toml, its key, its sound and its log."""

    id: str
    name: str
    folder: Path

    @property
    def wavs(self) -> Path:
        """Where it plays to when there is no sound card."""
        return self.folder / "wav"

    @property
    def config(self) -> Path:
        """Its settings file."""
        return self.folder / "receiver.toml"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "receiver.log"

    def start(self) -> int:
        """Start it as a process of its own, which outlives a killed server; its process id.

        One that runs already (its server was killed) is left as it is.
        """
        running = self.running()
        if running is not None:
            return running
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "devices.receiver.main", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C stops it in our order, not in the terminal's
            )
        _children[process.pid] = process
        self._pid_file.write_text(f"{process.pid}\n", "ascii")
        return process.pid

    def running(self) -> int | None:
        """The process id of the receiver on this folder, if it runs."""
        try:
            pid = int(self._pid_file.read_text("ascii"))
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        return pid if str(self.config) in command else None

    def stop(self) -> None:
        """End it in its own order; kill it if it does not. Blocks for at most STOP_S."""
        pid = self.running()
        if pid is not None:
            end_process(pid)
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """As a power cut does."""
        pid = self.running()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            _wait_gone(pid, STOP_S)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "receiver.pid"


def receivers_in(folder: Path, place: str) -> tuple[DemoReceiver, ...]:
    """The receivers of a demonstration in that folder; `place` is the commune's name."""
    return tuple(DemoReceiver(f"loa-{n}", f"Cụm loa {n}, {place}", folder / f"loa-{n}") for n in range(1, COUNT + 1))


def end_process(pid: int, limit: float = STOP_S) -> None:
    """SIGTERM, then SIGKILL once the limit has passed."""
    try:
        os.kill(pid, signal.SIGTERM)
        if not _wait_gone(pid, limit):
            os.kill(pid, signal.SIGKILL)
            _wait_gone(pid, limit)
    except ProcessLookupError:
        return


def _wait_gone(pid: int, limit: float) -> bool:
    return until(lambda: _gone(pid), limit)


def _gone(pid: int) -> bool:
    child = _children.get(pid)
    if child is not None and child.poll() is not None:  # our own children leave only when they are asked for
        del _children[pid]
        return True
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def until(true: Callable[[], bool], limit: float, pause: float = 0.05) -> bool:
    """Wait for a condition, blocking; whether it came true within the limit."""
    end = time.monotonic() + limit
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
