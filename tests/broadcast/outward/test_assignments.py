import pytest

from broadcast.domain.refusals import Refusal
from broadcast.receivers.assignments import Assignments
from broadcast.records import PersonRow, ReceiverRow
from broadcast.tables.air_records import AreaRuleRow
from devices.messages import Assignment, VolumeCap
from devices.topics import Leaf
from devices.vocabulary import AreaId


async def change(house, receiver, **values):
    def work(session):
        row = session.get(ReceiverRow, receiver)
        for key, value in values.items():
            setattr(row, key, value)
        session.add(row)

    await house.store.write(work)


async def test_a_receiver_is_told_its_areas_from_its_own_to_the_province(house):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    await Assignments(house.desk, house.wire).publish_everything()
    (message,) = house.sent(Leaf.ASSIGNMENT)
    said = house.said(message)
    assert isinstance(said, Assignment)
    assert message.retained
    assert said.target == "receiver/loa-1"
    assert said.areas == house.tree.path(area)
    assert (said.volume, said.alarm_volume) == (70, 100)
    assert (said.quiet_from, said.quiet_to, said.timezone) == ("22:00", "05:00", "Asia/Ho_Chi_Minh")
    assert said.clips_url == house.desk.settings.clips_url


async def test_a_receiver_is_told_in_which_hours_it_is_softer(house):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    said_by = {"soft_from": "05:00", "soft_to": "06:00", "soft_most": 60, "by": 1, "at": house.desk.now()}

    def work(session):
        person = PersonRow(id=1, login="lan", name="Lan", password_hash="x", made_at=house.desk.now())
        session.add(person)
        session.flush()
        session.add(AreaRuleRow(area=house.tree.root.id, **said_by))

    await house.store.write(work)
    await Assignments(house.desk, house.wire).publish_everything()
    said = house.said(house.sent(Leaf.ASSIGNMENT)[0])
    assert said.caps == (VolumeCap(start="05:00", end="06:00", most=60),)


async def test_what_says_the_same_goes_out_as_the_same_bytes(house):
    (area,) = house.communes(1)
    await house.hang(area, *(f"loa-{i}" for i in range(5)))
    assignments = Assignments(house.desk, house.wire)
    await assignments.publish_everything()
    held = dict(house.exchange.retained)
    assert len(held) == 5
    house.exchange.forget()
    house.hands.turn(hours=1)
    await assignments.publish_everything()
    assert house.exchange.retained == held


async def test_a_change_goes_out_under_a_higher_number_to_that_receiver_alone(house):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1", "loa-2")
    assignments = Assignments(house.desk, house.wire)
    await assignments.publish_everything()
    await change(house, "loa-1", volume=30)
    house.hands.turn(days=-2)
    await assignments.publish(["loa-1"])
    first, _, last = (house.said(m) for m in house.sent(Leaf.ASSIGNMENT))
    assert last.number > first.number
    assert last.volume == 30


async def test_a_server_that_starts_again_numbers_above_what_it_said_before(house):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    await Assignments(house.desk, house.wire).publish_everything()
    house.hands.turn(minutes=1)
    await Assignments(house.desk, house.wire).publish_everything()
    first, second = (house.said(m) for m in house.sent(Leaf.ASSIGNMENT))
    assert second.number > first.number


async def test_one_whose_area_a_reform_took_away_is_passed_over_and_the_others_are_told(house):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1", "loa-2")
    await change(house, "loa-1", area=AreaId("xa-khong-con"))
    await Assignments(house.desk, house.wire).publish_everything()
    assert [house.said(m).target for m in house.sent(Leaf.ASSIGNMENT)] == ["receiver/loa-2"]


async def test_with_the_link_down_nothing_is_raised_and_they_are_told_later(house):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    house.exchange.go_down()
    assignments = Assignments(house.desk, house.wire)
    await assignments.publish_everything()
    assert house.exchange.published == []
    house.exchange.come_up()
    await assignments.catch_up()
    await assignments.catch_up()
    assert len(house.sent(Leaf.ASSIGNMENT)) == 1


async def test_when_the_books_could_not_be_read_at_the_connection_it_is_done_later(house, monkeypatch):
    (area,) = house.communes(1)
    await house.hang(area, "loa-1")
    read = house.store.read

    async def broken(work):
        raise Refusal("store-failed")

    assignments = Assignments(house.desk, house.wire)
    monkeypatch.setattr(house.store, "read", broken)
    with pytest.raises(Refusal):
        await assignments.publish_everything()
    monkeypatch.setattr(house.store, "read", read)
    await assignments.catch_up()
    assert len(house.sent(Leaf.ASSIGNMENT)) == 1
