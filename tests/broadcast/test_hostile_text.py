"""Whatever is typed or sent anywhere is refused in words or kept as plain text, and no export computes it."""

import csv
import inspect
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from icalendar import Calendar
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from broadcast.bootstrap import House, open_house
from broadcast.domain.alarms import CONFIRMATION
from broadcast.domain.people import Actor, Grant, Role
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import Slot
from broadcast.domain.template_writing import WrittenField
from broadcast.office import Office
from broadcast.people.account_types import Standing
from broadcast.settings import Settings
from broadcast.view_types import LogAsk, TrailAsk
from broadcast.wording import refusal
from devices.loopback import Exchange, LoopbackLink
from devices.signing import load_or_make
from devices.vocabulary import AreaId, Siren
from tests.broadcast.hostile import Calling, calls, places
from tests.broadcast.test_trail import INVITED, tone

FORMULA, MARKUP = '=HYPERLINK("http://x","y")', "<img src=x onerror=alert(1)>"
HOSTILE = (FORMULA, MARKUP, "{{7*7}}\u202eabc\0d", "x" * 10_000)
ALL_AT_ONCE = "".join(HOSTILE[:3])
PASSWORD = "correct horse 7"
TOLD = 600
"""Characters that the sentence of a refusal has at most."""
COMMUNE = AreaId("xa-thanh-duc-25657")

TEXTS = """
accounts.log_in                  login password code address
accounts.begin                   address agent how
accounts.whose                   token
accounts.end                     token
accounts.invited                 token
accounts.accept                  token password
accounts.first_fits              word
accounts.first_begin             word login name password
accounts.change_password         typed
accounts.confirm_second_factor   typed
accounts.drop_own_second_factor  typed
accounts.renew_codes             typed
accounts.tour_on                 to.place
accounts.people                  ask.find
accounts.add                     new.email new.grants[].area new.login new.name
accounts.rename                  name email
accounts.set_grants              grants[].area
accounts.within                  area
accounts.area_name               area
draft                            title text fields.areas[] fields.issued_by fields.source fields.tags[]
from_template                    template values{}
take_in                          name
warnings                         text
answer_warning                   key reason
save                             title text began.text began.title
upload                           name
sound.begin                      name
sound.arrived                    key
sound.take                       key
sound.drop                       key
sound.use                        key
render                           choice.engine choice.voice
foretell                         text choice.engine choice.voice
choose                           choice.engine choice.voice
reading                          text
correct                          written words area
uncorrect                        written area
lexicon                          area
put_word                         area written words
drop_word                        area written
life.describe                    before.areas[] before.issued_by before.source before.tags[] after_.areas[] after_.issued_by after_.source after_.tags[]
life.hear                        hash_
life.approve                     hash_ waived
life.reject                      hash_ reason
life.set_two_people              area
agenda.calendar                  area
agenda.csv                       area
agenda.area_rule                 area
agenda.set_rule                  area quiet_from quiet_to
agenda.set_soft                  area start end
agenda.look_repeat               ask.rule
agenda.repeat                    ask.rule
agenda.look_change               ask.areas[] ask.hour ask.how.rule
agenda.change_series             ask.areas[] ask.hour ask.how.rule typed reason
agenda.feeds                     area
agenda.make_feed                 area
agenda.inbox.decline             reason
agenda.inbox.answer_rule         area
agenda.inbox.set_answer_rule     area
agenda.ics                       secret
forms.templates                  area
forms.template                   area id_
forms.save_template              area id_ what.category what.ends what.fields[].choices[] what.fields[].example what.fields[].label what.name what.text what.title began
forms.hide_template              area id_ began
forms.restore_template           area id_ began
programmes.make                  area pattern.key pattern.name pattern.parts[].key pattern.parts[].sound pattern.parts[].title title
programmes.add_part              sound
programmes.set_sound             key sound
programmes.move_part             key before
programmes.drop_part             key
programmes.set_frame             before.title after.title
programmes.patterns              area
programmes.put_pattern           area what.key what.name what.parts[].key what.parts[].sound what.parts[].title
programmes.drop_pattern          area key
programmes.sounds                area
programmes.add_sound             area name
preview                          areas[]
place                            areas[] typed reason
next_hours                       area receiver
clip                             clip
move_slot                        typed reason
stop                             area
hold                             area
release                          area
identify                         receiver
raise_alarm                      areas[] words typed
end_alarm                        alarm
bulletins                        ask.area ask.words
log                              ask.area ask.first_day ask.last_day
log_csv                          ask.area ask.first_day ask.last_day
trail                            ask.action ask.area ask.first_day ask.last_day
trail_csv                        ask.action ask.area ask.first_day ask.last_day
"""  # noqa: E501 - one line a call
SLOW = {
    "take_in",
    "upload",
    "programmes.add_sound",
    "accounts.log_in",
    "accounts.change_password",
    "accounts.confirm_second_factor",
    "accounts.drop_own_second_factor",
    "accounts.renew_codes",
}
"""A process, a decoder or a password hash each time: these get everything at once."""


