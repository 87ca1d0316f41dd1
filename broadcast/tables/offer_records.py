"""The tables of what comes to communes from above, and what they made of it. As `broadcast.records`."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, UniqueConstraint

from broadcast.records import UtcDateTime


class OfferRow(SQLModel, table=True):
    """A routine slot from above, as it was offered to one commune. Machines write it; people write answers."""

    __tablename__ = "offer"
    id: int | None = Field(default=None, primary_key=True)
    slot: int = Field(foreign_key="slot.id", index=True)
    area: str = Field(index=True)
    state: str
    airs: bool
    """Whether it sounds there while nobody touches it: the area's rule, as it was when it was offered."""
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    deadline: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (UniqueConstraint("slot", "area"), Index("offer_open", "state", "deadline"))


class OfferAnswerRow(SQLModel, table=True):
    """What a person answered to an offer; the newest one holds. Never changed."""

    __tablename__ = "offer_answer"
    id: int | None = Field(default=None, primary_key=True)
    offer: int = Field(foreign_key="offer.id", index=True)
    area: str
    answer: str
    at: datetime = Field(sa_type=UtcDateTime)
    by: int = Field(foreign_key="person.id")
    reason: str = ""
    own_slot: int | None = Field(default=None, foreign_key="slot.id")
    """Where the commune put it off to."""
    programme: int | None = Field(default=None, foreign_key="programme.id")
    """Into which programme of its own the commune took it."""


class MeetingRow(SQLModel, table=True):
    """Two priority slots at one time in a commune. `first`: "above" or "own"; by the rule until somebody ordered them.

    `later_slot`: in which the second sounds there, where it could not just wait for its turn.
    """

    __tablename__ = "meeting"
    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(index=True)
    above_slot: int = Field(foreign_key="slot.id", index=True)
    own_slot: int = Field(foreign_key="slot.id", index=True)
    first: str
    rule: str
    later_slot: int | None = Field(default=None, foreign_key="slot.id")
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    """When the earlier of the two was to begin."""
    by: int | None = Field(default=None, foreign_key="person.id")
    ordered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    __table_args__ = (UniqueConstraint("area", "above_slot", "own_slot"),)
