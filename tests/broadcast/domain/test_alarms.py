import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadcast.domain.alarms import CONFIRMATION, LASTS, AlarmInForce, require_confirmation, require_words
from broadcast.domain.refusals import Refusal
from devices.messages import WORDS_LENGTH
from devices.vocabulary import AlarmId, AreaId, Siren

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
ALARM = AlarmInForce(
    AlarmId("a1"), (AreaId("xa-thanh-duc-25657"),), Siren.WAIL, "Lũ về", 1, "Trực ban", NOW, NOW + LASTS
)


@pytest.mark.parametrize("typed", [CONFIRMATION, "khẩn cấp", " Khẩn Cấp\n", unicodedata.normalize("NFD", CONFIRMATION)])
def test_the_confirmation_word_is_taken_however_it_is_typed(typed):
    require_confirmation(typed)


@pytest.mark.parametrize("typed", ["", "KHAN CAP", "khẩn", "KHẨN CẤP!"])
def test_another_word_raises_no_alarm(typed):
    with pytest.raises(Refusal) as no:
        require_confirmation(typed)
    assert (no.value.code, no.value.facts) == ("alarm-unconfirmed", {"confirmation": CONFIRMATION})


@pytest.mark.parametrize(
    ("words", "code"), [("", "text-empty"), ("🚨🚨", "text-empty"), ("a" * (WORDS_LENGTH + 1), "text-long")]
)
def test_words_that_cannot_be_said_raise_no_alarm(words, code):
    with pytest.raises(Refusal) as no:
        require_words(words)
    assert no.value.code == code


def test_words_go_out_composed():
    assert require_words(unicodedata.normalize("NFD", " Lũ về ")) == "Lũ về"


def test_an_alarm_ends_by_itself_or_when_it_is_ended():
    assert ALARM.in_force(NOW)
    assert not ALARM.in_force(NOW + LASTS)
    assert not replace(ALARM, ended_at=NOW).in_force(NOW + timedelta(seconds=1))
