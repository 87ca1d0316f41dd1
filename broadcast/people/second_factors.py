"""A second factor beside the password: set up on one's telephone, proved, given up; recovery codes stand in for it."""

from sqlmodel import Session, col, func, select

from broadcast import books
from broadcast.domain.house import Bell
from broadcast.domain.refusals import Refusal
from broadcast.newsroom.desk import Desk
from broadcast.people import account_books, codes, passwords
from broadcast.people.account_types import NewSecondFactor, OwnAccount, Standing
from broadcast.records import PersonRow
from broadcast.tables.account_records import RecoveryRow


def begin(standing: Standing) -> NewSecondFactor:
    """A new secret for one's telephone; nothing is in force until a code of it was typed."""
    secret = codes.new_secret()
    return NewSecondFactor(secret, codes.uri(secret, standing.actor.login))


async def confirm(
    desk: Desk, key: bytes, bell: Bell, standing: Standing, password: str, secret: str, typed: str
) -> tuple[str, ...]:
    """In force from now on; the recovery codes, shown once. Other browsers are logged out.

    Raises Refusal: password-wrong, second-factor-on, bad-code.
    """
    await _require_password(desk, standing, password)
    try:
        taken = codes.step(secret, typed, desk.now(), 0)
    except ValueError:  # a secret that is none
        taken = None
    if taken is None:
        raise Refusal("bad-code")
    fresh = codes.recovery_codes()

    def work(session: Session) -> None:
        account_books.acting(session, standing.actor)
        row = session.get_one(PersonRow, standing.actor.id)
        if row.totp_secret:
            raise Refusal("second-factor-on")
        row.totp_secret, row.totp_step = codes.seal(key, secret), taken
        _put(session, key, row, fresh)
        account_books.end_sessions(session, standing.actor.id, desk.now(), keep=standing.session)

    await desk.store.write(work)
    bell.ring()
    return fresh


async def give_up(desk: Desk, key: bytes, bell: Bell, standing: Standing, password: str, typed: str) -> None:
    """The password alone lets one in again. Raises Refusal: password-wrong, bad-code."""
    await _require_password(desk, standing, password)

    def work(session: Session) -> None:
        row = session.get_one(PersonRow, standing.actor.id)
        account_books.take_code(desk, key, session, row, typed)
        row.totp_secret, row.totp_step = "", 0
        _put(session, key, row, ())

    await desk.store.write(work)
    bell.ring()


async def renew_codes(desk: Desk, key: bytes, standing: Standing, password: str, typed: str) -> tuple[str, ...]:
    """New recovery codes; the old ones are dead. Raises Refusal: password-wrong, bad-code."""
    await _require_password(desk, standing, password)
    fresh = codes.recovery_codes()

    def work(session: Session) -> None:
        row = session.get_one(PersonRow, standing.actor.id)
        account_books.take_code(desk, key, session, row, typed)
        _put(session, key, row, fresh)

    await desk.store.write(work)
    return fresh


async def own(desk: Desk, standing: Standing) -> OwnAccount:
    """One's own account."""
    me = standing.actor

    def work(session: Session) -> OwnAccount:
        row = session.get_one(PersonRow, me.id)
        left = select(func.count()).select_from(RecoveryRow)
        left = left.where(RecoveryRow.person == me.id, col(RecoveryRow.used_at).is_(None))
        return OwnAccount(
            login=row.login,
            name=row.name,
            email=row.email,
            grants=account_books.grant_views(desk, me.grants),
            has_password=bool(row.password_hash),
            second_factor=bool(row.totp_secret),
            recovery_codes=session.exec(left).one(),
            sessions=account_books.sessions(desk, session, me.id),
        )

    return await desk.store.read(work)


async def _require_password(desk: Desk, standing: Standing, password: str) -> None:
    """Whoever sits down at a browser left open must not be able to change the locks."""
    kept = await desk.store.read(lambda session: session.get_one(PersonRow, standing.actor.id).password_hash)
    if not await passwords.matches(password[: passwords.LONGEST], kept or None):
        raise Refusal("password-wrong")


def _put(session: Session, key: bytes, row: PersonRow, fresh: tuple[str, ...]) -> None:
    for old in session.exec(select(RecoveryRow).where(RecoveryRow.person == row.id)):
        session.delete(old)
    session.flush()
    session.add_all(RecoveryRow(person=books.stored(row.id), recovery_hash=codes.kept(key, code)) for code in fresh)
