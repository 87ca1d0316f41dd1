"""Who reads aloud: the engines that the settings name, and in words why one of them did not."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from audio.espeak_engine import EspeakEngine
from audio.gtts_engine import GttsEngine
from audio.http_engine import by_name
from audio.http_profile import BadProfile
from audio.marks import KINDS
from audio.piper_engine import PiperEngine
from audio.shelf import Shelf
from audio.speaker import Speaker
from audio.speech import Engine
from broadcast.domain.voices import VoiceOffered
from broadcast.settings import BadSettings, Settings
from broadcast.wording import say

SHELF: Final = "speech"
"""Folder of spoken sentences, in the data folder. It may be deleted at any time."""
_MB: Final = 1024 * 1024


def engines(settings: Settings) -> list[Engine]:
    """The engines of `speech.engines`, in their order. Raises BadSettings, one sentence for each that cannot be."""
    speech, faults = settings.speech, []
    folder = Path(speech.http_profiles) if speech.http_profiles else None
    made: list[Engine] = []
    simple: dict[str, Callable[[], Engine]] = {
        "gtts": lambda: GttsEngine(speech.gtts_limit_s),
        "espeak": lambda: EspeakEngine(voice=speech.espeak_voice, limit_s=speech.espeak_limit_s),
        "piper": lambda: PiperEngine(Path(speech.piper_voice), speech.piper_limit_s),
    }
    for name in speech.engines:
        if name == "piper" and not speech.piper_voice:
            faults.append(say("speech.no-piper-voice"))
            continue
        try:
            made.append(simple[name]() if name in simple else by_name(name, folder, speech.http_limit_s))
        except BadProfile as error:
            faults.append(say("speech.bad-profile", name=name, why=error))
    if faults:
        raise BadSettings(faults)
    return made


def offered(settings: Settings) -> tuple[VoiceOffered, ...]:
    """What a person may choose from. Raises BadSettings."""
    return tuple(
        VoiceOffered(
            engine.name,
            tuple(dict.fromkeys((engine.voice, *engine.voices))),
            tuple(kind for kind in KINDS if engine.voice_of(kind, engine.voice)),
        )
        for engine in engines(settings)
    )


def open_speaker(settings: Settings) -> Speaker:
    """The speaker of the settings. Raises BadSettings."""
    shelf = Shelf(settings.data / SHELF, settings.speech.cache_mb * _MB)
    return Speaker(engines(settings), shelf, settings.speech.rate)
