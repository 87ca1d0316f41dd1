"""The table of an area's own templates; as in `broadcast.records`, nothing here decides anything."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from broadcast.records import UtcDateTime


class TemplateRow(SQLModel, table=True):
    """A template of an area, which holds there and below. `hidden`: the one from above is not offered, and no other."""

    __tablename__ = "template"
    area: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hidden: bool = False
    name: str
    category: str = ""
    level: str = ""
    title: str = ""
    text: str = ""
    ends: str = ""
    gaps: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
