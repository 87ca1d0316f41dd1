"""gTTS: the real one, in front of a stand-in for Google behind a proxy, with a certificate of our own."""

import re

import pytest

from audio.espeak_engine import EspeakEngine
from audio.gtts_engine import GttsEngine
from audio.speaker import Speaker
from audio.speech import SpeechFailed, SpeechTimeout

LIMIT_S = 30
TEXT = "Ủy ban nhân dân xã Thạnh Đức thông báo: sáng mai họp thôn."
LONG = ", ".join(["một hai ba bốn năm sáu bảy tám chín mười"] * 5) + "."


def gtts(limit_s=LIMIT_S):
    return GttsEngine(limit_s, wait_s=0.01)


def test_it_asks_piece_by_piece_and_joins_the_answers(google, say):
    google.answers = [b"one", b"two", b"three"]
    said = say(gtts(), LONG)
    assert said.files[0].read_bytes()[:11] == b"onetwothree"
    assert len(google.texts) == 3
    assert all(len(text) <= 100 for text in google.texts)
    assert re.sub(r"[^\w]", "", "".join(google.texts)) == re.sub(r"[^\w]", "", LONG)


@pytest.mark.parametrize(
    ("answer", "code"), [(500, "refused"), (403, "refused"), (429, "busy"), (b"", "empty"), (None, "refused")]
)
def test_it_says_how_google_failed(google, say, answer, code):
    google.answers = [answer] * 3
    with pytest.raises(SpeechFailed) as caught:
        say(gtts(), TEXT)
    assert caught.value.code in {code, "empty"} if answer is None else caught.value.code == code
    assert len(google.texts) == 3


@pytest.mark.parametrize("answer", [500, 429, b"", None])
def test_a_piece_that_fails_is_asked_for_again_and_no_other(google, say, answer):
    google.answers = [b"one", answer, b"two", b"three"]
    said = say(gtts(), LONG, TEXT)
    assert said.files[0].read_bytes() == b"onetwothree"
    assert google.texts[1] == google.texts[2]
    assert len(google.texts) == 5
    assert said.made == [0, 1]


def test_sentences_before_a_failure_are_kept(google, say):
    google.answers = [b"one", 500, 500, 500]
    made: list[int] = []
    with pytest.raises(SpeechFailed):
        say(gtts(), "Câu một.", "Câu hai.", made=made)
    assert made == [0]


def test_when_google_hangs_at_the_first_piece_it_is_given_up_at_once(google, say):
    google.answers = ["hang"]
    with pytest.raises((SpeechTimeout, SpeechFailed)) as caught:
        say(gtts(1.0), TEXT)
    assert caught.value.code in {"timeout", "unreachable"}
    assert len(google.texts) <= 1


def test_when_google_hangs_later_the_piece_is_tried_again(google, say):
    google.answers = [google.sound, "hang"]
    assert say(gtts(2.0), "Câu một.", "Câu hai.").made == [0, 1]
    assert google.texts == ["Câu một.", "Câu hai.", "Câu hai."]


def test_without_an_answer_espeak_speaks_the_whole(google, tmp_path):
    google.answers = [google.sound, 500, 500, 500]
    spoken = Speaker([gtts(), EspeakEngine()]).speak("Câu một. Câu hai.", tmp_path / "a", lambda _: None, lambda: False)
    assert (spoken.engine, spoken.fell_back) == ("espeak", "gtts: refused")


def test_where_nothing_listens_it_is_unreachable(google, say, monkeypatch):
    google.close()
    monkeypatch.setenv("https_proxy", google.proxy)
    with pytest.raises(SpeechFailed) as caught:
        say(gtts(), TEXT)
    assert caught.value.code == "unreachable"


def test_it_believes_no_stranger_on_the_way(google, say, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(SpeechFailed) as caught:
        say(gtts(), TEXT)
    assert caught.value.code == "unreachable"
    assert google.texts == []


def test_nothing_to_say_is_told(google, say):
    with pytest.raises(SpeechFailed) as caught:
        say(gtts(), " ")
    assert caught.value.code == "text"
