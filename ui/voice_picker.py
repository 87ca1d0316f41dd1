"""Who reads a bulletin, and how fast: chosen beside the text, remembered for it."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from broadcast.domain.bulletins import Bulletin, Origin
from broadcast.domain.voices import AS_USUAL, VoiceChoice
from ui.hearing import decimal, phrase
from ui.session import Visit, asking
from ui.words import engine_name, voice_name

RATES: Final = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
"""Paces offered, as shares of the usual one."""
_USUAL: Final = "|"
"""The engine and the voice that the settings name."""


def named(engine: str, voice: str) -> str:
    """An engine and its voice as people know them: "Google (nữ miền Bắc)"."""
    return f"{engine_name(engine)} ({voice_name(engine, voice)})" if voice else engine_name(engine)


class VoicePicker:
    """Two lists. `wrong` shows what the office refuses."""

    def __init__(self, visit: Visit, bulletin: Bulletin, wrong: Callable[[str], object]) -> None:
        self._visit, self._id, self._wrong = visit, bulletin.id, wrong
        offered = visit.office.voices
        voices = {f"{one.engine}|{voice}": named(one.engine, voice) for one in offered for voice in one.voices}
        usual = next(iter(voices.values()), "")
        chosen = self._key(bulletin.choice)
        gone = chosen != _USUAL and chosen not in voices
        rate = bulletin.choice.rate
        with ui.element("div").classes("loa-voice").mark("voice-picker") as self.root:
            self._voice = ui.select(
                {_USUAL: phrase("voice-usual", who=usual), **voices},
                label=phrase("voice"),
                value=_USUAL if gone else chosen,
                on_change=self._chosen,
            )
            self._voice.props("outlined dense options-dense data-testid=voice-choice").mark("voice-choice")
            self._rate = ui.select(
                {one: _pace(one) for one in sorted({*RATES, rate})},
                label=phrase("rate"),
                value=rate,
                on_change=self._chosen,
            )
            self._rate.props("outlined dense options-dense data-testid=rate-choice").mark("rate-choice")
            if gone:
                ui.label(phrase("voice-gone")).classes("loa-dim loa-small").mark("voice-gone")
        self.show(bulletin)

    @property
    def choice(self) -> VoiceChoice:
        """Who is to read it now."""
        engine, _, voice = str(self._voice.value or _USUAL).partition("|")
        return VoiceChoice(engine, voice, float(self._rate.value or AS_USUAL.rate))

    def show(self, bulletin: Bulletin) -> None:
        """Only a text is read by somebody."""
        self.root.set_visibility(bulletin.origin is Origin.TEXT)

    async def _chosen(self) -> None:
        async with asking(self._wrong):
            await self._visit.office.choose(await self._visit.me(), self._id, self.choice)

    @staticmethod
    def _key(choice: VoiceChoice) -> str:
        return f"{choice.engine}|{choice.voice}"


def _pace(rate: float) -> str:
    if rate == AS_USUAL.rate:
        return phrase("rate-usual")
    return phrase("rate-slower" if rate < AS_USUAL.rate else "rate-faster", rate=decimal(rate))