class World:
    """A house with somebody in it, and what there is to call its office with."""

    def __init__(self, office: Office, lan: Actor, hoa: Actor, calling: Calling, slot: Slot) -> None:
        self.office, self.lan, self._hoa, self._calling = office, lan, hoa, calling
        self._bulletin, self._soon, self._root = slot.bulletin, slot.at, slot.areas[0]
        self._count = count(1)

    @classmethod
    async def of(cls, house: House, folder: Path) -> "World":
        """Two people of the province, a receiver, a bulletin with sound in its slot, a programme."""
        root, office = house.tree.root.id, house.office
        grants = (Grant(Role.PROVINCE, root), Grant(Role.ADMINISTRATOR, root))
        lan, hoa = [await house.add_user(login, login, grants, PASSWORD) for login in ("lan", "hoa")]
        key = load_or_make(folder / "loa.key", "loa-1")
        await house.enrol("loa-1", COMMUNE, "Ấp Bến", key.public)
        sound, soon, numbers = tone(folder / "a.wav"), tomorrow(), count(1)
        made = await office.draft(lan, "Nước", "Nước về trễ.")
        await office.upload(lan, made.id, "a.wav", sound, lambda _: None)
        slot = await office.place(lan, made.id, (root,), soon, "")
        harmless = {
            "actor": lan,
            "standing": Standing(lan, 1),
            "bulletin": made.id,
            "slot": slot.id,
            "programme": (await office.programmes.make(lan, root, None, "Sáng", None, ())).id,
            "id_": hoa.id,
            "offer": 1,
            "area": root,
            "areas": (root,),
            "at": soon,
            "first": soon - timedelta(days=1),
            "last": soon + timedelta(days=1),
            "first_day": "2026-01-01",
            "last_day": "2099-12-31",
            "quiet_from": "22:00",
            "quiet_to": "05:00",
            "rule": "FREQ=DAILY",
            "siren": Siren.WAIL,
            "typed": CONFIRMATION,
            "*typed": 2,
            "login": lambda: f"moi{next(numbers)}",
            "new.grants": (Grant(Role.STAFF, root),),
            "words": "chậm",
            "written": "trễ",
            "title": "Nước",
            "name": "Họp",
            "template": "hop-dan",
            "values": INVITED,
            "what.name": "Họp",
            "what.category": "news",
            "what.title": "Họp",
            "what.text": "Mời bà con họp {Ngày}.",
            "what.fields": (WrittenField("Ngày", example="mai"),),
            "what.fields[].label": "Ngày",
            "what.fields[].example": "mai",
            "key": "mot",
            "slot_s": 900.0,
            "tell": lambda: _quietly,
            "sent": _nothing,
        }
        kinds = {str: "", int: 1, float: 1.0, bool: False, datetime: soon, Path: sound}
        return cls(office, lan, hoa, Calling(harmless, kinds), slot)

    async def attempt(self, name: str, call: Callable[..., Any], place: str, hostile: str) -> str:
        """The code of the refusal; "" where it was done. Raises whatever else comes of it."""
        more = await self._prepared(name, place)
        try:
            made, named = self._calling.arguments(call, place, hostile, more)
            done = call(*made, **named)
            if inspect.isawaitable(done):
                await done
        except Refusal as no:
            told, code = refusal(no), no.code
        else:
            told, code = "", ""
        assert len(told) < TOLD, f"{name} {place}: {code} tells the whole text again"
        return code

    async def _prepared(self, name: str, place: str) -> dict[str, Any]:
        """What has to be so that the text is looked at, and not something else refused."""
        office, lan = self.office, self.lan
        if name in {"life.approve", "life.reject", "life.hear"}:
            await office.save(lan, self._bulletin, f"Nước {next(self._count)}", "Nước về trễ.")
            await office.life.submit(lan, self._bulletin)
            view = await office.life.view(lan, self._bulletin)
            return {"actor": self._hoa} | ({} if place == "hash_" else {"hash_": view.versions[0].hash})
        if name == "answer_warning" and place == "reason":
            return {"key": (await office.warnings(lan, self._bulletin, "Nước về trễ."))[0].concern.key}
        if name in {"place", "move_slot"} and place == "reason":
            await office.agenda.set_rule(lan, self._root, "08:00", "20:00", None)
            first, then = await self._in_quiet_hours(), await self._in_quiet_hours()
            if name == "place":
                return then
            # its own: communes have declined the other one
            slot = await office.place(lan, self._bulletin, (self._root,), first["at"], first["typed"], "thử")
            return then | {"slot": slot.id}
        if name == "accounts.confirm_second_factor":
            return {"*typed": 3}
        if name.startswith("forms.") and place != "id_":
            return {"id_": "" if name == "forms.save_template" else "hop-dan"}
        return {}

    async def _in_quiet_hours(self) -> dict[str, Any]:
        """An hour of them, and what is typed to pass there."""
        at = self._soon + timedelta(minutes=next(self._count))
        seen = await self.office.preview(self.lan, self._bulletin, (self._root,), at)
        return {"at": at, "typed": seen.quiet_confirmation}


