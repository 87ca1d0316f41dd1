import math
import wave
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

RATE = 48_000
CODECS = {"mp3": "libmp3lame", "wav": "pcm_s16le", "m4a": "aac", "opus": "libopus", "flac": "flac", "ogg": "libopus"}


def speechlike(seconds, seed=1, peak=0.4):
    """Syllables of a voice: harmonics of a wandering pitch, loud and soft by turns; int16 at RATE."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE)
    knots = max(2, int(seconds * 5) + 1)
    at = np.linspace(0, knots - 1, n)
    pitch = np.interp(at, np.arange(knots), rng.uniform(120, 260, knots))
    loud = np.interp(at, np.arange(knots), rng.uniform(0, 1, knots)) ** 2
    phase = np.cumsum(pitch) * math.tau / RATE
    voice = sum(rng.uniform(0.2, 1) * np.sin(k * phase) / k for k in range(1, 12))
    breath = rng.standard_normal(n) * 0.05
    sound = (voice + breath) * loud
    return (sound / np.abs(sound).max() * peak * 32767).astype(np.int16)


def write_sound(path, samples, codec=None, *, channels=1, rate=RATE, cover=False, bit_rate=64_000, form=None):
    form = form or {".opus": "ogg", ".m4a": "mp4"}.get(path.suffix)
    with av.open(str(path), "w", format=form) as container:
        picture = _cover(container) if cover else []
        _encode_sound(container, samples, codec or CODECS[path.suffix[1:]], channels, rate, bit_rate, picture)
    return path


def _encode_sound(container, samples, codec, channels=1, rate=RATE, bit_rate=64_000, before=()):
    stream = container.add_stream(codec, rate=rate)
    layout = "stereo" if channels == 2 else "mono"
    stream.layout = layout
    if codec not in {"pcm_s16le", "pcm_s16be", "flac"}:
        stream.bit_rate = bit_rate
    frame = av.AudioFrame.from_ndarray(np.repeat(samples, channels).reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    packets = [*stream.encode(frame), *stream.encode(None)]
    for packet in [*packets[:1], *before, *packets[1:]]:
        container.mux(packet)


def _cover(container):
    stream = container.add_stream("mjpeg", rate=1)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuvj420p"
    stream.disposition = av.stream.Disposition.attached_pic
    picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 128, np.uint8), format="rgb24")
    picture = picture.reformat(format="yuvj420p")
    picture.pts = 0
    return [*stream.encode(picture), *stream.encode(None)]


def write_video(path, seconds=1.0, *, sound=True):
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        packets = []
        for i in range(int(seconds * 10)):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), i * 9 % 256, np.uint8), format="rgb24")
            packets += picture.encode(frame)
        packets += picture.encode(None)
        if sound:
            _encode_sound(container, speechlike(seconds), "aac", before=packets)
        else:
            container.mux(packets)
    return path


def write_pcm(path, samples, rate=RATE):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def read_sound(path):
    """The samples of a file as floats of full scale."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([f.to_ndarray()[0] for f in frames]).astype(float) / 32768


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """The makers above: tests cannot import this file."""
    return SimpleNamespace(
        speechlike=speechlike, sound=write_sound, video=write_video, pcm=write_pcm, read=read_sound, rate=RATE
    )


@pytest.fixture(scope="session")
def sounds(tmp_path_factory) -> Path:
    """A folder with the same three seconds of speech in every format we take."""
    folder: Path = tmp_path_factory.mktemp("sounds")
    for suffix in CODECS:
        write_sound(folder / f"speech.{suffix}", speechlike(3))
    return folder
