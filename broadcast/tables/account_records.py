"""The tables of ways in: links, sessions, recovery codes. As in `broadcast.records`, nothing here decides anything."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from broadcast.records import UtcDateTime


class TicketRow(SQLModel, table=True):
    """A link with which someone chooses their password, once. `made_by` None: whoever has the machine."""

    __tablename__ = "ticket"
    token_hash: str = Field(primary_key=True)
    person: int = Field(foreign_key="person.id", index=True)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """One browser in which someone has logged in. `how`: "password" or "oidc"."""

    __tablename__ = "person_session"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, index=True)
    person: int = Field(foreign_key="person.id", index=True)
    how: str
    address: str
    agent: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TourRow(SQLModel, table=True):
    """How far a person is through the first steps; the page of the bulletin or slot they are at."""

    __tablename__ = "tour"
    person: int = Field(primary_key=True, foreign_key="person.id")
    step: int
    place: str = Field(default="", sa_column_kwargs={"server_default": ""})
    has_left: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    at: datetime = Field(sa_type=UtcDateTime)


class RecoveryRow(SQLModel, table=True):
    """A code that stands in for a lost telephone, once."""

    __tablename__ = "recovery_code"
    person: int = Field(foreign_key="person.id", primary_key=True)
    recovery_hash: str = Field(primary_key=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
