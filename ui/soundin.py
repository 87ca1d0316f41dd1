"""The ways sound comes in besides a voice of ours: a file sent by pieces, and a recording made on the page.

The browser does the work (static/sending.js, static/recorder.js); here is what the server says to it.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from typing import Final

from nicegui import events, ui
from nicegui.element import Element

from broadcast import wording
from broadcast.domain.refusals import Refusal
from ui.session import Visit
from ui.theme import STATIC, STATIC_URL
from ui.words import refusal, say, speak

KINDS: Final = ".mp3,.wav,.m4a,.aac,.ogg,.oga,.opus,.flac,.webm,.weba"


def told(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "soundin", its gaps left where no facts are given."""
    speak()
    return wording.say(f"soundin.{key}", **facts)


def _words() -> dict[str, str]:
    """All of the section: the browser fills the gaps."""
    section = "soundin."
    return {k.removeprefix(section): told(k.removeprefix(section)) for k in wording.table() if k.startswith(section)}


class Sending(Element, component="static/sending.js"):
    """A file on its way."""

    def __init__(self, bulletin: int, person: int, limit_mb: int) -> None:
        super().__init__()
        self._props["bulletin"], self._props["person"], self._props["limit"] = bulletin, person, limit_mb
        self._props["kinds"], self._props["lang"] = f"{KINDS},audio/*", speak()
        self._props["carry"], self._props["library"] = script("carrier.js"), script("vendor/tus.min.js")
        codes = {key.removeprefix("code-"): sentence for key, sentence in _words().items() if key.startswith("code-")}
        self._props["words"] = {**_words(), "hint": told("hint", limit=limit_mb), "codes": codes}
        self.mark("sending")


class Recorder(Element, component="static/recorder.js"):
    """A microphone."""

    def __init__(self, bulletin: int, person: int, limit_minutes: int) -> None:
        super().__init__()
        self._props["bulletin"], self._props["person"], self._props["limit"] = bulletin, person, limit_minutes
        self._props["carry"] = script("carrier.js")
        hint = told("record-hint", limit=limit_minutes)
        self._props["words"] = {**_words(), "hint": hint, "use": told("record-use"), "old": told("no-recorder")}
        self.mark("recorder")


class SoundIn:
    """Both of them, for one bulletin. `whole` is called when a file is on the server; `wrong` shows a sentence."""

    def __init__(
        self, visit: Visit, bulletin: int, whole: Callable[[], Awaitable[None]], wrong: Callable[[str], None]
    ) -> None:
        self._limit, self._wrong = visit.office.upload_limit_mb, wrong
        with ui.element("div").classes("loa-soundin"):
            Recorder(bulletin, visit.actor.id, visit.office.upload_limit_minutes)
            self.sending = Sending(bulletin, visit.actor.id, self._limit)
        self.sending.on("begun", lambda: wrong(""))
        self.sending.on("whole", whole)
        self.sending.on("refused", self._refused)

    def over(self) -> None:
        """What was sent is a sound now, or never will be: the browser need not keep it."""
        self.sending.run_method("taken", True)

    def later(self) -> None:
        """It may be tried again: it stays on the server."""
        self.sending.run_method("taken", False)

    def _refused(self, event: events.GenericEventArguments) -> None:
        code, name = str(event.args.get("code", ""))[:40], str(event.args.get("name", ""))[:200]
        if code == "upload-not-sound":
            self._wrong(say(code, name=name))
            return
        known = f"refusal.{code}" in wording.table()
        facts = {"name": name, "limit": self._limit, "offset": "", "most": "", "action": ""}
        self._wrong(refusal(Refusal(code, **facts)) if known else say("upload-broken", limit=self._limit))


@cache
def script(name: str) -> str:
    """The address of a script of ours, another one when it was changed."""
    return f"{STATIC_URL}/{name}?{sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
