"""A receiver is taken in: who it is, where it hangs, whose key it speaks with."""

import base64
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import Session, col, select

from broadcast import books
from broadcast.domain.deliveries import WAITING, DeliveryState, move
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.records import AiringRow, DeliveryRow, ReceiverRow
from devices.vocabulary import START_WINDOW, AreaId, ReceiverId, is_slug, slug

Trust = Callable[[ReceiverId, bytes], None]
"""Believe what is signed with this key on the receiver's own topics."""
Assign = Callable[[ReceiverId], Awaitable[None]]
"""Tell a receiver what it is."""

NAME_LENGTH: Final = 100


async def enrol(
    desk: Desk,
    trust: Trust,
    assign: Assign,
    actor: Actor | None,
    receiver: str,
    area: AreaId,
    name: str,
    public_key: bytes,
) -> None:
    """Take a receiver in, or move one with the same key elsewhere; what is planned there will be its too.

    `actor` None: whoever has the machine in their hands (the command line). Raises Refusal: not-allowed, not-your-area,
    no-such-area, receiver-id, receiver-key, receiver-known, name-bad.
    """
    if actor is not None:
        require(actor, Action.ENROL, [desk.tree.get(area).id], desk.tree)
    home = desk.tree.get(area)
    if not is_slug(receiver):
        raise Refusal("receiver-id", receiver=receiver, proposal=slug(receiver) or "loa-1")
    kept_name = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept_name or len(kept_name) > NAME_LENGTH or not kept_name.isprintable():
        raise Refusal("name-bad", limit=NAME_LENGTH)
    try:
        Ed25519PublicKey.from_public_bytes(public_key)
    except ValueError:
        raise Refusal("receiver-key") from None
    key = base64.b64encode(public_key).decode("ascii")

    def work(session: Session) -> None:
        row = session.get(ReceiverRow, receiver)
        if row is not None and row.public_key != key:
            raise Refusal("receiver-known", receiver=receiver, name=row.name)
        if row is None:
            told = desk.settings.receivers
            row = ReceiverRow(
                id=receiver,
                area=home.id,
                name=kept_name,
                public_key=key,
                volume=told.volume,
                alarm_volume=told.alarm_volume,
                enrolled_at=desk.now(),
            )
            session.add(row)
        row.area, row.name = home.id, kept_name
        _promise(desk, session, row)

    await desk.store.write(work)
    trust(ReceiverId(receiver), public_key)
    desk.bell.ring()
    await assign(ReceiverId(receiver))


def _promise(desk: Desk, session: Session, row: ReceiverRow) -> None:
    """A delivery for every coming airing that reaches it; those that no longer do are taken back."""
    now = desk.now()
    # what has just begun it still plays, within its window
    late = now - START_WINDOW
    rows = session.exec(select(AiringRow).where(col(AiringRow.at) > late, col(AiringRow.withdrawn).is_(False)))
    coming = {row.id: books.airing(row) for row in rows}
    home = AreaId(row.area)
    above = set(desk.tree.path(home))
    new = {id_ for id_, airing in coming.items() if above.intersection(airing.areas)}
    known = select(DeliveryRow).where(DeliveryRow.receiver == row.id, col(DeliveryRow.subject).in_(list(coming)))
    for delivery in session.exec(known):
        state = DeliveryState(delivery.state)
        if delivery.subject not in new and state in WAITING:
            books.enter(delivery, move(books.delivery(delivery), DeliveryState.WITHDRAWN, now))
        elif state is not DeliveryState.WITHDRAWN:
            new.discard(delivery.subject)
    for subject in new:
        session.merge(books.planned(coming[subject], row.id, home, now))
