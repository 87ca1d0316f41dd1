"""Which templates an area has: those that ship, over them the server's files, over them each area's own.

Of one id the nearest up the tree holds; it may also say that the template is not offered.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import structlog
from sqlmodel import Session, col, select

from broadcast.domain.template_flaws import flaws
from broadcast.domain.templates import Field, FieldType, Template
from broadcast.newsroom.desk import Desk
from broadcast.newsroom.newsroom_data import load_templates
from broadcast.newsroom.template_types import TemplateLine, Whence
from broadcast.sight import area_name, person
from broadcast.tables.template_records import TemplateRow
from devices.vocabulary import AreaId, Level, slug

_log = structlog.get_logger(__name__)


def files(desk: Desk) -> dict[str, TemplateLine]:
    """Those that need no books, by id. Reads files; one that is wrong is left out and told in the log."""
    shipped, own, faults = load_templates(desk.settings.data)
    for no in faults:
        _log.warning("a template is left out", **no.facts)
    return {t.id: TemplateLine(t, Whence.SHIPPED) for t in shipped} | {t.id: TemplateLine(t, Whence.FILE) for t in own}


def lines(
    desk: Desk, session: Session, beneath: dict[str, TemplateLine], areas: Iterable[AreaId]
) -> dict[str, TemplateLine]:
    """`beneath`, and over it what these areas say, the nearest first among them."""
    path = list(areas)
    rows = sorted(session.exec(select(TemplateRow).where(col(TemplateRow.area).in_(path))), key=lambda r: r.id)
    names: dict[int, str] = {}
    held = dict(beneath)
    for area in reversed(path):
        for row in rows:
            if row.area == area:
                held[row.id] = _line(desk, session, row, held.get(row.id), names)
    return held


def offered(held: Iterable[TemplateLine]) -> tuple[Template, ...]:
    """What a bulletin may be begun from, by name."""
    return tuple(sorted((x.template for x in held if not x.hidden and not x.flawed), key=lambda t: slug(t.name)))


def state(row: TemplateRow | None) -> str:
    """What a row says, in short: another text where anything in it is another. "" for none."""
    if row is None:
        return ""
    said = [row.hidden, row.name, row.category, row.level, row.title, row.text, row.ends, row.gaps]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def template(row: TemplateRow) -> Template:
    """The template of a row that hides none."""
    return Template(row.id, row.name, row.category, Level(row.level), row.title, row.text, _fields(row.gaps), row.ends)


def enter(row: TemplateRow, what: Template) -> None:
    """Write a template into its row."""
    row.hidden, row.name, row.category, row.level = False, what.name, what.category, what.level.value
    row.title, row.text, row.ends = what.title, what.text, what.ends
    row.gaps = [
        {
            "key": f.key,
            "type": f.type.value,
            "label": f.label,
            "required": f.required,
            "example": f.example,
            "choices": list(f.choices),
        }
        for f in what.fields
    ]


def _fields(gaps: Iterable[dict[str, Any]]) -> tuple[Field, ...]:
    return tuple(
        Field(g["key"], FieldType(g["type"]), g["label"], g["required"], g["example"], tuple(g["choices"]))
        for g in gaps
    )


def _line(
    desk: Desk, session: Session, row: TemplateRow, beneath: TemplateLine | None, names: dict[int, str]
) -> TemplateLine:
    if row.by not in names:
        names[row.by] = person(session, row.by)
    if row.hidden:
        # what it hid may be gone by now
        shown = beneath.template if beneath else Template(row.id, row.name, "", Level.ROUTINE, "", "", ())
    else:
        shown = template(row)
    return TemplateLine(
        template=shown,
        whence=Whence.AREA,
        area=AreaId(row.area),
        area_name=area_name(desk, row.area),
        by_name=names[row.by],
        at=row.at,
        hidden=row.hidden,
        flawed=not row.hidden and bool(flaws(shown)),
    )
