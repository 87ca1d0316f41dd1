"""Books of an earlier version are brought up to date, and nothing in them is lost."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlmodel import Session, select

import broadcast
from broadcast import books
from broadcast.domain.people import Grant, Role
from broadcast.records import BulletinRow, PersonRow
from broadcast.store import Store
from devices.vocabulary import AreaId

FIRST_ROWS = """
INSERT INTO person (id, login, name, role, areas, password_hash, active, made_at) VALUES
    (1, 'lan', 'Lan', 'operator', '["xa-thanh-duc-25657", "xa-cam-giang-25660"]', 'x', 1, '2026-11-01'),
    (2, 'hoa', 'Hoa', 'staff', '[]', 'x', 0, '2026-11-01');
INSERT INTO bulletin
    (id, title, text, level, state, origin, author, area, updated_at, upload_name, engine, voice, fell_back)
    VALUES (1, 'T', 'x', 'routine', 'draft', 'text', 1, 'xa-thanh-duc-25657', '2026-11-01', '', '', '', '')
"""


@pytest.fixture
def older(tmp_path: Path):
    """Books as the first version left them: a person with two areas, one without any, and a bulletin."""
    store = Store(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    config = Config()
    config.set_main_option("script_location", str(Path(broadcast.__file__).parent / "migrations"))
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for sentence in FIRST_ROWS.split(";"):
            connection.exec_driver_sql(sentence)
    yield store
    store.engine.dispose()


def test_what_people_were_in_their_areas_they_are_still(older):
    older.migrate()
    with Session(older.engine) as session:
        lan, hoa = session.exec(select(PersonRow).order_by(PersonRow.login.desc())).all()  # type: ignore[attr-defined]  # a column
        assert books.actor(session, lan).grants == (
            Grant(Role.OPERATOR, AreaId("xa-thanh-duc-25657")),
            Grant(Role.OPERATOR, AreaId("xa-cam-giang-25660")),
        )
        assert books.actor(session, hoa).grants == ()
        assert not hoa.active
        assert session.get_one(BulletinRow, 1).author == 1
