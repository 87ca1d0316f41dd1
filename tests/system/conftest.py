"""Whole programs: a demonstration in a folder of its own, and a real Chromium to look at it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from broadcast.commands.free_ports import free_ports

PATIENCE_S = 60.0
expect.set_options(timeout=PATIENCE_S * 1000)  # houses stand beside each other on two cores


def _until(true: Callable[[], object], what: str, limit: float = PATIENCE_S) -> None:
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.1)


def _free_port() -> int:
    return free_ports(1)[0]


@dataclass
class Demo:
    """`loalang demo` as a person starts it. `run` may be called again after `kill` or `stop`."""

    folder: Path
    port: int = field(default_factory=_free_port)
    broker_port: int = field(default_factory=_free_port)
    _process: "subprocess.Popen[str] | None" = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(
            f'[server]\nport = {self.port}\ndata = "{self.data}"\n'
            f"[broker]\nport = {self.broker_port}\n"
            # tests run at any hour of the day
            '[schedule]\nquiet_from = "00:00"\nquiet_to = "00:00"\n'
            "[speech]\ngtts_limit_s = 3.0\n",
            "utf-8",
        )

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def passwords(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "logins.json").read_text("utf-8"))
        return found

    @property
    def output(self) -> Path:
        return self.folder / "printed.txt"

    @property
    def process(self) -> "subprocess.Popen[str]":
        assert self._process is not None
        return self._process

    def run(self) -> None:
        with self.output.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "broadcast.cli", "demo", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        _until(lambda: "Ctrl-C" in self.output.read_text() or self.process.poll() is not None, "the demo to start")
        assert self.process.poll() is None, self.output.read_text()

    def family(self) -> list[psutil.Process]:
        """Every process that belongs to it: the server, its children, the receivers."""
        found = {}
        for process in psutil.process_iter(["pid", "cmdline"]):
            if any(str(self.folder) in word for word in process.info["cmdline"] or ()):
                found[process.pid] = process
                with contextlib.suppress(psutil.Error):
                    found |= {child.pid: child for child in process.children(recursive=True)}
        return list(found.values())

    def broker(self) -> psutil.Process:
        return next(p for p in self.family() if "broadcast.broker_child" in " ".join(p.cmdline()))

    def kill(self) -> None:
        """SIGKILL for server and broker, as `kill -9` does; receivers stay."""
        broker = self.broker()
        self.process.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            broker.kill()
        self.process.wait()

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE_S)
        return self.output.read_text()

    def wavs(self) -> list[Path]:
        return sorted(self.data.glob("receivers/*/wav/*.wav"), key=lambda wav: wav.name)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    demo.run()
    yield demo
    for process in demo.family():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    demo.process.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: deploy/system.sh test installs it")
        pytest.skip("no Chromium on this machine: deploy/system.sh test installs it")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    return _until


@pytest.fixture
def free_port() -> int:
    return _free_port()
