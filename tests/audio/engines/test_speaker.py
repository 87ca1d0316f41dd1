import itertools
import os
import threading
import time
import unicodedata

import numpy as np
import pytest

from audio.calls import Cancelled
from audio.joining import LONGEST_S, check, trimmed
from audio.pieces import SENTENCE_PAUSE_S
from audio.shelf import Shelf
from audio.speaker import Choice, Speaker
from audio.speech import Engine, SpeechCancelled, SpeechError, SpeechFailed, SpeechTimeout

TEXT = "Kính thưa bà con. Mời bà con đi họp. Xin cảm ơn."
NINE = " ".join(f"Câu số {word}." for word in ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"))


class Voice(Engine):
    """Says everything with one sound, or fails as it is told, at the sentence it is told."""

    voice = "v"

    def __init__(self, name, content, error=None, at=0):
        self.name, self.content, self.error, self.at = name, content, error, at
        self.asked: list[str] = []
        self.manners = []

    def speak(self, jobs, manner, made, cancelled):
        self.manners.append(manner)
        for i, job in enumerate(jobs):
            if cancelled():
                raise SpeechCancelled
            self.asked.append(job.text)
            if self.error and i == self.at:
                raise self.error
            job.out.write_bytes(self.content)
            made(i)


def never():
    return False


def nobody(_share):
    return None


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf", 100_000_000)


@pytest.fixture
def voice(wav):
    return lambda name, error=None, content=None, at=0: Voice(name, wav if content is None else content, error, at)


def test_the_first_engine_speaks_and_nobody_else_is_asked(out, voice, make):
    first, second = voice("a"), voice("b")
    told: list[float] = []
    heard: list[float] = []
    spoken = Speaker([first, second]).speak(TEXT, out, told.append, never, heard=heard.append)
    assert (spoken.path, spoken.engine, spoken.voice, spoken.fell_back) == (out, "a", "v", "")
    assert second.asked == []
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert len(make.read(out)) / make.rate == pytest.approx(spoken.seconds)
    assert heard[-1] == spoken.seconds == pytest.approx(3 * 4 + 2 * SENTENCE_PAUSE_S, abs=0.7)


def test_it_falls_down_the_list_and_says_why(out, voice):
    speaker = Speaker([voice("gtts", SpeechTimeout()), voice("http:x", SpeechFailed("key")), voice("espeak")])
    spoken = speaker.speak(TEXT, out, nobody, never)
    assert spoken.engine == "espeak"
    assert spoken.fell_back == "gtts: timeout; http:x: key"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty"), (b"<html>no</html>", "not-sound"), (b'{"error": 1}', "not-sound")]
)
def test_what_is_no_sound_is_no_speech(out, voice, content, code):
    spoken = Speaker([voice("gtts", content=content), voice("espeak")]).speak(TEXT, out, nobody, never)
    assert spoken.fell_back == f"gtts: {code}"


def test_silence_is_no_speech_and_half_a_sentence_neither(tmp_path, make):
    silent = make.pcm(tmp_path / "a", np.zeros(make.rate, np.int16))
    short = make.pcm(tmp_path / "b", make.speechlike(0.5))
    for file, code in ((silent, "empty"), (short, "cut"), (tmp_path / "none", "empty")):
        with pytest.raises(SpeechFailed) as caught:
            check(file, "Một câu khá dài để ai cũng thấy nó không thể đọc xong trong nửa giây.")
        assert caught.value.code == code


def test_sound_without_end_is_refused(tmp_path, make):
    endless = make.pcm(tmp_path / "a", np.full(8_000 * int(LONGEST_S + 5), 9_000, np.int16), rate=8_000)
    with pytest.raises(SpeechFailed) as caught:
        check(endless, "A.")
    assert caught.value.code == "too-large"


def test_one_voice_speaks_the_whole_text_even_if_another_began_it(out, voice):
    first, second = voice("a", SpeechFailed("refused"), at=8), voice("b")
    spoken = Speaker([first, second]).speak(NINE, out, nobody, never)
    assert spoken.engine == "b"
    assert second.asked == NINE.replace(". ", ".|").split("|")


