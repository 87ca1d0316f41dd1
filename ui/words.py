"""Words of the page at hand, in the language of whoever looks at it.

Handlers and timers run in tasks of their own, so the language is asked of the page each time.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from nicegui import ui

from broadcast import speech_words, wording
from broadcast.domain.refusals import Refusal
from broadcast.wording import LANGUAGES, language
from devices.vocabulary import slug

LANGUAGE_KEY: Final = "language"


def speak() -> str:
    """Make everything said from here on, in this task, the language of the page at hand; which it is."""
    try:
        spoken = str(ui.context.client.storage.get(LANGUAGE_KEY, LANGUAGES[0]))
    except RuntimeError:  # no page: a background task
        spoken = LANGUAGES[0]
    language.set(spoken)
    return spoken


def say(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "ui". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"ui.{key}", **facts)


def lexicon(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "lexicon". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"lexicon.{key}", **facts)


def stage(name: str) -> str:
    """What a long action is doing; a stage without a sentence is shown as it is named."""
    speak()
    key = f"progress.{name}"
    return wording.say(key) if key in wording.table() else name


def refusal(no: Refusal) -> str:
    """What was refused and what to do; a code without a sentence gets the calm one."""
    speak()
    return wording.refusal(no) if f"refusal.{no.code}" in wording.table() else say("unexpected")


def reason(why: str) -> str:
    """A reason as a receiver or the books name it, in words; "" stays "", an unknown one is shown as it is named."""
    speak()
    key = f"ui.why-{why}"
    return wording.say(key) if key in wording.table() else why


def engine_name(engine: str) -> str:
    """An engine's name as people know it."""
    speak()
    return speech_words.engine_name(engine)


def voice_name(engine: str, voice: str) -> str:
    """A voice as people know it: "nữ miền Bắc"."""
    speak()
    return speech_words.voice_name(engine, voice)


def spoken_by(engine: str, voice: str, fell_back: str) -> str:
    """Who spoke, and in whose stead; "" where nobody did."""
    speak()
    return speech_words.spoken_by(engine, voice, fell_back)


def fallen(why: str) -> str:
    """Why engines did not speak: "gtts: timeout" becomes "Google: không trả lời kịp"; what is not so stays as it is."""
    speak()
    return speech_words.fell_back_sentence(why)


def moment(instant: datetime) -> str:
    """A local instant in full."""
    speak()
    return wording.moment(instant)


def day(of: date) -> str:
    """A local day in full."""
    speak()
    return wording.day(of)


@lru_cache(maxsize=8192)
def order(name: str) -> tuple[str | int, ...]:
    """What names are sorted by: without tone marks, and 9 before 18."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", slug(name)))


def number(value: float) -> str:
    """A whole number with its thousands set apart as the language does: 12.345 or 12,345."""
    grouped = f"{round(value):,}"
    return grouped if speak() == "en" else grouped.replace(",", ".")


def milliseconds(value: int) -> str:
    """A length to the millisecond, such as "12.345 ms"."""
    return f"{number(value)} ms"


def deviation(value: float) -> str:
    """How far off the planned instant, such as "lệch +3 ms"."""
    sign = "−" if round(value) < 0 else "+"
    return say("deviation", ms=f"{sign}{number(abs(value))}")


def length(seconds: float) -> str:
    """A length a person can grasp, such as "1 phút 05 giây"."""
    whole = max(0, round(seconds))
    minutes, seconds_left = divmod(whole, 60)
    if not minutes:
        return say("length-seconds", seconds=whole)
    return say("length-minutes", minutes=minutes, seconds=f"{seconds_left:02}")
