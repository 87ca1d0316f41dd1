"""The tables of what holds at a place: its hours, what silences it, who reads its calendar. As `broadcast.records`."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel

from broadcast.records import UtcDateTime


class AreaRuleRow(SQLModel, table=True):
    """What an area says of its hours, and of those below it; None is what the area above says."""

    __tablename__ = "area_rule"
    area: str = Field(primary_key=True)
    quiet_from: str | None = None
    quiet_to: str | None = None
    longest_min: int | None = None
    untouched_airs: bool | None = None
    """Whether what came from above sounds where nobody answered, and how many minutes before one must answer."""
    answer_min: int | None = None
    soft_from: str | None = None
    """From when to when no airing is louder than `soft_most` percent."""
    soft_to: str | None = None
    soft_most: int | None = None
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)


class FeedRow(SQLModel, table=True):
    """A secret address of a calendar: only the SHA-256 of the secret is kept."""

    __tablename__ = "feed"
    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(index=True)
    secret_hash: str = Field(unique=True, index=True)
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HoldRow(SQLModel, table=True):
    """An area that was silenced. `number` is that of the newest message; `ended_at` is set once it was released."""

    __tablename__ = "hold"
    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime, index=True)
    by: int = Field(foreign_key="person.id")
    by_name: str
    number: int = Field(sa_type=BigInteger)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, foreign_key="person.id")


class SeriesRow(SQLModel, table=True):
    """How the slot `slot` comes back: by an RRULE, or on days of the lunar month."""

    __tablename__ = "series"
    id: int | None = Field(default=None, primary_key=True)
    slot: int = Field(foreign_key="slot.id")
    starts: datetime = Field(sa_type=UtcDateTime)
    """Its first instant, whose local hour is that of all."""
    rule: str
    lunar_days: list[int] = Field(default_factory=list, sa_type=JSON)
    except_holidays: bool
    except_mourning: bool
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    areas: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """Where it is aimed since it was changed; none: where its first slot is."""
    reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why a guard was passed when it was changed."""
