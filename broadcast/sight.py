"""What a person may see of the books, and the small pictures several views share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select, true

from broadcast import books
from broadcast.domain.deliveries import DeliveryState
from broadcast.domain.people import Action, Actor
from broadcast.newsroom.desk import Desk
from broadcast.receivers.presence import Heard, Presence
from broadcast.records import BulletinRow, DeliveryRow, PersonRow, ReceiverRow, SlotRow
from broadcast.view_types import BulletinView, DeliveryView
from devices.messages import NowPlaying
from devices.vocabulary import AreaId

SLOTS: Final = 500
"""Of one bulletin, at most."""


@dataclass(frozen=True)
class Sight:
    """Their areas and all below. Whoever holds the root sees areas of former trees as well."""

    whole: bool
    areas: frozenset[AreaId]

    def rows(self, area: object) -> ColumnElement[bool]:
        """The condition that a column of area ids is theirs."""
        return true() if self.whole else col(area).in_(sorted(self.areas))

    def holds(self, area: str) -> bool:
        """Whether that area is theirs."""
        return self.whole or area in self.areas

    def touches(self, desk: Desk, areas: Iterable[str]) -> bool:
        """Whether what is aimed at `areas` is heard anywhere in theirs."""
        known = [AreaId(a) for a in areas if a in desk.tree.areas]
        return self.whole or any(a in self.areas or any(desk.tree.holds(a, mine) for mine in self.areas) for a in known)


def sight(desk: Desk, actor: Actor, action: Action | None) -> Sight:
    """Where they may do `action`; None: where they hold anything at all."""
    homes = [a for a in (actor.areas if action is None else actor.where(action)) if a in desk.tree.areas]
    areas = frozenset(area.id for home in homes for area in desk.tree.under(home))
    return Sight(desk.tree.root.id in areas, areas)


def area_name(desk: Desk, area: str) -> str:
    """Its name; its id, where a reform has taken it away."""
    known = desk.tree.areas.get(AreaId(area))
    return known.name if known else area


def present(desk: Desk, heard: Heard | None) -> bool | None:
    """Whether a receiver is there; None: it has not been heard of since the server started."""
    if heard is None:
        return None
    return heard.state.online and desk.now() - heard.at <= timedelta(seconds=desk.settings.receivers.stale_s)


def names(session: Session) -> dict[str, str]:
    """Name of every receiver."""
    return dict(session.exec(select(ReceiverRow.id, ReceiverRow.name)).all())


def person(session: Session, id_: int) -> str:
    """Name of a person; "" for one who is not in the books."""
    row = session.get(PersonRow, id_)
    return row.name if row else ""


def delivery(desk: Desk, presence: Presence, row: DeliveryRow, title: str, receiver_name: str) -> DeliveryView:
    """A delivery as a page shows it, with what the receiver said last."""
    heard = presence.of(row.receiver)
    playing = _playing(heard, row)
    return DeliveryView(
        subject=row.subject,
        title=title,
        receiver=row.receiver,
        receiver_name=receiver_name,
        area_name=area_name(desk, row.area),
        state=DeliveryState(row.state),
        planned_at=row.planned_at,
        news_at=max(row.news_at, heard.at) if heard and playing else row.news_at,
        started_at=row.started_at,
        start_error_ms=row.start_error_ms,
        played_ms=row.played_ms,
        position_ms=playing.position_ms if playing else None,
        total_ms=playing.total_ms if playing else round(row.seconds * 1000),
        why=row.why,
    )


def people(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names of these people."""
    return dict(session.exec(select(PersonRow.id, PersonRow.name).where(col(PersonRow.id).in_(set(ids)))).all())  # type: ignore[arg-type]  # a stored row has an id


def bulletin_views(session: Session, rows: Sequence[BulletinRow]) -> tuple[BulletinView, ...]:
    """Bulletins as pages show them, with their slots, newest first: so many statements however many there are."""
    ids = [row.id for row in rows]
    latest = func.row_number().over(
        partition_by=col(SlotRow.bulletin), order_by=(col(SlotRow.at).desc(), col(SlotRow.id).desc())
    )
    ranked = select(SlotRow.id, latest.label("place")).where(col(SlotRow.bulletin).in_(ids)).subquery()
    few = select(ranked.c.id).where(ranked.c.place <= SLOTS)
    newest = select(SlotRow).where(col(SlotRow.id).in_(few)).order_by(col(SlotRow.at).desc(), col(SlotRow.id).desc())
    placed: defaultdict[int, list[SlotRow]] = defaultdict(list)
    for slot in session.exec(newest):
        placed[slot.bulletin].append(slot)
    authors = people(session, (row.author for row in rows))
    return tuple(
        BulletinView(
            bulletin=bulletin,
            author_name=authors.get(bulletin.author, ""),
            slots=tuple(books.slot(slot, bulletin.title) for slot in placed[bulletin.id]),
        )
        for bulletin in books.bulletins(session, rows)
    )


def _playing(heard: Heard | None, row: DeliveryRow) -> NowPlaying | None:
    if heard is None or heard.state.playing is None or row.state != DeliveryState.PLAYING:
        return None
    return heard.state.playing if heard.state.playing.subject == row.subject else None
