"""How texts are read in an area: the shipped tables, above them each area's from the root down, then a bulletin's."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import structlog
from sqlmodel import Session, col, select

from audio.reading import BadLexicon, Lexicon
from audio.reading.lexicon import default
from broadcast.domain.areas import AreaTree
from broadcast.records import BulletinRow, LexiconRow
from devices.vocabulary import AreaId

_log: Final = structlog.get_logger(__name__)
_KEPT: Final = 256
"""Tables that are kept as they were taken apart."""


def above(tree: AreaTree, area: str) -> tuple[AreaId, ...]:
    """The areas whose entries hold there, the nearest first. One that a reform took away has the root's alone."""
    return tree.path(AreaId(area)) if area in tree.areas else (tree.root.id,)


def common(tree: AreaTree, areas: Iterable[AreaId]) -> tuple[AreaId, ...]:
    """The areas above all of these, the nearest first."""
    paths = [above(tree, area) for area in areas]
    return tuple(a for a in paths[0] if all(a in path for path in paths)) if paths else ()


def entries(session: Session, areas: Iterable[AreaId]) -> list[LexiconRow]:
    """All entries of these areas."""
    return list(session.exec(select(LexiconRow).where(col(LexiconRow.area).in_(list(areas)))).all())


def of_bulletin(session: Session, tree: AreaTree, row: BulletinRow) -> Lexicon:
    """How this bulletin's text is read."""
    path = above(tree, row.area)
    return lexicon(layers(path, entries(session, path), row.readings))


def of_areas(session: Session, tree: AreaTree, areas: Iterable[AreaId]) -> Lexicon:
    """How a text is read that several areas hear alike."""
    path = common(tree, areas)
    return lexicon(layers(path, entries(session, path), {}))


def layers(
    path: tuple[AreaId, ...], rows: Iterable[LexiconRow], readings: Mapping[str, str]
) -> tuple[Mapping[str, str], ...]:
    """Tables (written > words), the nearest first: the bulletin's, then each area's of `path`."""
    tables: dict[AreaId, dict[str, str]] = {area: {} for area in path}
    for row in rows:
        tables[AreaId(row.area)][row.written] = row.words
    return (readings, *tables.values())


def lexicon(tables: tuple[Mapping[str, str], ...]) -> Lexicon:
    """The shipped tables with these above them; `tables` has the nearest first."""
    own: Lexicon | None = None
    for table in reversed(tables):
        if table:
            layer = parsed("\n".join(f"{written}\t{words}" for written, words in sorted(table.items())))
            own = layer if own is None else own.merged(layer)
    return default() if own is None else default().merged(own)


@lru_cache(_KEPT)
def parsed(text: str) -> Lexicon:
    """A table from the books. A line that cannot be used any more is left out: the rest is still to be read."""
    try:
        return Lexicon.parse(text, "books")
    except BadLexicon:
        return Lexicon.parse("\n".join(_usable(text)), "books")


@lru_cache(_KEPT * 16)
def forms(written: str) -> tuple[str, ...]:
    """What one entry stands for: KT-XH, KT - XH, ktxh; in small letters where capitals do not count."""
    return tuple(e.written for group in parsed(f"{written}\ta").own.values() for e in group)


def _usable(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        try:
            Lexicon.parse(line, "books")
        except BadLexicon as no:
            _log.warning("an entry of the lexicon cannot be used", why=str(no))
        else:
            yield line