def tomorrow() -> datetime:
    """Its noon, in Vietnam."""
    return (datetime.now(UTC) + timedelta(days=1)).replace(hour=5, minute=0, second=0, microsecond=0)


def _quietly(_: object) -> None:
    pass


async def _nothing() -> AsyncIterator[bytes]:
    yield b""


@pytest.fixture
def house_settings(tmp_path):
    plain = Settings()
    return msgspec.structs.replace(
        plain,
        server=msgspec.structs.replace(plain.server, data=str(tmp_path / "data")),
        speech=msgspec.structs.replace(plain.speech, engines=("espeak",)),
        schedule=msgspec.structs.replace(plain.schedule, quiet_from="00:00", quiet_to="00:00"),
    )


@pytest.fixture
async def world(house_settings, tmp_path):
    async with open_house(house_settings, LoopbackLink(Exchange())) as house:
        yield await World.of(house, tmp_path)


def listed() -> dict[str, tuple[str, ...]]:
    return {name: tuple(at) for name, *at in (line.split() for line in TEXTS.strip().splitlines())}


async def test_every_place_in_which_the_office_takes_text_is_listed(world):
    """A new use case that takes text is put into TEXTS here, and with that it is tried below."""
    assert {name: at for name, call in calls(world.office) if (at := places(call))} == listed()


