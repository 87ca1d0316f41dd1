"""Sound that was asked for is made, whatever happens to the server in the meantime."""

import asyncio
import signal
import subprocess
import sys
from functools import partial

import msgspec
import pytest
from sqlmodel import Session, select

from audio.speech import SpeechFailed
from broadcast import editing, rendering
from broadcast.bootstrap import open_house
from broadcast.domain.house import Progress
from broadcast.domain.refusals import Refusal
from broadcast.domain.voices import VoiceChoice
from broadcast.newsroom.life_types import BulletinAsk
from broadcast.newsroom.unfinished import MOST_RESTARTS, Unfinished, open_unfinished
from broadcast.people import logging_in
from broadcast.records import BulletinRow, GrantRow, PersonRow, UnfinishedRow
from broadcast.settings import Settings
from broadcast.wording import say
from devices.loopback import Exchange, LoopbackLink

LIMIT_S = 30
"""Of every wait here; none takes long unless something is broken."""
CHOICE = VoiceChoice("espeak", "vi", 0.9)


async def until(condition):
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in threads
            await asyncio.sleep(0.005)


@pytest.fixture
def parts(desk, studio):
    return (
        desk,
        partial(rendering.render, desk, studio),
        partial(rendering.upload, desk, studio),
        partial(logging_in.actor, desk),
    )


@pytest.fixture
async def bulletin(desk, staff):
    return (await editing.draft(desk, staff, "Mời họp", "Mời bà con đi họp.")).id


@pytest.fixture
async def killed(parts, bulletin, staff, desk, rows):
    """A bulletin whose server was killed while it was being spoken, this many times since."""

    async def killed(restarts=0, kind="speech"):
        note = partial(Unfinished(*parts)._note, staff, bulletin, kind, CHOICE)
        await desk.store.write(note)
        with Session(desk.store.engine) as session:
            session.get_one(UnfinishedRow, bulletin).restarts = restarts
            session.commit()
        return bulletin

    return killed


async def over(unfinished, bulletin):
    await until(lambda: unfinished.works.of(bulletin) is None)


async def test_what_was_being_spoken_is_spoken_after_the_start_as_it_was_asked_for(parts, killed, tools, rows):
    bulletin = await killed()
    async with open_unfinished(*parts) as unfinished:
        assert unfinished.works.of(bulletin) is not None
        await over(unfinished, bulletin)
    assert rows(BulletinRow)[0].clip
    assert [(c.engine, c.voice, c.rate) for c in tools.choices] == [("espeak", "vi", 0.9)]
    assert rows(UnfinishedRow) == []


async def test_a_server_told_to_stop_leaves_what_it_was_doing_for_the_next(parts, bulletin, staff, tools, rows):
    tools.gate.clear()
    async with open_unfinished(*parts) as unfinished:
        work = unfinished.works.begin(bulletin, partial(unfinished.render, staff, bulletin))
        await until(lambda: tools.spoken)
        await until(lambda: work.progress == Progress("speaking", 0.5, 2.5))
    assert work.task.cancelled()
    assert [(r.bulletin, r.restarts) for r in rows(UnfinishedRow)] == [(bulletin, 0)]
    tools.gate.set()
    async with open_unfinished(*parts) as unfinished:
        await over(unfinished, bulletin)
    assert rows(BulletinRow)[0].clip


async def test_what_a_person_cancelled_is_gone(parts, bulletin, staff, tools, rows):
    tools.gate.clear()
    async with open_unfinished(*parts) as unfinished:
        work = unfinished.works.begin(bulletin, partial(unfinished.render, staff, bulletin))
        await until(lambda: tools.spoken)
        work.task.cancel()
        await over(unfinished, bulletin)
        assert rows(UnfinishedRow) == []


async def test_what_was_gone_on_with_may_be_cancelled_too(parts, killed, tools, rows):
    bulletin = await killed()
    tools.gate.clear()
    async with open_unfinished(*parts) as unfinished:
        await until(lambda: tools.spoken)
        work = unfinished.works.of(bulletin)
        assert work is not None
        work.task.cancel()
        await over(unfinished, bulletin)
        assert rows(UnfinishedRow) == []


async def test_a_text_that_kills_the_server_is_given_up_and_the_person_told(
    desk, parts, killed, staff, tools, rows, stranger
):
    bulletin = await killed(restarts=MOST_RESTARTS)
    async with open_unfinished(*parts) as unfinished:
        await over(unfinished, bulletin)
        assert tools.spoken == []
        assert await unfinished.left_off(staff, bulletin) == "restarts"
        with pytest.raises(Refusal, match="no-such-bulletin"):
            await unfinished.left_off(stranger, bulletin)
    async with open_unfinished(*parts) as unfinished:
        assert unfinished.works.of(bulletin) is None
        await unfinished.render(staff, bulletin, lambda _: None)
        assert await unfinished.left_off(staff, bulletin) == ""
    assert rows(UnfinishedRow) == []


async def test_a_try_is_counted_before_it_begins(parts, killed, tools, rows):
    await killed()
    tools.gate.clear()
    async with open_unfinished(*parts):
        await until(lambda: tools.spoken)
        assert [r.restarts for r in rows(UnfinishedRow)] == [1]


