"""What bulletins are found by, kept beside them: written whenever a bulletin is, whoever writes it."""

from typing import Any, Final

from sqlalchemy import Connection, event
from sqlmodel import Field, SQLModel

from broadcast.domain.finding import folded
from broadcast.records import BulletinRow


class FoundRow(SQLModel, table=True):
    """The words of a bulletin without tone marks and case. Can be made anew from the bulletins at any time."""

    __tablename__ = "found"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    folded: str


class MeantRow(SQLModel, table=True):
    """An area for which a bulletin is meant, for lists by area; can be made anew as well."""

    __tablename__ = "meant"
    bulletin: int = Field(primary_key=True, foreign_key="bulletin.id")
    area: str = Field(primary_key=True, index=True)


_FOUND: Final = SQLModel.metadata.tables["found"]
_MEANT: Final = SQLModel.metadata.tables["meant"]


def findable(row: BulletinRow) -> str:
    """Everything a bulletin is found by."""
    return folded(" ".join((row.title, row.text, *row.tags, row.source, row.issued_by, row.upload_name)))


@event.listens_for(BulletinRow, "after_insert")
@event.listens_for(BulletinRow, "after_update")
def _keep(_mapper: object, connection: Connection, row: BulletinRow) -> None:
    key: Any = row.id
    changed = connection.execute(_FOUND.update().where(_FOUND.c.bulletin == key).values(folded=findable(row)))
    if not changed.rowcount:
        connection.execute(_FOUND.insert().values(bulletin=key, folded=findable(row)))
    connection.execute(_MEANT.delete().where(_MEANT.c.bulletin == key))
    if row.areas:
        connection.execute(_MEANT.insert(), [{"bulletin": key, "area": area} for area in dict.fromkeys(row.areas)])


@event.listens_for(BulletinRow, "before_delete")
def _let_go(_mapper: object, connection: Connection, row: BulletinRow) -> None:
    for table in (_FOUND, _MEANT):
        connection.execute(table.delete().where(table.c.bulletin == row.id))
