import subprocess
import sys

import numpy as np

from audio.memory import peak_mb


def test_what_was_taken_and_given_back_still_counts():
    before = peak_mb()
    assert np.ones(60_000_000, np.uint8).sum() == 60_000_000
    assert peak_mb() > before + 30 or before > 200


def test_the_memory_of_whoever_started_us_is_not_ours():
    held = np.ones(300_000_000, np.uint8)
    told = subprocess.run(
        [sys.executable, "-c", "from audio.memory import peak_mb; print(peak_mb())"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert float(told.stdout) < 100
    assert held.any()