def test_who_asks_again_goes_on_at_the_sentence_that_failed(out, voice, shelf):
    speaker = Speaker([voice("a", SpeechFailed("refused"), at=8), voice("b")], shelf)
    speaker.speak(NINE, out, nobody, never)
    mended = voice("a")
    assert Speaker([mended], shelf).speak(NINE, out, nobody, never).engine == "a"
    assert mended.asked == ["Câu số chín."]


def test_a_corrected_text_speaks_anew_only_what_changed(out, voice, shelf):
    engine = voice("a")
    speaker = Speaker([engine], shelf)
    speaker.speak(TEXT, out, nobody, never)
    speaker.speak(TEXT.replace("họp", "bầu cử"), out, nobody, never)
    assert engine.asked[3:] == ["Mời bà con đi bầu cử."]
    speaker.speak(TEXT, out, nobody, never)
    assert len(engine.asked) == 4


def test_a_sentence_said_twice_is_spoken_once(out, voice):
    engine = voice("a")
    Speaker([engine]).speak("A lô. Mời họp. A lô.", out, nobody, never)
    assert engine.asked == ["A lô.", "Mời họp."]


def test_another_voice_pace_or_tuning_is_another_sentence(out, voice, shelf):
    engine = voice("a")
    engine.voices = ("other",)
    speaker = Speaker([engine], shelf)
    for choice in (Choice(), Choice("a", "other"), Choice("a", "", 1.2)):
        speaker.speak("Một câu.", out, nobody, never, choice)
    engine.settings = "tuned"
    speaker.speak("Một câu.", out, nobody, never)
    assert len(engine.asked) == 4
    assert [(m.voice, m.rate) for m in engine.manners] == [("", 1.0), ("other", 1.0), ("", 1.2), ("", 1.0)]


def test_a_chosen_engine_is_asked_first_and_its_voice_is_nobody_elses(out, voice):
    first, second = voice("a"), voice("b", SpeechFailed("busy"))
    second.voices = ("south",)
    spoken = Speaker([first, second], rate=0.9).speak(TEXT, out, nobody, never, Choice("b", "south", 1.2))
    assert (spoken.engine, spoken.voice, spoken.fell_back) == ("a", "v", "b: busy")
    assert (second.manners[0].voice, second.manners[0].rate) == ("south", pytest.approx(1.08))
    assert (first.manners[0].voice, first.manners[0].rate) == ("", pytest.approx(1.08))


def test_a_voice_that_it_does_not_have_is_not_asked_for(out, voice):
    engine = voice("a")
    spoken = Speaker([engine, voice("b")]).speak(TEXT, out, nobody, never, Choice("a", "nobody"))
    assert (spoken.engine, spoken.fell_back) == ("b", "a: voice")
    assert engine.asked == []


def test_an_engine_that_keeps_no_pace_is_stretched(out, voice, shelf):
    engine = voice("a")
    engine.keeps_pace = False
    speaker = Speaker([engine], shelf)
    usual, fast, slow = (
        speaker.speak(TEXT, out, nobody, never, Choice(rate=rate)).seconds for rate in (1.0, 1.25, 0.8)
    )
    assert len(engine.asked) == 3
    assert usual / fast == pytest.approx(1.25, rel=0.03)
    assert usual / slow == pytest.approx(0.8, rel=0.03)


def test_a_spoilt_sentence_on_the_shelf_is_spoken_anew(out, voice, shelf):
    engine = voice("a")
    speaker = Speaker([engine], shelf)
    speaker.speak(TEXT, out, nobody, never)
    kept = shelf.get(shelf.key("Xin cảm ơn.", "a", "v", 1.0, ""))
    kept.write_bytes(b"rubbish")
    speaker.speak(TEXT, out, nobody, never)
    assert engine.asked[3:] == ["Xin cảm ơn."]


def test_an_engine_that_leaves_a_sentence_out_has_failed(out, voice):
    class Forgetful(Voice):
        def speak(self, jobs, manner, made, cancelled):
            super().speak(jobs[:-1], manner, made, cancelled)

    spoken = Speaker([Forgetful("a", voice("a").content), voice("b")]).speak(TEXT, out, nobody, never)
    assert spoken.fell_back == "a: empty"


