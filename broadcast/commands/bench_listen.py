"""`make bench-listen`: ten bulletins of ten kinds, each the whole way to a receiver, and what came out of its horn.

The WAV that the receiver wrote is compared with the clip, and listened to: loudness, peaks, spectrum and, with the
extra `asr`, by a machine (docs/performance.md says how little that understands of eSpeak NG).
"""

import argparse
import asyncio
import sys
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from audio.graphs import floats
from audio.likeness import likeness
from audio.measure import measure
from audio.reading import Reading, read
from audio.recogniser import Errors, Recogniser, word_errors
from audio.sound import RATE, frames, opened
from broadcast.bootstrap import House
from broadcast.commands.bench_speech import entered
from broadcast.commands.demo import CONNECT_S, ensure_people, ensure_receivers, stop_receivers, wait_online
from broadcast.commands.demo_once import demo_actor, ended, fresh_settings, same_sound
from broadcast.commands.demo_receivers import DemoReceiver
from broadcast.commands.logins import demo_commune
from broadcast.commands.serving import serving
from broadcast.domain.people import Actor, Role
from broadcast.settings import Settings, load
from broadcast.view_types import DeliveryView
from broadcast.wording import language
from devices.receiver.settings import Sound

BEGIN, END = "<!-- bench-listen -->", "<!-- /bench-listen -->"
BANDS: Final = ((0, 250), (250, 1000), (1000, 4000), (4000, 7000), (7000, 24_000))
"""Hz: what a horn cannot carry, vowels, consonants, hiss that distance takes, and what is not worth a bit."""
SOON_S: Final = 8.0
BETWEEN_S: Final = 2.0
LATE_S: Final = 25.0
"""How long after its end an airing may take to be reported."""


@dataclass(frozen=True, slots=True)
class Aired:
    """One bulletin: its written words, the clip, and when its slot is over."""

    name: str
    text: str
    clip: Path
    slot: int
    over_s: float


def bulletins() -> list[tuple[str, str, str]]:
    """(name, title, text) of those that ship with the house."""
    made = []
    for file in sorted(files("broadcast.data").joinpath("bulletins").iterdir(), key=lambda f: f.name):
        title, _, text = file.read_text("utf-8").strip().partition("\n")
        made.append((file.name.removesuffix(".txt"), title, text))
    return made


def spectrum(file: Path) -> list[float]:
    """The share of each of BANDS in the power of a sound."""
    power = np.zeros(RATE // 20 + 1)
    with opened(file) as container:
        for frame in frames(container, fmt="flt"):
            power += np.abs(np.fft.rfft(floats(frame), RATE // 10)) ** 2
    hertz = np.fft.rfftfreq(RATE // 10, 1 / RATE)
    return [float(power[(hertz >= low) & (hertz < high)].sum() / power.sum()) for low, high in BANDS]


async def aired(settings: Settings, names: frozenset[str], folder: Path) -> list[str]:
    """Speak, place and play them one after the other; a line of the table each."""
    fresh = fresh_settings(settings, folder)
    async with serving(fresh, lambda _: None) as house:
        await ensure_people(house, fresh.data / "logins.json")
        receivers = await ensure_receivers(house, fresh, Sound(sink="wav"))
        try:
            for receiver in receivers:
                receiver.start()
            staff = await demo_actor(house, Role.STAFF)
            await wait_online(house, receivers, CONNECT_S)
            placed = await _placed(house, staff, names)
            seen = []
            for one in placed:
                last = house.now() + timedelta(seconds=one.over_s + LATE_S)
                seen.append(await ended(house, staff, one.slot, last))
        finally:
            await stop_receivers(receivers, lambda _: None)
    ear, how = _ear(), Reading(settings.reading.region)
    return [
        _row(one, receivers[0], views.get(receivers[0].id), ear, how) for one, views in zip(placed, seen, strict=True)
    ]


async def _placed(house: House, staff: Actor, names: frozenset[str]) -> list[Aired]:
    made = []
    for name, title, text in bulletins():
        if names and name not in names:
            continue
        bulletin = await house.office.draft(staff, title, text)
        bulletin = await house.office.render(staff, bulletin.id, lambda _: None)
        assert bulletin.sound is not None  # noqa: S101 - render either gives a sound or refuses
        made.append((name, text, bulletin))
    at, placed = house.now() + timedelta(seconds=SOON_S), []
    for name, text, bulletin in made:
        sound = bulletin.sound
        assert sound is not None  # noqa: S101 - as above
        slot = await house.office.place(staff, bulletin.id, (demo_commune(house.tree).id,), at, "")
        at += timedelta(seconds=sound.seconds + BETWEEN_S)
        clip = house.office.clip(sound.clip)
        assert clip is not None  # noqa: S101 - it was kept a moment ago
        placed.append(Aired(name, text, clip, slot.id, (at - house.now()).total_seconds()))
    return placed


def _row(one: Aired, receiver: DemoReceiver, view: DeliveryView | None, ear: Recogniser | None, how: Reading) -> str:
    wav = next(iter(sorted(receiver.wavs.glob(f"*{view.subject}*.wav"))), None) if view else None
    if view is None or wav is None:
        return f"| {one.name} | not heard |" + " |" * 9
    made, found, like = measure(one.clip, _never), measure(wav, _never), likeness(one.clip, wav)
    bands = " / ".join(f"{share:.1%}" for share in spectrum(wav))
    wrong = "not installed"
    if ear is not None:
        said = read(one.text, how)
        heard: list[Errors] = [word_errors(said, ear.listen(file)) for file in (one.clip, wav)]
        wrong = " / ".join(f"{errors.share:.0%}" for errors in heard)
    error = f"{view.start_error_ms:+.1f} ms" if view.start_error_ms is not None else "?"
    same = "yes" if same_sound(like) else "NO"
    return (
        f"| {one.name} | {view.state.value} | {found.seconds:.1f} s | {error} | {same} ({like.peak:.3f}) "
        f"| {made.integrated_lufs:.2f} / {found.integrated_lufs:.2f} "
        f"| {made.true_peak_db:.2f} / {found.true_peak_db:.2f} | {bands} | {wrong} |"
    )


def _never() -> bool:
    return False


def _ear() -> Recogniser | None:
    try:
        return Recogniser()
    except ImportError:
        return None


def main(argv: list[str] | None = None) -> int:
    """Air, listen, print, and with `--into` write the table into a page."""
    parser = argparse.ArgumentParser(prog="python -m broadcast.commands.bench_listen", description=__doc__)
    parser.add_argument("--config", type=Path, help="settings file: its engines, profile and region")
    parser.add_argument("--only", action="append", default=[], help="name of one of the bulletins")
    parser.add_argument("--keep", type=Path, help="empty folder for the house's data and the receivers' sound")
    parser.add_argument("--into", type=Path, help="page that gets the table, such as docs/performance.md")
    args = parser.parse_args(argv)
    return copy_context().run(_report, args)


def _report(args: argparse.Namespace) -> int:
    language.set("en")
    with TemporaryDirectory(prefix="loalang-listen-") as folder:
        rows = asyncio.run(aired(load(args.config), frozenset(args.only), args.keep or Path(folder)))
    head = (
        "bulletin",
        "outcome",
        "length",
        "started off by",
        "the clip (correlation)",
        "LUFS: clip / receiver",
        "dBTP: clip / receiver",
        "power below 250 Hz / to 1 kHz / to 4 kHz / to 7 kHz / above",
        "words wrong to a machine: clip / receiver",
    )
    made = "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *rows])
    print(made)
    if args.into:
        args.into.write_text(entered(args.into.read_text("utf-8"), made, BEGIN, END), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
