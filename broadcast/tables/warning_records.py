"""The table of reasons that answer a warning; as in `broadcast.records`, nothing here decides anything."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from broadcast.records import UtcDateTime


class WarningAnswerRow(SQLModel, table=True):
    """Why what was warned about stands. `key`: of the concern; `area`: of the bulletin, for the trail."""

    __tablename__ = "warning_answer"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    key: str = Field(primary_key=True)
    area: str
    reason: str
    by: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