def test_when_nobody_can_speak_it_names_all_and_leaves_no_file(out, voice, tmp_path):
    with pytest.raises(SpeechFailed) as caught:
        Speaker([voice("a", SpeechFailed("unreachable")), voice("b", content=b"")]).speak(TEXT, out, nobody, never)
    assert caught.value.detail == "a: unreachable; b: empty"
    assert list(tmp_path.iterdir()) == []


def test_cancelling_asks_nobody_else_and_keeps_what_was_spoken(out, voice, shelf):
    other = voice("b")
    with pytest.raises(SpeechCancelled):
        Speaker([voice("a", SpeechCancelled(), at=2), other], shelf).speak(TEXT, out, nobody, never)
    with pytest.raises(Cancelled):
        Speaker([other]).speak(TEXT, out, nobody, lambda: True)
    assert other.asked == []
    assert not out.exists()
    assert shelf.get(shelf.key("Mời bà con đi họp.", "a", "v", 1.0, "")) is not None


@pytest.mark.parametrize("text", ["", " \n ", "... !", "—"])
def test_nothing_to_say_is_told_before_anybody_is_asked(out, voice, text):
    engine = voice("a")
    with pytest.raises(SpeechFailed) as caught:
        Speaker([engine]).speak(text, out, nobody, never)
    assert caught.value.code == "text"
    assert engine.asked == []


def test_text_goes_to_the_engine_as_written_in_composed_form(out, voice):
    engine = voice("a")
    Speaker([engine]).speak(unicodedata.normalize("NFD", "Thạnh Đức"), out, nobody, never)
    assert engine.asked == [unicodedata.normalize("NFC", "Thạnh Đức")]


def test_every_failure_has_a_word():
    errors = (SpeechFailed(), SpeechTimeout(), SpeechCancelled(), SpeechFailed("voice", "x"))
    assert [e.code for e in errors] == ["failed", "timeout", "cancelled", "voice"]
    assert issubclass(SpeechTimeout, SpeechError)


def test_a_speaker_without_engines_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        Speaker([])


def test_threads_may_speak_at_once(tmp_path, voice, shelf):
    speaker = Speaker([voice("a")], shelf)
    lengths = []
    threads = [
        threading.Thread(
            target=lambda i=i: lengths.append(speaker.speak(TEXT, tmp_path / str(i), nobody, never).seconds)
        )
        for i in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lengths) == 6
    assert len(set(lengths)) == 1


def test_silence_around_words_goes_and_inside_stays(make):
    quiet, loud = np.zeros(make.rate, np.int16), make.speechlike(1)
    words = trimmed(np.concatenate([quiet, loud, quiet, loud, quiet]))
    assert len(words) / make.rate == pytest.approx(3, abs=0.3)


# the shelf


def test_a_full_shelf_lets_go_of_what_was_longest_not_asked_for(tmp_path):
    shelf = Shelf(tmp_path / "shelf", 2_500)
    hours = itertools.count(2)
    for i in range(4):
        file = tmp_path / "made"
        file.write_bytes(bytes(1_000))
        path = shelf.keep(f"{i:02}key", file)
        os.utime(path, (0, time.time() - 3600 * next(hours)))
    assert shelf.get("03key") is not None
    shelf.tidy()
    assert [i for i in range(4) if shelf.get(f"{i:02}key")] == [0, 3]


def test_a_full_shelf_spares_what_is_in_use(tmp_path):
    shelf = Shelf(tmp_path / "shelf", 10)
    file = tmp_path / "made"
    file.write_bytes(bytes(1_000))
    shelf.keep("aakey", file)
    shelf.tidy()
    assert shelf.get("aakey") is not None


def test_what_a_killed_process_left_half_made_is_swept_away(tmp_path):
    shelf = Shelf(tmp_path / "shelf", 10)
    with shelf.making() as now:
        left = shelf.folder / "making" / "tmp-left"
        left.mkdir()
        (left / "half").write_bytes(b"half")
        os.utime(left, (0, 0))
        shelf.tidy()
        assert now.is_dir()
        assert not left.exists()


def test_nothing_half_made_stays_on_the_shelf(tmp_path):
    shelf = Shelf(tmp_path / "shelf", 10)

    def break_off():
        with shelf.making() as folder:
            (folder / "half").write_bytes(b"half")
            raise SpeechFailed

    with pytest.raises(SpeechFailed):
        break_off()
    assert [p for p in shelf.folder.rglob("*") if p.is_file()] == []
