"""How a bulletin's text will be read, and its correction: for this bulletin alone, or for an area and all below it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sqlmodel import Session

from audio.marked import explain, read
from audio.reading import LegacyEncoding, Lexicon, Reading, Token
from audio.reading.hygiene import clean
from audio.reading.legacy import modern
from broadcast import books
from broadcast.domain.bulletins import Bulletin, BulletinEvent, BulletinState, Origin, after, unfinished
from broadcast.domain.lexicons import OF_AREA, OF_BULLETIN, WRITTEN_LENGTH, clean_words, clean_written, key
from broadcast.domain.people import Action, Actor, require
from broadcast.domain.refusals import Refusal
from broadcast.newsroom import lexicon_books
from broadcast.newsroom.desk import Desk
from broadcast.records import BulletinRow, LexiconRow
from broadcast.sight import area_name, person
from broadcast.view_types import Correction, LexiconView, ReadingToken, ReadingView
from devices.vocabulary import AreaId

OWN: Final = "own"
"""The rule of a token that was corrected."""


async def reading(desk: Desk, actor: Actor, bulletin: int, text: str) -> ReadingView:
    """How `text`, as it is being written, will be read in that bulletin.

    Raises Refusal: not-allowed, no-such-bulletin, text-long, text-legacy.
    """
    require(actor, Action.WRITE, (), desk.tree)
    kept = unfinished(text, desk.settings.speech.text_limit)

    def work(session: Session) -> ReadingView:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.SEE_BULLETINS)
        path = lexicon_books.above(desk.tree, row.area)
        entries = lexicon_books.entries(session, path)
        tables = lexicon_books.layers(path, entries, row.readings)
        try:
            shown = modern(kept)
            tokens = explain(shown, _how(desk), lexicon_books.lexicon(tables))
        except LegacyEncoding as no:
            raise Refusal("text-legacy", sample=no.sample) from no
        found = _Corrections(desk, session, path, entries, row.readings)
        return ReadingView(
            text=shown,
            tokens=tuple(_token(t, shown, found) for t in tokens),
            area=path[0],
            area_name=area_name(desk, path[0]),
            for_area=_may(desk, actor, path[0]),
        )

    return await desk.store.read(work)


async def correct(
    desk: Desk, actor: Actor, bulletin: int, written: str, words: str, area: AreaId | None = None
) -> Bulletin:
    """Have `written` read as `words`: in this bulletin, or in an area above it and everywhere below that.

    If other words are said in this bulletin from now on, its sound is gone as after an edit. Others keep theirs.
    Raises Refusal: not-allowed, not-your-area, no-such-bulletin, bulletin-life, written-..., words-..., lexicon-full.
    """
    _let_through(desk, actor, area)
    kept, said = _cleaned(written), clean_words(words)

    def change(session: Session, row: BulletinRow) -> None:
        own = _without(row.readings, kept)
        if area is None:
            if len(own) >= OF_BULLETIN:
                raise Refusal("lexicon-full", limit=OF_BULLETIN)
            own[kept] = said
        else:
            if area not in lexicon_books.above(desk.tree, row.area):
                raise Refusal("not-your-area", area=area_name(desk, area))
            _put(desk, session, actor, area, kept, said)
        row.readings = own  # what is decided for the area is no longer decided here

    return await _changed(desk, actor, bulletin, change)


async def uncorrect(desk: Desk, actor: Actor, bulletin: int, written: str, area: AreaId | None = None) -> Bulletin:
    """Take a correction back, of this bulletin or of an area; the rest as `correct`.

    Raises Refusal: not-allowed, not-your-area, no-such-bulletin, bulletin-life, no-such-correction.
    """
    _let_through(desk, actor, area)
    kept = _cleaned(written)

    def change(session: Session, row: BulletinRow) -> None:
        if area is not None:
            _drop(session, area, kept)
            return
        own = _without(row.readings, kept)
        if len(own) == len(row.readings):
            raise Refusal("no-such-correction", written=kept)
        row.readings = own

    return await _changed(desk, actor, bulletin, change)


async def lexicon(desk: Desk, actor: Actor, area: AreaId) -> LexiconView:
    """The entries that hold in an area, its own and those from above. Raises Refusal: not-allowed, not-your-area."""
    require(actor, Action.CORRECT_LEXICON, (area,), desk.tree)

    def work(session: Session) -> LexiconView:
        path = desk.tree.path(area)
        rows = lexicon_books.entries(session, path)
        rows.sort(key=lambda row: (row.written.casefold(), row.written, path.index(AreaId(row.area))))
        names: dict[int, str] = {}
        return LexiconView(area, area_name(desk, area), tuple(_correction(desk, session, row, names) for row in rows))

    return await desk.store.read(work)


async def put_word(desk: Desk, actor: Actor, area: AreaId, written: str, words: str) -> None:
    """Enter how something is read in an area and below; sound that was made already stays.

    Raises Refusal: not-allowed, not-your-area, written-..., words-..., lexicon-full.
    """
    require(actor, Action.CORRECT_LEXICON, (area,), desk.tree)
    kept, said = _cleaned(written), clean_words(words)
    await desk.store.write(lambda session: _put(desk, session, actor, area, kept, said))
    desk.bell.ring()


async def drop_word(desk: Desk, actor: Actor, area: AreaId, written: str) -> None:
    """Take an entry of that area away. Raises Refusal: not-allowed, not-your-area, no-such-correction."""
    require(actor, Action.CORRECT_LEXICON, (area,), desk.tree)
    kept = _cleaned(written)
    await desk.store.write(lambda session: _drop(session, area, kept))
    desk.bell.ring()


async def of_areas(desk: Desk, areas: tuple[AreaId, ...]) -> Lexicon:
    """How a text is read that these areas hear."""
    return await desk.store.read(lambda session: lexicon_books.of_areas(session, desk.tree, areas))


def _how(desk: Desk) -> Reading:
    return Reading(desk.settings.reading.region)


def _may(desk: Desk, actor: Actor, area: AreaId) -> bool:
    return any(desk.tree.holds(mine, area) for mine in actor.where(Action.CORRECT_LEXICON))


def _let_through(desk: Desk, actor: Actor, area: AreaId | None) -> None:
    require(actor, Action.WRITE, (), desk.tree)
    if area is not None:
        require(actor, Action.CORRECT_LEXICON, (area,), desk.tree)


def _cleaned(written: str) -> str:
    """As the rules see it: no soft hyphens, plain quotes. Raises Refusal as `clean_written`."""
    return clean_written(clean(written[: 4 * WRITTEN_LENGTH]).text)


def _without(readings: Mapping[str, str], written: str) -> dict[str, str]:
    return {w: said for w, said in readings.items() if key(w) != key(written)}


def _put(desk: Desk, session: Session, actor: Actor, area: AreaId, written: str, words: str) -> None:
    rows = lexicon_books.entries(session, [area])
    same = [row for row in rows if key(row.written) == key(written)]
    if not same and len(rows) >= OF_AREA:
        raise Refusal("lexicon-full", limit=OF_AREA)
    for row in same:
        session.delete(row)
    session.flush()
    session.add(LexiconRow(area=area, written=written, words=words, by=actor.id, at=desk.now()))


def _drop(session: Session, area: AreaId, written: str) -> None:
    same = [row for row in lexicon_books.entries(session, [area]) if key(row.written) == key(written)]
    if not same:
        raise Refusal("no-such-correction", written=written)
    for row in same:
        session.delete(row)


async def _changed(desk: Desk, actor: Actor, bulletin: int, change: Callable[[Session, BulletinRow], None]) -> Bulletin:
    def work(session: Session) -> Bulletin:
        row = books.bulletin_row(session, bulletin, actor, desk.tree, Action.WRITE)
        state = after(BulletinState(row.state), BulletinEvent.EDIT)
        before = _said(desk, session, row)
        change(session, row)
        session.flush()
        if row.origin == Origin.TEXT and _said(desk, session, row) != before:
            books.silence(row)
            row.state, row.updated_at = state.value, desk.now()
            books.wrote(row, actor.id)
        return books.bulletin(session, row)

    done = await desk.store.write(work)
    desk.bell.ring()
    return done


def _said(desk: Desk, session: Session, row: BulletinRow) -> str | None:
    """The words of a bulletin; None for a text that cannot be read, and so has none."""
    try:
        return read(row.text, _how(desk), lexicon_books.of_bulletin(session, desk.tree, row))
    except LegacyEncoding:
        return None


def _correction(desk: Desk, session: Session, row: LexiconRow, names: dict[int, str]) -> Correction:
    if row.by not in names:
        names[row.by] = person(session, row.by)
    area = AreaId(row.area)
    return Correction(row.written, row.words, area, area_name(desk, area), names[row.by], row.at)


class _Corrections:
    """Which correction a token has followed."""

    def __init__(
        self,
        desk: Desk,
        session: Session,
        path: tuple[AreaId, ...],
        rows: Iterable[LexiconRow],
        readings: Mapping[str, str],
    ) -> None:
        self._desk, self._session = desk, session
        self._names: dict[int, str] = {}
        layers: list[list[Correction | LexiconRow]] = [[Correction(w, said) for w, said in readings.items()]]
        layers += [[row for row in rows if row.area == area] for area in path]
        self._layers = layers
        self._known: list[dict[str, Correction | LexiconRow]] | None = None

    def of(self, written: str) -> Correction | None:
        """The nearest that reads it."""
        if self._known is None:  # most texts have none that was corrected
            self._known = [
                {form: c for c in layer for form in lexicon_books.forms(c.written)} for layer in self._layers
            ]
        one = " ".join(clean(written).text.split())
        for known in self._known:
            found = known.get(one) or known.get(one.lower())
            if found is not None:
                if isinstance(found, Correction):
                    return found
                return _correction(self._desk, self._session, found, self._names)
        return None


def _token(token: Token, text: str, corrections: _Corrections) -> ReadingToken:
    corrected = corrections.of(text[token.start : token.end]) if token.rule == OWN else None
    return ReadingToken(token.start, token.end, token.kind, token.rule, token.words, token.others, corrected)
