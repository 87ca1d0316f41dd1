"""`make bench-master`: an hour of something like speech, mastered by the command people use; figures for the docs."""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from broadcast.commands.bench_speech import entered

RATE: Final = 48_000
PROFILES: Final = ("horn", "indoor", "music")
SYLLABLES: Final = 4.5
"""A second."""
SPOKEN, HISSED = 0.85, 0.3
"""Part of the syllables."""
BEGIN, END = "<!-- bench-master -->", "<!-- /bench-master -->"


def speechlike(seconds: float, seed: int = 1) -> Iterator[NDArray[np.int16]]:
    """Ten seconds at a time: syllables of a wandering pitch, hissed consonants, pauses, near and far voices."""
    rng = np.random.default_rng(seed)
    while seconds > 0:
        length = min(10.0, seconds)
        seconds -= length
        n = round(length * RATE)
        at = np.arange(n) / RATE
        knots = np.arange(0, length + 1, 1 / SYLLABLES)
        pitch = np.interp(at, knots, rng.uniform(110, 240, len(knots)))
        loud = np.interp(at, knots, rng.uniform(0, 1, len(knots)) * (rng.random(len(knots)) < SPOKEN)) ** 2
        phase = np.cumsum(pitch) * (math.tau / RATE)
        voice = sum(np.sin(k * phase) * rng.uniform(0.3, 1) / k**0.7 for k in range(1, 24))
        hiss = rng.standard_normal(n) * np.interp(at, knots, rng.random(len(knots)) < HISSED) * 0.4
        sound = (voice * loud + hiss * (1 - loud) * 0.5) * rng.uniform(0.15, 1)
        yield (np.clip(sound / 6, -1, 1) * 32_767).astype(np.int16)


def measured(minutes: float, profile: str, folder: Path) -> dict[str, Any]:
    """What `loalang master --json` says of so many minutes."""
    source = folder / "in.wav"
    if not source.exists():
        with wave.open(str(source), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            for piece in speechlike(minutes * 60):
                file.writeframesraw(piece.tobytes())
    command = [sys.executable, "-m", "broadcast.cli", "master", source, "--out", folder / "out.opus", "--chime"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*map(str, command), "--profile", profile, "--json"], check=True, capture_output=True
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def row(minutes: float, profile: str, figures: dict[str, Any]) -> str:
    """A line of the table."""
    return (
        f"| {minutes:g} min, {profile} | {figures['before_lufs']:.1f} LUFS | {figures['integrated_lufs']:.2f} LUFS "
        f"| {figures['true_peak_db']:.2f} dBTP | {figures['realtime_factor']:.0f} times "
        f"| {figures['peak_rss_mb']:.0f} MB |"
    )


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and with `--into` write the table into a page."""
    parser = argparse.ArgumentParser(prog="python -m broadcast.commands.bench_master", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--into", type=Path, help="page that gets the table, such as docs/performance.md")
    args = parser.parse_args(argv)
    rows = [
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began.",
        "",
        "| input, profile | loudness in | loudness out | true peak out | real time | memory, both processes |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for profile in PROFILES:
            rows.append(row(args.minutes, profile, measured(args.minutes, profile, Path(folder))))
            print(rows[-1], flush=True)
    if args.into:
        page = args.into.read_text("utf-8")
        args.into.write_text(entered(page, "\n".join(rows), BEGIN, END), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
