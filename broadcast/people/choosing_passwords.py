"""People choose their passwords: by a link that works once, or knowing the one they have."""

from sqlmodel import Session, select

from broadcast import books
from broadcast.domain.accounts import clean_login, clean_name, require_password
from broadcast.domain.audit import Deed, doing, whence
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor, Grant, Role, held
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people import account_books, passwords, tokens
from broadcast.people.account_types import Standing
from broadcast.records import PersonRow
from broadcast.tables.account_records import TicketRow


async def invited(desk: Desk, key: bytes, token: str) -> Actor:
    """Whose link that is. Raises Refusal("link-dead"): used, too old, or none of ours."""
    return await desk.store.read(lambda session: books.actor(session, _ticket(desk, key, session, token)[1]))


async def accept(desk: Desk, key: bytes, bell: Bell, token: str, password: str) -> Actor:
    """Choose the password; the link is dead from now on, and so are older sessions.

    Raises Refusal: link-dead, password-...
    """
    who = await invited(desk, key, token)
    require_password(who.login, password)
    hashed = await passwords.hashed(password)

    def work(session: Session) -> Actor:
        ticket, row = _ticket(desk, key, session, token)
        ticket.used_at = desk.now()
        row.password_hash, row.must_change = hashed, False
        account_books.end_sessions(session, ticket.person, desk.now())
        return books.actor(session, row)

    with doing(Deed("accept_link", who.id, who.login, who.name, whence.get())):
        done = await desk.store.write(work)
    bell.ring()
    return done


async def change(desk: Desk, bell: Bell, standing: Standing, current: str, new: str) -> None:
    """Another password, by someone who knows the present one; every other browser is logged out.

    Raises Refusal: password-wrong, password-same, password-...
    """
    me = standing.actor
    kept = await desk.store.read(lambda session: session.get_one(PersonRow, me.id).password_hash)
    if not await passwords.matches(current[: passwords.LONGEST], kept or None):
        raise Refusal("password-wrong")
    require_password(me.login, new)
    if new == current:
        raise Refusal("password-same")
    hashed = await passwords.hashed(new)

    def work(session: Session) -> None:
        account_books.acting(session, me)
        row = session.get_one(PersonRow, me.id)
        if row.password_hash != kept:  # somebody else has reset it meanwhile
            raise Refusal("password-wrong")
        row.password_hash, row.must_change = hashed, False
        account_books.end_sessions(session, me.id, desk.now(), keep=standing.session)

    await desk.store.write(work)
    bell.ring()


def _ticket(desk: Desk, key: bytes, session: Session, token: str) -> tuple[TicketRow, PersonRow]:
    ours = tokens.unsigned(key, token)
    ticket = session.get(TicketRow, tokens.kept(ours)) if ours is not None else None
    if ticket is None or ticket.used_at is not None or ticket.ends_at <= desk.now():
        raise Refusal("link-dead")
    row = session.get_one(PersonRow, ticket.person)
    if not row.active:
        raise Refusal("link-dead")
    return ticket, row


class FirstStart:
    """A house in which nobody works yet: whoever reads the word that the server printed becomes the first.

    The word is made anew at every start and lives in memory alone.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.word = tokens.make()

    async def open(self) -> bool:
        """Whether nobody works here yet."""
        return await self._desk.store.read(_nobody)

    def fits(self, word: str) -> bool:
        """Whether that is the word."""
        return tokens.same(word, self.word)

    async def begin(self, word: str, login: str, name: str, password: str, *, broadcasts: bool) -> Actor:
        """The first administrator of accounts; who `broadcasts` as well holds the province's role besides.

        Raises Refusal: setup-over, login-bad, name-bad, password-...
        """
        if not self.fits(word):
            raise Refusal("setup-over")
        kept_login, kept_name = clean_login(login), clean_name(name)
        require_password(kept_login, password)
        hashed = await passwords.hashed(password)
        root = self._desk.tree.root.id
        roles = (Role.ADMINISTRATOR, Role.PROVINCE) if broadcasts else (Role.ADMINISTRATOR,)
        grants: list[Grant] = [grant for role in roles for grant in held(role, root)]

        def work(session: Session) -> Actor:
            if not _nobody(session):
                raise Refusal("setup-over")
            row = PersonRow(login=kept_login, name=kept_name, password_hash=hashed, made_at=self._desk.now())
            return books.actor(session, account_books.add(session, row, grants))

        with doing(Deed("open_house", login=kept_login, name=kept_name, whence=whence.get())):
            return await self._desk.store.write(work)


def _nobody(session: Session) -> bool:
    return session.exec(select(PersonRow.id).limit(1)).first() is None
