"""`make bench-speech`: how much of each voice a machine understands, before and after mastering (docs/performance.md).

It needs the extra `asr`. A folder of recordings with their words (NAME.wav beside NAME.txt) is measured like a voice:
people show what the listener itself gets wrong.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, Protocol

from audio.master import finish
from audio.profiles import PROFILES
from audio.reading import Reading, read
from audio.recogniser import Errors, letter_errors, word_errors
from audio.speech import Engine, Job, Manner, SpeechError
from broadcast.settings import BadSettings, Settings, load
from broadcast.speech_words import engine_name, fell_back_sentence
from broadcast.voices import engines
from broadcast.wording import language

BEGIN: Final = "<!-- made by `make bench-speech`: from here -->"
END: Final = "<!-- to here -->"
FAILED: Final = 1
NONE: Final = Errors()
COLUMNS: Final = (
    "voice",
    "sentences",
    "words wrong, raw",
    "words wrong, mastered",
    "letters wrong, raw",
    "letters wrong, mastered",
    "speaking, a sentence",
)


class Listener(Protocol):
    """Someone who writes down what is heard."""

    def listen(self, file: Path) -> str:
        """The words of a sound file."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One voice: errors before and after mastering, and how long a sentence took; `why` it did not speak."""

    name: str
    sentences: int = 0
    raw_words: Errors = NONE
    raw_letters: Errors = NONE
    words: Errors = NONE
    letters: Errors = NONE
    speaking_s: float = 0.0
    why: str = ""

    def line(self) -> str:
        """A line of the table."""
        if self.why:
            return f"| {self.name} | 0 | not measured here: {self.why} | | | | |"
        shares = (self.raw_words, self.words, self.raw_letters, self.letters)
        cells = " | ".join(f"{100 * errors.share:.1f} %" for errors in shares)
        return f"| {self.name} | {self.sentences} | {cells} | {self.speaking_s / max(1, self.sentences):.2f} s |"


def sentences(region: Literal["south", "north"]) -> list[str]:
    """The fifty sentences of the measurement, as they are said."""
    written = files("broadcast").joinpath("data/bench-sentences.txt").read_text("utf-8")
    return [read(line, Reading(region)) for line in written.splitlines() if line]


def spoken(engine: Engine, said: Sequence[str], folder: Path) -> list[Job]:
    """Each sentence, spoken. Raises SpeechError."""
    jobs = [Job(text, folder / str(i)) for i, text in enumerate(said)]
    engine.speak(jobs, Manner(), lambda _: None, lambda: False)
    return jobs


def recordings(folder: Path) -> list[Job]:
    """Every NAME.wav of a folder that has its NAME.txt."""
    pairs = ((file, file.with_suffix(".txt")) for file in sorted(folder.glob("*.wav")))
    return [Job(read(text.read_text("utf-8")), file) for file, text in pairs if text.is_file()]


def heard(name: str, jobs: Iterable[Job], listener: Listener, profile: str, took_s: float = 0.0) -> Figures:
    """What the listener makes of sentences, raw and mastered. Raises Unreadable."""
    found = Figures(name, speaking_s=took_s)
    with TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.opus"
        for job in jobs:
            finish(job.out, clip, chime=False, tell=lambda _: None, cancelled=lambda: False, profile=PROFILES[profile])
            raw, mastered = listener.listen(job.out), listener.listen(clip)
            found = replace(
                found,
                sentences=found.sentences + 1,
                raw_words=found.raw_words + word_errors(job.text, raw),
                raw_letters=found.raw_letters + letter_errors(job.text, raw),
                words=found.words + word_errors(job.text, mastered),
                letters=found.letters + letter_errors(job.text, mastered),
            )
    return found


def measured(settings: Settings, listener: Listener, people: Path | None) -> Iterator[Figures]:
    """The figures of every engine of the settings, one after the other; of recordings first."""
    said = sentences(settings.reading.region)
    profile = settings.mastering.profile
    if people is not None:
        yield heard("people (recordings)", recordings(people), listener, profile)
    for engine in engines(settings):
        name = f"{engine_name(engine.name)} ({engine.voice})"
        with TemporaryDirectory() as folder:
            begun = time.perf_counter()
            try:
                jobs = spoken(engine, said, Path(folder))
            except SpeechError as error:
                why = fell_back_sentence(f"{engine.name}: {error.code}").partition(": ")[2]
                yield Figures(name, why=why)
                continue
            yield heard(name, jobs, listener, profile, time.perf_counter() - begun)


def table(figures: Iterable[Figures]) -> str:
    """The figures as a table in Markdown."""
    head = f"| {' | '.join(COLUMNS)} |"
    rule = "|---" * len(COLUMNS) + "|"
    return "\n".join([head, rule, *(f.line() for f in figures)])


def entered(page: str, made: str, begin: str = BEGIN, end: str = END) -> str:
    """The page with `made` between its marks. Raises ValueError for a page without them."""
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no place for the figures: {begin} ... {end}")
    return f"{before}{begin}\n{made}\n{end}{after}"


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and with `--into` write the table into a page."""
    parser = argparse.ArgumentParser(prog="python -m broadcast.commands.bench_speech", description=__doc__)
    parser.add_argument("--config", type=Path, help="settings file: its engines, profile and region")
    parser.add_argument("--recordings", type=Path, help="folder of NAME.wav with NAME.txt")
    parser.add_argument("--into", type=Path, help="page that gets the table, such as docs/performance.md")
    args = parser.parse_args(argv)
    # whoever asks goes on in their own language
    return copy_context().run(_report, args)


def _report(args: argparse.Namespace) -> int:
    language.set("en")
    try:
        from audio.recogniser import Recogniser  # noqa: PLC0415 - what follows says what is missing

        listener = Recogniser()
        made = table(measured(load(args.config), listener, args.recordings))
    except ImportError:
        print("The recogniser is not installed: pip install -e '.[asr]'", file=sys.stderr)
        return FAILED
    except BadSettings as error:
        print("\n".join(error.faults), file=sys.stderr)
        return FAILED
    print(made)
    if args.into:
        args.into.write_text(entered(args.into.read_text("utf-8"), made), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
