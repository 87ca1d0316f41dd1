"""The one place where parts are joined. Everything is started after what it stands on, and stopped in reverse."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlmodel import Session, select

from audio.reading import Reading
from broadcast import auditing, editing, logbook, rendering, scheduling, views, voices
from broadcast.agenda import coming, moving, offering
from broadcast.agenda.holding import open_holding
from broadcast.agenda.joining_agenda import join as join_agenda
from broadcast.agenda.joining_programmes import open_programmes
from broadcast.agenda.timetable import Job, Timetable
from broadcast.alarm.alarm_books import AlarmBooks
from broadcast.alarm.alarm_words import AlarmWords, waiting
from broadcast.alarm.ledger import Ledger
from broadcast.areas_data import load_tree
from broadcast.broker import BrokerState, EmbeddedBroker
from broadcast.documents import importing
from broadcast.domain.areas import AreaTree
from broadcast.domain.bulletins import Sound
from broadcast.domain.house import Bell, Tell
from broadcast.domain.people import Actor
from broadcast.emergency import Emergency
from broadcast.house_questions import answers, health, logins, presences
from broadcast.library import ClipLibrary
from broadcast.newsroom import beginning, ending, finding, lexicons, looking
from broadcast.newsroom.arriving import Arriving
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.foretelling import Foretelling
from broadcast.newsroom.joining_life import join as join_life
from broadcast.newsroom.joining_life import join_sound
from broadcast.newsroom.joining_templates import join as join_templates
from broadcast.newsroom.listening import Listening
from broadcast.newsroom.unfinished import open_unfinished
from broadcast.office import Office
from broadcast.people import accounts, logging_in
from broadcast.people.joining_accounts import join as join_accounts
from broadcast.planning import Planner
from broadcast.receivers import enrolment
from broadcast.receivers.assignments import Assignments
from broadcast.receivers.orders import Orders
from broadcast.receivers.presence import Presence
from broadcast.receivers.republishing import Republish
from broadcast.receivers.trusted import Trusted
from broadcast.recording import by_hand, in_name, open_recording
from broadcast.records import PersonRow
from broadcast.settings import Settings
from broadcast.store import Store
from broadcast.studio import Studio, open_studio
from broadcast.studio_tools import as_read
from broadcast.telemetry import Figures
from broadcast.tracking import Tracking
from broadcast.wire import Wire
from broadcast.wording import say
from devices.link import Link, LinkState
from devices.mqtt import MqttAddress, MqttLink
from devices.signing import load_or_make
from devices.vocabulary import AreaId

SERVER_KEY: Final = "server-1"
LEXICON_S: Final = 1.0
"""As long the words of an alarm wait for the lexicon of its areas."""
_log: Final = structlog.get_logger(__name__)


class DataInUse(Exception):
    """Raised when another server works on the same folder. Its text tells a person what to do."""


@dataclass(frozen=True)
class House:
    """A server without its panel: what the panel, the demonstration and the tests ask."""

    settings: Settings
    office: Office
    tree: AreaTree
    presence: Presence
    figures: Figures
    server_keys: dict[str, bytes]
    """What receivers are to believe."""
    now: Callable[[], datetime]
    store_answers: Callable[[], Awaitable[bool]]
    add_user: Callable[..., Awaitable[Actor]]
    """As `accounts.add_user`, without its desk."""
    enrol: Callable[..., Awaitable[None]]
    """(receiver, area, name, public key), as whoever has the machine in their hands."""
    learn_receivers: Callable[[], Awaitable[None]]
    """Take up those that a command enrolled in the books; the timetable does it every half minute."""
    logins: Callable[[], Awaitable[frozenset[str]]]
    actor_of: Callable[[str], Awaitable[Actor | None]]
    """The person of a login, as one who has logged in: for commands on this machine."""


@asynccontextmanager
async def open_house(settings: Settings, link: Link | None = None) -> AsyncIterator[House]:
    """Everything but the panel, running. `link` replaces the carrier that the settings name.

    Raises DataInUse, BrokerFailed, Refusal, OSError.
    """
    async with AsyncExitStack() as stack:
        _lock(settings.data, stack)
        store = Store(settings.database_url)
        stack.push_async_callback(store.close)
        await asyncio.to_thread(store.migrate)

        now = partial(datetime.now, UTC)
        desk = Desk(store, ClipLibrary(settings.data / "clips"), load_tree(settings.areas.tree), settings, now, Bell())
        presence = Presence()
        signer = load_or_make(settings.data / "keys" / "server.key", SERVER_KEY)
        carrier = link or MqttLink(_address(settings))
        wire = Wire(carrier, signer)
        wire.on_changed.append(lambda _: desk.bell.ring())

        emergency = Emergency(
            wire, Ledger(settings.data / "alarms.jsonl"), desk.tree, settings.emergency, now, desk.bell
        )
        await asyncio.to_thread(emergency.load)
        planner, assignments, orders = Planner(desk, wire), Assignments(desk, wire), Orders(desk, wire)
        tracking, holding = Tracking(desk, presence, wire), await open_holding(desk, presence, wire)
        wire.on_state, wire.on_report = tracking.take_state, tracking.take_report
        offered, raw = voices.offered(settings), ClipLibrary(settings.data / "raw")
        studio = await stack.enter_async_context(open_studio(settings, desk.library, raw))
        listening, arriving = (
            Listening(desk, raw, settings.data / "outlines", offered),
            Arriving(desk, settings.data / "arriving"),
        )
        words = AlarmWords(partial(_speak_alarm, desk, studio), emergency.add_words, wire, desk.library, now)
        books = AlarmBooks(desk, emergency.alarms)
        emergency.followers += [words.follow, books.follow]
        receivers = Trusted(desk, wire, assignments.publish)
        await receivers.learn()

        broker = None
        if settings.broker.kind == "embedded" and link is None:
            broker = EmbeddedBroker(settings.broker.port, changed=partial(_broker_changed, carrier, desk.bell))
            stack.push_async_callback(broker.stop)
            await broker.start()
        again = Republish(
            (emergency.on_up, holding.on_up, assignments.publish_everything, planner.publish_everything),
            lambda: wire.state is LinkState.UP,
        )
        wire.on_up.append(again.up)
        tracking.start()
        stack.push_async_callback(tracking.stop)
        stack.push_async_callback(wire.close)
        await wire.open()
        again.start()
        stack.push_async_callback(again.stop)
        stack.push_async_callback(emergency.close)
        stack.push_async_callback(books.stop)
        stack.push_async_callback(words.stop)
        for alarm in waiting(emergency.alarms(), now()):
            words.follow(alarm)

        (agenda, recur), recording = (
            join_agenda(desk, planner.replan, assignments.publish),
            await stack.enter_async_context(open_recording(store.note, partial(auditing.home, desk))),
        )
        timetable = Timetable(
            (
                Job("roll-plans", timedelta(seconds=30), planner.roll, first=timedelta(seconds=30)),
                Job("sweep-deliveries", timedelta(seconds=10), tracking.sweep, first=timedelta(seconds=2)),
                Job("alarms-owed", timedelta(seconds=2), emergency.catch_up),
                Job("holds-owed", timedelta(seconds=2), holding.catch_up),
                Job("alarms-to-books", timedelta(seconds=5), books.catch_up),
                Job("assignments-owed", timedelta(minutes=1), assignments.catch_up, first=timedelta(minutes=1)),
                Job("recur", timedelta(minutes=10), recur, first=timedelta(seconds=20)),
                Job("sweep-arriving", timedelta(hours=1), arriving.sweep, first=timedelta(minutes=1)),
                Job("offers-over", timedelta(seconds=5), partial(offering.settle, desk), first=timedelta(seconds=1)),
                Job("sweep-raw", timedelta(hours=1), listening.sweep, first=timedelta(minutes=2)),
                Job("trail-owed", timedelta(seconds=10), recording.catch_up, first=timedelta(seconds=10)),
                Job("head-of-trail", timedelta(minutes=10), partial(auditing.send_head, desk), timedelta(minutes=1)),
                Job(
                    "expire-bulletins",
                    timedelta(seconds=30),
                    by_hand("expire", partial(ending.expire, desk, planner.replan)),
                ),
                Job("learn-receivers", timedelta(seconds=30), receivers.learn, first=timedelta(seconds=30)),
            ),
            now,
        )
        timetable.start()
        stack.push_async_callback(timetable.stop)

        unfinished = await stack.enter_async_context(
            open_unfinished(
                desk,
                in_name("render", partial(rendering.render, desk, studio)),
                in_name("upload", partial(rendering.upload, desk, studio)),
                partial(logging_in.actor, desk),
            )
        )

        office = Office(
            accounts=join_accounts(desk),
            agenda=agenda,
            programmes=await stack.enter_async_context(open_programmes(desk, studio)),
            draft=partial(editing.draft, desk),
            templates=partial(beginning.templates, desk),
            from_template=partial(beginning.from_template, desk, partial(editing.draft, desk)),
            take_in=partial(importing.take_in, desk),
            save=partial(editing.save, desk),
            warnings=partial(looking.warnings, desk),
            answer_warning=partial(looking.answer_warning, desk),
            upload=unfinished.upload,
            sound=join_sound(arriving, unfinished.upload),
            drop_upload=partial(editing.drop_upload, desk),
            render=unfinished.render,
            foretell=Foretelling(desk, partial(as_read, Reading(settings.reading.region)), offered).foretell,
            choose=listening.choose,
            heard=listening.heard,
            before=listening.before,
            outline=listening.outline,
            reading=partial(lexicons.reading, desk),
            correct=partial(lexicons.correct, desk),
            uncorrect=partial(lexicons.uncorrect, desk),
            lexicon=partial(lexicons.lexicon, desk),
            put_word=partial(lexicons.put_word, desk),
            drop_word=partial(lexicons.drop_word, desk),
            life=join_life(desk, planner.replan),
            forms=join_templates(desk),
            preview=partial(scheduling.preview, desk, presence, holding.held_until),
            place=partial(scheduling.place, desk, planner.replan),
            withdraw_slot=partial(scheduling.withdraw_slot, desk, planner.replan),
            without=partial(coming.without, desk, holding.held_until),
            preview_move=partial(moving.preview_move, desk, presence, holding.held_until),
            move_slot=partial(moving.move_slot, desk, planner.replan),
            next_hours=partial(coming.next_hours, desk, presence, holding.held_until),
            clip=desk.library.path,
            stop=orders.stop,
            hold=holding.hold,
            release=holding.release,
            holds=holding.holds,
            identify=orders.identify,
            raise_alarm=emergency.raise_alarm,
            end_alarm=emergency.end_alarm,
            areas=partial(views.areas, desk),
            bulletins=partial(finding.bulletins, desk),
            bulletin=partial(views.bulletin, desk),
            slots=partial(views.slots, desk),
            deliveries=partial(views.deliveries, desk, presence),
            receivers=partial(views.receivers, desk, presence),
            alarms=partial(views.alarms, desk, presence, emergency.alarms),
            log=partial(logbook.log, desk),
            log_csv=partial(logbook.log_csv, desk),
            trail=partial(auditing.trail, desk),
            trail_csv=partial(auditing.trail_csv, desk),
            house=partial(health, settings, broker, wire),
            bell=desk.bell,
            zone=settings.schedule.timezone,
            upload_limit_mb=settings.upload.limit_mb,
            upload_limit_minutes=settings.upload.limit_minutes,
            text_limit=settings.speech.text_limit,
            voices=offered,
            works=unfinished.works,
            left_off=unfinished.left_off,
        )
        yield House(
            settings=settings,
            office=recording.over(office),
            tree=desk.tree,
            presence=presence,
            figures=Figures(
                receivers=partial(presences, desk, presence),
                link_up=lambda: wire.state is LinkState.UP,
                broker_serving=lambda: broker is None or broker.state is BrokerState.SERVING,
                broker_restarts=lambda: broker.restarts if broker else 0,
                refused=lambda: dict(wire.refused),
                reports=lambda: tracking.taken,
                reports_dropped=lambda: tracking.dropped,
                receivers_refused=lambda: dict(tracking.refused),
                ledger_failed=lambda: emergency.ledger_failed,
                publishes=lambda: wire.published,
                alarms=lambda: sum(a.in_force(now()) for a in emergency.alarms()),
                jobs_failed=timetable.failures.total,
            ),
            server_keys={SERVER_KEY: signer.public},
            now=now,
            store_answers=partial(answers, store),
            add_user=by_hand("add_user", partial(accounts.add_user, desk)),
            enrol=by_hand("enrol", partial(enrolment.enrol, desk, wire.trust, receivers.assign, None)),
            learn_receivers=receivers.learn,
            logins=partial(store.read, logins),
            actor_of=partial(_actor_of, desk),
        )


async def _speak_alarm(desk: Desk, studio: Studio, words: str, areas: tuple[AreaId, ...], tell: Tell) -> Sound:
    """Read as its areas read it, if the books say so soon enough: words must come while the siren sounds."""
    try:
        lexicon = await asyncio.wait_for(lexicons.of_areas(desk, areas), LEXICON_S)
    except Exception as no:  # noqa: BLE001 - whatever the books do, the words are spoken
        _log.warning("an alarm is read without the lexicon of its areas", why=str(no) or type(no).__name__)
        lexicon = None
    return await studio.speak(words, tell, lexicon)


def _lock(folder: Path, stack: AsyncExitStack) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = stack.enter_context((folder / "lock").open("ab"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go by the kernel, also after SIGKILL
    except OSError as error:
        raise DataInUse(say("command.data-in-use", folder=folder)) from error


def _address(settings: Settings) -> MqttAddress:
    b = settings.broker
    if b.kind == "embedded":
        return MqttAddress(host="127.0.0.1", port=b.port, client_id="loalang-server")
    return MqttAddress(b.host, b.port, "loalang-server", b.username, settings.broker_password, b.tls, b.tls_ca)


def _broker_changed(carrier: Link, bell: Bell, state: BrokerState) -> None:
    if state is BrokerState.SERVING and isinstance(carrier, MqttLink):
        carrier.hurry()
    bell.ring()


async def _actor_of(desk: Desk, login: str) -> Actor | None:
    def work(session: Session) -> int | None:
        return session.exec(select(PersonRow.id).where(PersonRow.login == login)).one_or_none()

    person = await desk.store.read(work)
    return None if person is None else await logging_in.actor(desk, person)
