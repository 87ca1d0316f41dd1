"""The tables of what sounds when, and of how fast each voice reads; as in `broadcast.records`, nothing here decides."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class SpokenRow(SQLModel, table=True):
    """What sounds when in the clip that was made last for a bulletin: holds only while the bulletin has that clip.

    `lines`: [first ms, last ms, [[begin, end in the text without space around it, words said for it], ...]], in order.
    """

    __tablename__ = "spoken"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    clip: str
    lead_s: float
    lines: list[list[Any]] = Field(sa_type=JSON)


class PaceRow(SQLModel, table=True):
    """How fast a voice was heard to read. `samples`: [syllables by weight, seconds for one at rate 1], oldest first."""

    __tablename__ = "pace"
    engine: str = Field(primary_key=True)
    voice: str = Field(primary_key=True)
    samples: list[list[float]] = Field(default_factory=list, sa_type=JSON)