async def test_whatever_is_typed_is_refused_in_words_or_kept_as_plain_text(world, house_settings):
    every = dict(calls(world.office))
    done: dict[str, str] = {}
    for name, at in listed().items():
        for place in at:
            for hostile in (ALL_AT_ONCE,) if name in SLOW else HOSTILE:
                done[f"{name} {place}"] = await world.attempt(name, every[name], place, hostile)
    # not everything was refused before anybody looked at the text
    assert {place: code for place, code in done.items() if place in LOOKED_AT} == LOOKED_AT
    assert unseen(house_settings.database_url) == []


LOOKED_AT = {
    "draft title": "title-long",
    "life.describe after_.source": "field-long",
    "life.reject reason": "reason-long",
    "life.approve waived": "reason-long",
    "answer_warning reason": "reason-long",
    "place reason": "reason-long",
    "move_slot reason": "reason-long",
    "raise_alarm words": "text-long",
    "forms.save_template what.name": "template-flaws",
}
"""What becomes of ten thousand characters there."""


def unseen(url: str) -> list[str]:
    """Columns with signs in them that nobody sees, or with more than anybody may write."""
    found = set()
    with create_engine(url).connect() as books:
        for table in SQLModel.metadata.sorted_tables:
            for row in books.execute(table.select()).mappings():
                for column, value in row.items():
                    text = value if isinstance(value, str) else json.dumps(value, default=str)
                    if any(sign in text for sign in ("\0", "\u202e", "\\u0000", "\\u202e")):
                        found.add(f"{table.name}.{column}: unseen signs")
                    if len(text) > 4_000 and f"{table.name}.{column}" not in LONG:
                        found.add(f"{table.name}.{column}: {len(text)} characters")
    return sorted(found)


LONG = {"plan.envelope", "bulletin.text", "found.folded", "audit.before", "audit.after"}
"""What may be long: a plan, the words of a bulletin, and what is made of them."""


async def test_no_export_holds_a_cell_that_is_computed(house_settings, tmp_path):
    async with open_house(house_settings, LoopbackLink(Exchange())) as house:
        root, office, soon = house.tree.root.id, house.office, tomorrow()
        lan = await house.add_user("lan", FORMULA, (Grant(Role.PROVINCE, root),), PASSWORD)
        key = load_or_make(tmp_path / "loa.key", "loa-1")
        await house.enrol("loa-1", COMMUNE, "+1+1", key.public)
        made = await office.draft(lan, "Nước", "Nước về trễ.")
        await office.upload(lan, made.id, "a.wav", tone(tmp_path / "a.wav"), lambda _: None)
        for title in (FORMULA, "@SUM(A1)", "-2+3", "+84", "\t=1+1", MARKUP):
            await office.save(lan, made.id, title, title)
            await office.place(lan, made.id, (COMMUNE,), soon, "")
            soon += timedelta(minutes=5)
        days = ("2000-01-01", "2100-01-01")
        files = {
            "log": await office.log_csv(lan, LogAsk(*days)),
            "trail": await office.trail_csv(lan, TrailAsk(*days)),
            "calendar": await office.agenda.csv(lan, COMMUNE, soon - timedelta(days=1), soon + timedelta(days=1)),
        }
        for name, file in files.items():
            cells = [cell for line in csv.reader(io.StringIO(file.decode("utf-8-sig"))) for cell in line]
            assert any("HYPERLINK" in cell for cell in cells), name
            assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == [], name
        feed = await office.agenda.ics(await office.agenda.make_feed(lan, COMMUNE))
        assert feed is not None
        titles = {str(event["SUMMARY"]) for event in Calendar.from_ical(feed).walk("VEVENT")}
        assert {FORMULA, MARKUP} <= titles
        assert {line.partition(b":")[0].partition(b";")[0] for line in feed.splitlines() if line[:1] != b" "} <= KNOWN


KNOWN = set(b"BEGIN END VERSION PRODID X-WR-CALNAME UID SUMMARY LOCATION CATEGORIES DTSTART DTEND DTSTAMP".split())
