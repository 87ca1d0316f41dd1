"""The tables of programmes; as in `broadcast.records`, nothing here decides anything."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from broadcast.records import UtcDateTime


class ProgrammeRow(SQLModel, table=True):
    """A programme as it is being made. `parts`: [{key, kind, bulletin or null, sound}, ...] in order."""

    __tablename__ = "programme"
    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(index=True)
    title: str
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    slot_s: float
    gap_s: float
    fade_s: float
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    edition: int = 1
    """One more with every change of what sounds in it."""
    bulletin: int | None = Field(default=None, foreign_key="bulletin.id", index=True)
    """What it became when it was put together, and of which edition that is."""
    made_edition: int = 0
    by: int = Field(foreign_key="person.id")
    changed_by: int = Field(foreign_key="person.id")
    changed_at: datetime = Field(sa_type=UtcDateTime, index=True)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MadeOfRow(SQLModel, table=True):
    """What a sound of a programme's bulletin was made of: the bulletins in their order, each as it was then.

    Kept for every sound it ever had: one that was placed before the newest was made may still be to air.
    """

    __tablename__ = "made_of"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    clip: str = Field(primary_key=True, foreign_key="clip.sha256")
    place: int = Field(primary_key=True)
    part: int = Field(foreign_key="bulletin.id", index=True)
    hash: str
    """Its fingerprint, as `broadcast.domain.versions` makes it."""


class ProgrammePatternRow(SQLModel, table=True):
    """A usual programme of an area and everything below it; of those of one key the nearest area's holds."""

    __tablename__ = "programme_pattern"
    area: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    hour: str
    """Such as "05:00"; "" for none."""
    slot_s: float
    gap_s: float
    fade_s: float
    parts: list[str] = Field(sa_type=JSON)
    """As `broadcast.domain.programme_patterns` writes them."""
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)


class AreaSoundRow(SQLModel, table=True):
    """A jingle or a piece of music of an area and everything below it."""

    __tablename__ = "area_sound"
    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(index=True)
    name: str
    clip: str = Field(foreign_key="clip.sha256")
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
