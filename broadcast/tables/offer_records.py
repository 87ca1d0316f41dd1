"""The tables of what comes to communes from above, and what they made of it. As `broadcast.records`."""

from datetime import datetime

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
    __table_args__ = (UniqueConstraint("slot", "area"),)


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
