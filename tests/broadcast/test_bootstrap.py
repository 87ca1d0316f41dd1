"""The house as a whole, in one process, on a carrier in memory."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from audio.speaker import Speaker
from broadcast.bootstrap import DataInUse, House, open_house
from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.people import Role, held
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import lexicons
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.settings import Settings
from devices.link import LinkState
from devices.loopback import Exchange, LoopbackLink
from devices.messages import Assignment, Plan, decode
from devices.signing import Keyring, load_or_make, unseal
from devices.topics import parse
from devices.vocabulary import AreaId, Siren

PASSWORD = "correct horse 7"


@pytest.fixture
def settings(tmp_path):
    plain = Settings()
    return msgspec.structs.replace(
        plain,
        server=msgspec.structs.replace(plain.server, data=str(tmp_path / "data")),
        speech=msgspec.structs.replace(plain.speech, engines=("espeak",)),
        schedule=msgspec.structs.replace(plain.schedule, quiet_from="00:00", quiet_to="00:00"),
    )


async def came(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what is waited for is the memory of a broker
            await asyncio.sleep(0.01)


async def settle_in(house: House, folder) -> None:
    await house.add_user("lan", "Lan", held(Role.PROVINCE, house.tree.root.id), PASSWORD)
    key = load_or_make(folder / "loa.key", "loa-1")
    await house.enrol("loa-1", "xa-thanh-duc-25657", "Ấp Bến", key.public)


async def test_a_bulletin_goes_from_text_to_signed_plan(settings, tmp_path):
    exchange = Exchange()
    async with open_house(settings, LoopbackLink(exchange)) as house:
        await settle_in(house, tmp_path)
        lan = await house.actor_of("lan")
        assert lan is not None
        bulletin = await house.office.draft(lan, "Nước", "Nước về trễ hai giờ.")
        bulletin = await house.office.render(lan, bulletin.id, lambda _: None)
        assert bulletin.sound is not None
        await house.office.place(lan, bulletin.id, (house.tree.root.id,), None, "")
        topic = f"loalang/v1/area/{house.tree.root.id}/plan"
        plan = decode(unseal(parse(topic), exchange.retained[topic], Keyring(house.server_keys)))
        assert isinstance(plan, Plan)
        assert [a.clip for a in plan.airings] == [bulletin.sound.clip]
        assert house.office.clip(bulletin.sound.clip) is not None


async def test_a_broker_that_forgot_everything_is_told_everything(settings, tmp_path):
    exchange = Exchange()
    async with open_house(settings, LoopbackLink(exchange)) as house:
        await settle_in(house, tmp_path)
        topic = "loalang/v1/receiver/loa-1/assignment"
        await came(lambda: topic in exchange.retained)
        exchange.go_down()
        assert house.office.house().link == LinkState.CONNECTING
        exchange.forget()
        exchange.come_up()
        await came(lambda: topic in exchange.retained)
        told = decode(unseal(parse(topic), exchange.retained[topic], Keyring(house.server_keys)))
        assert isinstance(told, Assignment)
        assert told.areas[0] == "xa-thanh-duc-25657"
        assert told.areas[-1] == house.tree.root.id


async def test_what_stands_in_the_books_is_there_after_a_start(settings, tmp_path):
    async with open_house(settings, LoopbackLink(Exchange())) as house:
        await settle_in(house, tmp_path)
        lan = await house.actor_of("lan")
        assert lan is not None
        await house.office.draft(lan, "Nước", "Nước về trễ hai giờ.")
        keys = house.server_keys
    exchange = Exchange()
    async with open_house(settings, LoopbackLink(exchange)) as house:
        assert house.server_keys == keys
        lan = await house.actor_of("lan")
        assert lan is not None
        assert [b.bulletin.title for b in (await house.office.bulletins(lan, BulletinAsk())).views] == ["Nước"]
        await came(lambda: "loalang/v1/receiver/loa-1/assignment" in exchange.retained)
        assert await house.store_answers()


async def test_two_servers_do_not_share_a_folder(settings):
    async with open_house(settings, LoopbackLink(Exchange())):
        with pytest.raises(DataInUse, match="đang được một máy chủ"):
            async with open_house(settings, LoopbackLink(Exchange())):
                pass
    async with open_house(settings, LoopbackLink(Exchange())):
        pass


async def test_a_receiver_enrolled_beside_the_server_is_learned_of(settings, tmp_path):
    from broadcast.commands.offline import enrol  # noqa: PLC0415 - a command of its own

    exchange = Exchange()
    async with open_house(settings, LoopbackLink(exchange)) as house:
        assert await enrol(settings, "loa-9", "xa-thanh-duc-25657", "Ấp", tmp_path / "kit", "", lambda _: None) == 0
        await house.learn_receivers()
        await came(lambda: "loalang/v1/receiver/loa-9/assignment" in exchange.retained)


async def test_a_correction_for_an_area_is_spoken_in_bulletins_and_alarms(settings, tmp_path, monkeypatch):
    said: list[str] = []
    speak = Speaker.speak

    def overheard(speaker, words, *rest):
        said.append(words)
        return speak(speaker, words, *rest)

    monkeypatch.setattr(Speaker, "speak", overheard)
    async with open_house(settings, LoopbackLink(Exchange())) as house:
        await settle_in(house, tmp_path)
        office = house.office
        lan = await house.actor_of("lan")
        assert lan is not None
        bulletin = await office.draft(lan, "Mời họp", "TT họp.")
        await office.correct(lan, bulletin.id, "TT", "thị trấn", house.tree.root.id)
        view = await office.reading(lan, bulletin.id, "TT họp.")
        assert [t.words for t in view.tokens if t.corrected] == ["thị trấn"]
        await office.render(lan, bulletin.id, lambda _: None)
        await office.raise_alarm(lan, (AreaId("xa-thanh-duc-25657"),), Siren.WAIL, "TT sơ tán.", CONFIRMATION)
        await came(lambda: len(said) == 2)
        assert said == ["thị trấn họp.", "thị trấn sơ tán."]

        async def broken(*_):
            raise Refusal("store-failed")

        monkeypatch.setattr(lexicons, "of_areas", broken)
        await office.raise_alarm(lan, (AreaId("xa-cam-giang-25660"),), Siren.WAIL, "TT sơ tán.", CONFIRMATION)
        await came(lambda: len(said) == 3)
        assert said[-1] == "trung tâm sơ tán."
