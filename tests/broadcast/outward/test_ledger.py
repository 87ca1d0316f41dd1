from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcast.alarm.ledger import Ledger
from broadcast.domain.alarms import AlarmInForce, Standing
from devices.vocabulary import AlarmId, AreaId, Siren

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def standing(name, words="Lũ về.\nChạy ngay!", minute=0):
    raised = AT + timedelta(minutes=minute)
    alarm = AlarmInForce(
        AlarmId(name), (AreaId("tinh"),), Siren.WAIL, words, 1, "Ông Ba", raised, raised + timedelta(minutes=30)
    )
    return Standing(alarm, 8.0, 3, 5.0, numbers={AreaId("tinh"): 17})


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "deep" / "alarms.jsonl")


def test_a_ledger_that_is_not_there_knows_nothing(ledger):
    assert ledger.read() == []


def test_the_last_line_of_an_alarm_holds(ledger):
    first = standing("a1")
    ledger.append([first, standing("a2", minute=1)])
    ledger.append([first.ended(AT + timedelta(minutes=2))])
    assert ledger.read() == [first.ended(AT + timedelta(minutes=2)), standing("a2", minute=1)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(min_value=1, max_value=200))
def test_a_torn_last_line_costs_itself_alone_and_nothing_is_glued_to_it(ledger, cut):
    ledger.path.unlink(missing_ok=True)
    ledger.append([standing("a1")])
    whole = ledger.path.stat().st_size
    ledger.append([standing("a2", minute=1)])
    with ledger.path.open("r+b") as file:
        file.truncate(min(whole + cut, ledger.path.stat().st_size))
    ledger.append([standing("a3", minute=2)])
    names = [s.alarm.id for s in ledger.read()]
    assert names[0] == "a1"
    assert names[-1] == "a3"


def test_strange_lines_are_passed_over(ledger):
    ledger.append([standing("a1")])
    with ledger.path.open("ab") as file:
        file.write(b'\xff\xfe\n{"alarm": 3}\n\n[]\n')
    ledger.append([standing("a2", minute=1)])
    assert [s.alarm.id for s in ledger.read()] == ["a1", "a2"]
