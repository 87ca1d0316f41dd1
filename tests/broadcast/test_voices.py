"""The engines that the settings name, and in words why one did not speak."""

import re
from pathlib import Path

import msgspec
import pytest

from audio.espeak_engine import EspeakEngine
from audio.http_profile import known
from audio.speech import CODES
from broadcast.domain.refusals import Refusal
from broadcast.settings import BadSettings, Settings
from broadcast.speech_words import Fallen, engine_name, fell_back_sentence, voice_name
from broadcast.voices import engines, offered, open_speaker
from broadcast.wording import LANGUAGES, language, refusal, say, table

PROFILE = 'title = "X"\nurl = "https://a.b/"\nvoice = "v"\ntext = "{text}"\n[answer]\nsound = "raw"\n'


def settings(tmp_path, **speech):
    usual = Settings()
    return msgspec.structs.replace(
        usual,
        server=msgspec.structs.replace(usual.server, data=str(tmp_path)),
        speech=msgspec.structs.replace(usual.speech, **speech),
    )


def test_engines_are_made_in_the_order_of_the_settings(tmp_path):
    tmp_path.joinpath("cua-xa.toml").write_text(PROFILE)
    made = engines(
        settings(
            tmp_path,
            engines=("http:fpt-ai", "http:azure:vi-VN-NamMinhNeural", "http:cua-xa", "piper", "gtts", "espeak"),
            piper_voice="/giong/ban-mai.onnx",
            espeak_voice="vi",
            http_profiles=str(tmp_path),
        )
    )
    assert [(e.name, e.voice) for e in made] == [
        ("http:fpt-ai", "linhsan"),
        ("http:azure", "vi-VN-NamMinhNeural"),
        ("http:cua-xa", "v"),
        ("piper", "ban-mai"),
        ("gtts", "vi"),
        ("espeak", "vi"),
    ]


def test_every_engine_that_cannot_be_is_told_at_once(tmp_path):
    tmp_path.joinpath("hong.toml").write_text("title = 1")
    with pytest.raises(BadSettings) as caught:
        engines(settings(tmp_path, engines=("http:khong-co", "http:hong", "piper"), http_profiles=str(tmp_path)))
    told = caught.value.faults
    assert len(told) == 3
    assert "fpt-ai" in told[0]
    assert "hong.toml" in told[1]
    assert "speech.piper_voice" in told[2]


def test_what_was_spoken_is_kept_in_the_data_folder(tmp_path):
    speaker = open_speaker(settings(tmp_path / "data", engines=("espeak",), rate=1.2))
    assert isinstance(speaker.engines[0], EspeakEngine)
    speaker.speak("Xin chào bà con.", tmp_path / "out", lambda _: None, lambda: False)
    assert len([f for f in (tmp_path / "data" / "speech").rglob("*") if f.is_file()]) == 1


def test_why_voices_did_not_speak_is_said_in_words():
    token = language.set("vi")
    try:
        assert fell_back_sentence("gtts: timeout; http:fpt-ai: quota").startswith(
            "Google: không trả lời kịp; FPT.AI: đã hết hạn mức"
        )
        assert "loalang[piper]" in fell_back_sentence("piper: missing")
        assert "Internet" in fell_back_sentence("gtts: unreachable")
    finally:
        language.reset(token)


def test_voices_are_named_as_people_know_them():
    token = language.set("vi")
    try:
        assert voice_name("gtts", "vi") == "nữ miền Bắc"
        assert voice_name("http:fpt-ai", "linhsan") == "nữ miền Nam"
        assert voice_name("piper", "ban-mai") == "ban-mai"
    finally:
        language.reset(token)


def test_every_voice_of_ours_has_a_name(tmp_path):
    ours = settings(tmp_path, engines=("gtts", "espeak", *(f"http:{name}" for name in known())))
    for one in offered(ours):
        assert not [voice for voice in one.voices if voice_name(one.engine, voice) == voice]
        assert engine_name(one.engine) != one.engine


def test_what_is_not_a_code_stays_as_it_is():
    for text in ("", "odd", "gtts: odd", "a; b"):
        assert fell_back_sentence(text) == text
    assert [engine_name(name) for name in ("", "http:cua-xa", "http:zalo-ai")] == ["", "cua-xa", "Zalo AI"]


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_a_refusal_to_speak_shows_the_reasons_in_the_readers_language(spoken):
    no = Refusal("speech-failed", detail=Fallen("gtts: timeout"))
    assert no.facts["detail"] == "gtts: timeout"
    token = language.set(spoken)
    try:
        assert say("speech.timeout") in refusal(no)
    finally:
        language.reset(token)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_sentence(code):
    assert f"speech.{code}" in table()


def test_every_code_that_is_raised_is_known():
    root = Path(__file__).parents[2] / "audio"
    raised = {
        code
        for file in root.glob("*.py")
        for code in re.findall(r'(?:SpeechFailed|NotNow)\(\s*"([a-z-]+)"', file.read_text("utf-8"))
    }
    assert len(raised) > 10
    assert raised <= CODES
