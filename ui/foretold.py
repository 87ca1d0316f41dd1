"""How long a bulletin will sound, told while it is typed, against the time there is; and where nobody could breathe."""

from collections.abc import Callable
from typing import Final

from nicegui import app, ui

from broadcast.domain.listening import Foretold
from broadcast.domain.voices import VoiceChoice
from ui.hearing import phrase
from ui.marks import lacking
from ui.session import Visit, asking
from ui.voice_picker import named
from ui.words import length, number

LOOK_S: Final = 0.4
"""How often it is looked whether text or voice have changed."""
FRAMES: Final = (0, 5, 10, 15, 20, 30, 60)
"""Minutes of usual slots; 0 is none."""
FRAME_KEY: Final = "frame"
"""In the person's storage: the slot they last filled."""
_FIRST_WORDS: Final = 7
_LAST_WORDS: Final = 3


class LengthLine:
    """Below the text. `text` and `choice` tell what is typed and who is chosen now."""

    def __init__(self, visit: Visit, bulletin: int, text: Callable[[], str], choice: Callable[[], VoiceChoice]) -> None:
        self._visit, self._id, self._text, self._choice = visit, bulletin, text, choice
        self._asked: object = None
        self._told: Foretold | None = None
        kept = app.storage.user.get(FRAME_KEY, 0)
        with ui.element("div").classes("loa-foretold").mark("foretold").props("data-testid=foretold"):
            with ui.element("div").classes("loa-foretold-words").props("role=status"):
                self._length = ui.label().mark("length").props("data-testid=length")
                self._left = ui.label().classes("loa-strong").mark("frame-left").props("data-testid=frame-left")
                self._guess = ui.label().classes("loa-dim loa-small").mark("length-assumed")
            self._frame = ui.select(
                {0: phrase("frame-none"), **{m: phrase("frame-minutes", minutes=m) for m in FRAMES if m}},
                label=phrase("frame"),
                value=kept if kept in FRAMES else 0,
                on_change=self._framed,
            )
            self._frame.props("outlined dense options-dense data-testid=frame").classes("loa-frame").mark("frame")
        self._lacking = ui.label().classes("loa-notice").mark("lacking").props("role=note data-testid=lacking")
        self._lacking.visible = False
        self._short = ui.element("div").classes("loa-notice").mark("breathless")
        self._short.props("role=note data-testid=breathless")
        self._short.visible = self._guess.visible = self._left.visible = False
        ui.timer(LOOK_S, self._look)

    def again(self) -> None:
        """Ask anew: how something is read may have been corrected."""
        self._asked = None

    async def _look(self) -> None:
        asked = (self._text(), self._choice())
        if asked == self._asked:
            return
        self._asked = asked
        async with asking(self._length.set_text):
            self._told = await self._visit.office.foretell(self._visit.actor, self._id, *asked)
            self._show()

    def _framed(self) -> None:
        app.storage.user[FRAME_KEY] = self._frame.value
        self._show()

    def _show(self) -> None:
        told, minutes = self._told, int(self._frame.value or 0)
        self._left.visible = bool(told and minutes)
        self._guess.visible = bool(told and told.syllables and not told.heard)
        if told and told.instead:
            known = named(told.instead.engine, told.instead.voice)
            self._guess.set_text(phrase("length-instead", who=known, length=length(told.instead_s)))
        else:
            self._guess.set_text(phrase("length-assumed"))
        self._short.visible = bool(told and told.breathless)
        if told is None:
            return
        who = named(told.by.engine, told.by.voice)
        self._lacking.visible = bool(told.lacking)
        self._lacking.set_text(lacking(who, told.lacking) if told.lacking else "")
        words = phrase("length", length=length(told.seconds), syllables=number(told.syllables), who=who)
        self._length.set_text(words if told.syllables else phrase("length-none"))
        spare = minutes * 60 - told.seconds
        self._left.set_text(
            phrase("frame-left" if spare >= 0 else "frame-over", length=length(abs(spare)), minutes=minutes)
        )
        self._left.classes(add="loa-warning" if spare < 0 else "", remove="" if spare < 0 else "loa-warning")
        self._short.clear()
        with self._short:
            ui.label(phrase("breathless")).classes("loa-strong")
            for one in told.breathless:
                words = phrase("breathless-one", words=_ends(one.words), syllables=one.syllables, limit=told.breath)
                ui.label(words).mark("breathless-one")


def _ends(words: str) -> str:
    """How it begins and how it ends, to be found in the text."""
    several = words.strip(" .,;:").split()
    if len(several) <= _FIRST_WORDS + _LAST_WORDS:
        return " ".join(several)
    return f"{' '.join(several[:_FIRST_WORDS])} … {' '.join(several[-_LAST_WORDS:])}"
