"""The tables of what was handed in and what became of it; as in `broadcast.records`, nothing here decides anything."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from broadcast.records import UtcDateTime


class VersionRow(SQLModel, table=True):
    """A bulletin as it was handed in. Never changed, never removed."""

    __tablename__ = "version"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    number: int = Field(primary_key=True)
    hash: str
    title: str
    text: str
    clip: str = Field(foreign_key="clip.sha256")
    level: str
    category: str
    source: str
    issued_by: str
    valid_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    areas: list[str] = Field(sa_type=JSON)
    language: str
    tags: list[str] = Field(sa_type=JSON)
    writers: list[int] = Field(sa_type=JSON)
    """Whose words they are: author and whoever wrote in it, and who handed it in."""
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)


class DecisionRow(SQLModel, table=True):
    """What became of a version, once. `reason`: of a rejection. `waived`: why it was approved without being heard."""

    __tablename__ = "decision"
    bulletin: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    verdict: str
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    reason: str = ""
    waived: str = ""
    __table_args__ = (ForeignKeyConstraint(["bulletin", "number"], ["version.bulletin", "version.number"]),)


class HearingRow(SQLModel, table=True):
    """Who has heard the sound of a version to its end."""

    __tablename__ = "hearing"
    bulletin: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    person: int = Field(primary_key=True, foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (ForeignKeyConstraint(["bulletin", "number"], ["version.bulletin", "version.number"]),)


class TwoPeopleRow(SQLModel, table=True):
    """An area where, and below which, author and approver of a bulletin must be two people."""

    __tablename__ = "two_people"
    area: str = Field(primary_key=True)
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
