"""What airs at a place, for calendars elsewhere: an address nobody can guess, kept as a hash, taken back at a touch."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from icalendar import Calendar, Event
from sqlmodel import Session, col, select

from broadcast.agenda.air_types import FeedView
from broadcast.agenda.coming_books import around
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import PersonRow
from broadcast.sight import area_name
from broadcast.tables.air_records import FeedRow
from devices.vocabulary import AreaId

BACK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=31)
FEEDS: Final = 20
"""Addresses one area has at most."""
_BYTES: Final = 24


async def feeds(desk: Desk, actor: Actor, area: AreaId) -> tuple[FeedView, ...]:
    """The addresses of an area that still hold. Raises Refusal: no-such-area, not-..."""
    here = desk.tree.get(area).id
    require(actor, Action.STOP, (here,), desk.tree)

    def work(session: Session) -> tuple[FeedView, ...]:
        held = (
            select(FeedRow, PersonRow.name)
            .where(FeedRow.area == here, col(FeedRow.revoked_at).is_(None), PersonRow.id == FeedRow.by)
            .order_by(col(FeedRow.at), col(FeedRow.id))
        )
        return tuple(FeedView(row.id or 0, row.at, name) for row, name in session.exec(held))

    return await desk.store.read(work)


async def make_feed(desk: Desk, actor: Actor, area: AreaId) -> str:
    """A new address: the secret, told this once. Raises Refusal: feeds-many, no-such-area, not-..."""
    here = desk.tree.get(area).id
    require(actor, Action.STOP, (here,), desk.tree)
    secret = secrets.token_urlsafe(_BYTES)

    def work(session: Session) -> None:
        held = session.exec(select(FeedRow.id).where(FeedRow.area == here, col(FeedRow.revoked_at).is_(None))).all()
        if len(held) >= FEEDS:
            raise Refusal("feeds-many", limit=FEEDS)
        session.add(FeedRow(area=here, secret_hash=_hash(secret), by=actor.id, at=desk.now()))

    await desk.store.write(work)
    desk.bell.ring()
    return secret


async def revoke_feed(desk: Desk, actor: Actor, feed: int) -> None:
    """Whoever has the address reads nothing any more. Raises Refusal: no-such-feed, not-..."""

    def work(session: Session) -> None:
        row = session.get(FeedRow, feed)
        if row is None or row.revoked_at is not None or row.area not in desk.tree.areas:
            raise Refusal("no-such-feed")
        require(actor, Action.STOP, (AreaId(row.area),), desk.tree)
        row.revoked_at = desk.now()
        session.add(row)

    await desk.store.write(work)
    desk.bell.ring()


async def ics(desk: Desk, secret: str) -> bytes | None:
    """The calendar behind a secret address, a week back and a month ahead; None where there is none."""
    now = desk.now()

    def work(session: Session) -> bytes | None:
        known = select(FeedRow).where(FeedRow.secret_hash == _hash(secret), col(FeedRow.revoked_at).is_(None))
        row = session.exec(known).one_or_none()
        if row is None or row.area not in desk.tree.areas:
            return None
        calendar = Calendar()
        calendar.add("prodid", "-//Loa Lang//loalang//VI")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", f"Loa Làng: {area_name(desk, row.area)}")
        for airing in around(desk, session, AreaId(row.area), now - BACK, now + AHEAD):
            event = Event()
            event.add("uid", f"{airing.id}@loalang")
            event.add("dtstamp", now)
            event.add("dtstart", airing.at)
            event.add("dtend", airing.ends)
            event.add("summary", airing.title)
            event.add("location", ", ".join(area_name(desk, a) for a in airing.areas))
            event.add("categories", airing.level.value)
            calendar.add_component(event)
        return bytes(calendar.to_ical())

    return await desk.store.read(work)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
