"""What the engines are given: words, never figures."""

import pytest

from audio.reading import LegacyEncoding, read
from broadcast.domain.refusals import Refusal
from broadcast.studio import Studio
from broadcast.studio_tools import Tools

LEGACY = "Kính gửi bà con: x· héi chñ nghÜa ViÖt Nam đường phố nước khóa học giữ gìn"


def as_said(text, lexicon):
    return read(text, lexicon=lexicon)


@pytest.fixture
async def reading(tools, desk):
    made = Studio(Tools(tools.speak, tools.inspect, tools.finish, as_said), desk.library, at_once=1, limit_minutes=90)
    yield made
    await made.close()


def untold(progress):
    pass


async def test_the_engine_is_given_words(reading, tools):
    await reading.speak_in_turn("Ngày 25/11, UBND xã", untold)
    assert tools.spoken == ["Ngày hai mươi lăm tháng mười một, ủy ban nhân dân xã"]


async def test_so_is_it_for_an_alarm(reading, tools):
    await reading.speak("Gió cấp 8", untold)
    assert tools.spoken == ["Gió cấp tám"]


async def test_text_in_an_old_encoding_is_refused_for_a_bulletin_and_spoken_in_an_alarm(reading, tools):
    with pytest.raises(LegacyEncoding):
        read(LEGACY)
    with pytest.raises(Refusal, match="text-legacy"):
        await reading.speak_in_turn(LEGACY, untold)
    await reading.speak(LEGACY, untold)
    assert tools.spoken == [LEGACY]
