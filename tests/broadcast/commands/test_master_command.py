import json
import wave

import numpy as np
import pytest

from broadcast.cli import main


@pytest.fixture
def recording(tmp_path):
    beat = np.sin(2 * np.pi * 3 * np.arange(48_000 * 3) / 48_000) > 0
    tone = 6000 * np.sin(2 * np.pi * 700 * np.arange(48_000 * 3) / 48_000) * beat
    with wave.open(str(tmp_path / "in.wav"), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(tone.astype("<i2").tobytes())
    return tmp_path / "in.wav"


def test_the_figures_are_those_of_the_file_that_was_written(recording, tmp_path, capsys):
    assert main(["master", str(recording), "--out", str(tmp_path / "out.opus"), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["integrated_lufs"] == pytest.approx(-16, abs=0.5)
    assert figures["true_peak_db"] <= -1.5
    assert figures["seconds"] == pytest.approx(3, abs=0.4)
    assert {"peak_rss_mb", "realtime_factor"} <= set(figures)
    assert (tmp_path / "out.opus").read_bytes().startswith(b"OggS")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [("none.wav", None, "Không có tệp"), ("empty.mp3", b"", "rỗng"), ("a.mp3", b"PK\x03\x04" * 900, "không phải")],
)
def test_what_is_no_sound_is_refused_in_a_sentence_and_leaves_nothing(tmp_path, capsys, name, content, told):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["master", str(tmp_path / name), "--out", str(tmp_path / "out.opus")]) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.opus").exists()
