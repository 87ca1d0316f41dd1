"""What `Spoken.fell_back` says, in words: why the voices that were asked first did not speak."""

from broadcast.wording import say, table


def engine_name(engine: str) -> str:
    """An engine's name as people know it: "http:fpt-ai" is FPT.AI; one without a sentence is shown as it is named."""
    bare = engine.removeprefix("http:").partition(":")[0]
    return say(f"speech.name-{bare}") if f"speech.name-{bare}" in table() else bare or engine


def voice_name(engine: str, voice: str) -> str:
    """A voice as people know it, such as "nữ miền Bắc"; one without a sentence is shown as it is named."""
    bare = engine.removeprefix("http:").partition(":")[0]
    key = f"speech.voice-{bare}-{voice}"
    return say(key) if key in table() else voice


def fell_back_sentence(code: str) -> str:
    """Codes such as "gtts: timeout; piper: missing" as "Google: không trả lời kịp; Piper: chưa được cài…".

    What is not so stays as it is; "" stays "".
    """
    return "; ".join(_one(part) for part in code.split("; "))


def _one(part: str) -> str:
    engine, colon, code = part.partition(": ")
    bare = engine.removeprefix("http:").partition(":")[0]
    for key in (f"speech.{bare}-{code}", f"speech.{code}"):
        if colon and key in table():
            return f"{engine_name(engine)}: {say(key)}"
    return part


def spoken_by(engine: str, voice: str, fell_back: str) -> str:
    """Who spoke, and in whose stead: "eSpeak NG (giọng máy, miền Nam); đọc thay, vì Google: không trả lời kịp"."""
    if not engine:
        return ""
    who = f"{engine_name(engine)} ({voice_name(engine, voice)})"
    return say("speech.instead", who=who, why=fell_back_sentence(fell_back)) if fell_back else who


class Fallen(str):
    """Codes that a sentence shows in words, in the language of whoever reads it."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(fell_back_sentence(str(self)), spec)