async def test_who_may_no_longer_work_here_has_nothing_spoken(parts, killed, staff, desk, tools, rows):
    bulletin = await killed()
    with Session(desk.store.engine) as session:
        session.get_one(PersonRow, staff.id).active = False
        session.commit()
    async with open_unfinished(*parts) as unfinished:
        await over(unfinished, bulletin)
        assert rows(UnfinishedRow) == []
    assert tools.spoken == []


async def test_who_lost_the_area_has_nothing_spoken(parts, killed, staff, desk, tools, rows):
    bulletin = await killed()
    with Session(desk.store.engine) as session:
        session.exec(select(GrantRow).where(GrantRow.person == staff.id)).one().area = "huyen-ben-cau-711"
        session.commit()
    async with open_unfinished(*parts) as unfinished:
        await over(unfinished, bulletin)
        assert rows(UnfinishedRow) == []
    assert tools.spoken == []


async def test_words_that_are_others_now_are_not_spoken_unasked(desk, parts, killed, staff, tools, rows):
    bulletin = await killed()
    await editing.save(desk, staff, bulletin, "Mời họp", "Hoãn họp.")
    async with open_unfinished(*parts) as unfinished:
        await over(unfinished, bulletin)
        assert rows(UnfinishedRow) == []
    assert tools.spoken == []


async def test_a_voice_that_fails_with_nobody_waiting_is_told_to_the_next_page(desk, parts, killed, staff, tools):
    bulletin = await killed()
    tools.fail_speech = SpeechFailed("failed", "gtts: unreachable")
    async with open_unfinished(*parts) as unfinished:
        await over(unfinished, bulletin)
        assert await unfinished.left_off(staff, bulletin) == "failed"
        await editing.save(desk, staff, bulletin, "Mời họp", "Hoãn họp.")
        assert await unfinished.left_off(staff, bulletin) == ""


async def test_a_file_that_was_being_taken_in_is_asked_for_again(parts, killed, staff, tools):
    bulletin = await killed(kind="upload")
    async with open_unfinished(*parts) as unfinished:
        assert unfinished.works.of(bulletin) is None
        assert await unfinished.left_off(staff, bulletin) == "upload"
    assert all(say(f"ui.left-off-{why}") for why in ("upload", "failed", "restarts"))


async def test_who_may_not_write_leaves_no_note(parts, bulletin, administrator, stranger, rows):
    async with open_unfinished(*parts) as unfinished:
        for actor in (administrator, stranger):
            with pytest.raises(Refusal):
                await unfinished.render(actor, bulletin, lambda _: None)
        assert rows(UnfinishedRow) == []


KILLED = """
import asyncio, sys
from pathlib import Path
from broadcast.bootstrap import open_house
from broadcast.domain.people import Role, held
from broadcast.settings import load
from devices.loopback import Exchange, LoopbackLink

async def main():
    async with open_house(load(Path(sys.argv[1])), LoopbackLink(Exchange())) as house:
        await house.add_user("lan", "Lan", held(Role.PROVINCE, house.tree.root.id), "correct horse 7")
        lan = await house.actor_of("lan")
        text = " ".join(f"Hộ thứ {n} đã nhận đủ phần gạo của mình." for n in range(40))
        bulletin = (await house.office.draft(lan, "Gạo", text)).id

        def tell(progress):
            if progress.stage == "speaking" and (progress.share or 0) > 0.1:
                print("speaking", flush=True)

        await house.office.render(lan, bulletin, tell)
        print("spoken", flush=True)

asyncio.run(main())
"""


def _killed_while_it_speaks(config):
    with subprocess.Popen([sys.executable, "-c", KILLED, config], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "speaking\n"
        server.send_signal(signal.SIGKILL)


async def test_a_server_killed_in_the_middle_of_a_bulletin_speaks_it_after_its_start(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(f'[server]\ndata = "{tmp_path}/data"\n[speech]\nengines = ["espeak"]\n', "utf-8")
    await asyncio.to_thread(_killed_while_it_speaks, config)
    shelf = tmp_path / "data" / "speech"
    kept = set(shelf.glob("??/*"))
    assert kept
    plain = Settings()
    settings = msgspec.structs.replace(
        plain,
        server=msgspec.structs.replace(plain.server, data=str(tmp_path / "data")),
        speech=msgspec.structs.replace(plain.speech, engines=("espeak",)),
    )
    async with open_house(settings, LoopbackLink(Exchange())) as house:
        lan = await house.actor_of("lan")
        assert lan is not None
        (view,) = (await house.office.bulletins(lan, BulletinAsk())).views
        seen = set()
        async with asyncio.timeout(120):
            while work := house.office.works.of(view.bulletin.id):
                seen.add(work.progress.stage)
                await asyncio.sleep(0.01)
        done = (await house.office.bulletin(lan, view.bulletin.id)).bulletin
        assert await house.office.left_off(lan, done.id) == ""
    assert done.sound is not None
    assert done.sound.seconds > 60
    assert {"speaking", "mastering"} <= seen
    assert kept <= set(shelf.glob("??/*"))
