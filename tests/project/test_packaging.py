"""The receiver stands alone: its wheel brings nothing of the server's."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER_ONLY = ("nicegui", "fastapi", "sqlmodel", "sqlalchemy", "pydub", "apscheduler", "gtts", "numpy")


def run(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_receiver_is_installed_from_the_wheel_without_the_servers_packages_and_starts(tmp_path):
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("loalang-*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", f"{wheel}[receiver]")
    there = f"import importlib.util as u; print([n for n in {SERVER_ONLY!r} if u.find_spec(n)])"
    assert run(python, "-c", there, cwd=tmp_path).strip() == "[]"
    modules = "devices.receiver.main, devices.receiver.agent, devices.receiver.sinks, devices.receiver.enrolment"
    run(python, "-c", f"import {modules}", cwd=tmp_path)
    assert "--config" in run(tmp_path / "venv" / "bin" / "loalang-receiver", "--help", cwd=tmp_path)
