import wave

import numpy as np
import pytest

from audio.reading import read
from broadcast.commands.bench_listen import BANDS, bulletins, spectrum


def test_there_are_ten_bulletins_of_different_kinds_and_each_can_be_read_aloud():
    found = bulletins()
    assert len({name for name, _, _ in found}) == len({title for _, title, _ in found}) == 10
    for _, title, text in found:
        assert title
        assert not any(c.isdigit() for c in read(text))


@pytest.mark.parametrize(("hertz", "band"), [(100, 0), (500, 1), (2000, 2), (5000, 3), (12_000, 4)])
def test_a_tone_is_found_in_its_band(tmp_path, hertz, band):
    file = tmp_path / "a.wav"
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, 48_000, 0, "NONE", ""))
        tone = 9000 * np.sin(2 * np.pi * hertz * np.arange(48_000) / 48_000)
        out.writeframes(tone.astype(np.int16).tobytes())
    shares = spectrum(file)
    assert len(shares) == len(BANDS)
    assert sum(shares) == pytest.approx(1)
    assert shares[band] > 0.95
