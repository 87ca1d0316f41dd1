"""Where the use cases of accounts are joined, for `broadcast.bootstrap`."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from broadcast.domain.house import Bell
from broadcast.domain.people import Actor
from broadcast.newsroom.desk import Desk
from broadcast.people import administration, choosing_passwords, logging_in, second_factors, sessions, touring
from broadcast.people.account_types import NewPerson, Standing, WayIn
from broadcast.people.office_accounts import Accounts
from broadcast.people.single_sign_on import SingleSignOn
from broadcast.secret_files import secret
from broadcast.sight import area_name
from devices.vocabulary import AreaId

T = TypeVar("T")


class _Brake:
    """Whoever sits at a browser left open guesses no faster than at the door."""

    def __init__(self, throttle: logging_in.Throttle) -> None:
        self._throttle = throttle

    def on(self, call: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        """The same call of a standing; raises Refusal("login-throttled") besides."""

        async def braked(standing: Standing, *typed: str) -> T:
            login = standing.actor.login
            self._throttle.take(login, f"own page of {login}")
            done = await call(standing, *typed)
            self._throttle.right(login, f"own page of {login}")
            return done

        return braked


def join(desk: Desk) -> Accounts:
    """All of them. Raises OSError, ValueError where the server's own key cannot be read."""
    key, bell = secret(desk.settings.data / "keys" / "accounts"), Bell()
    first = choosing_passwords.FirstStart(desk)
    throttle = logging_in.Throttle(desk.settings.login, desk.now)
    slow = logging_in.Throttle(logging_in.WRONG_CODES, desk.now)

    own = _Brake(logging_in.Throttle(desk.settings.login, desk.now))

    def within(actor: Actor, area: AreaId) -> Actor:
        return actor.within(area, desk.tree)

    async def add(actor: Actor, new: NewPerson, *, by_link: bool) -> WayIn:
        made = await administration.add(desk, key, actor, new, by_link=by_link)
        bell.ring()
        return made

    return Accounts(
        log_in=partial(logging_in.log_in, desk, key, throttle, slow),
        begin=partial(sessions.begin, desk),
        whose=partial(sessions.whose, desk),
        end=partial(sessions.end, desk, bell),
        invited=partial(choosing_passwords.invited, desk, key),
        accept=partial(choosing_passwords.accept, desk, key, bell),
        first_open=first.open,
        first_fits=first.fits,
        first_begin=first.begin,
        first_word=first.word,
        own=partial(second_factors.own, desk),
        change_password=own.on(partial(choosing_passwords.change, desk, bell)),
        end_others=partial(sessions.end_others, desk, bell),
        begin_second_factor=second_factors.begin,
        confirm_second_factor=own.on(partial(second_factors.confirm, desk, key, bell)),
        drop_own_second_factor=own.on(partial(second_factors.give_up, desk, key, bell)),
        renew_codes=own.on(partial(second_factors.renew_codes, desk, key)),
        tour=partial(touring.tour, desk),
        tour_on=partial(touring.tour_on, desk),
        people=partial(administration.people, desk),
        person=partial(administration.person, desk),
        add=add,
        rename=partial(administration.rename, desk, bell),
        set_grants=partial(administration.set_grants, desk, bell),
        deactivate=partial(administration.deactivate, desk, bell),
        reactivate=partial(administration.reactivate, desk, bell),
        reset=partial(administration.reset, desk, key, bell),
        drop_second_factor=partial(administration.drop_second_factor, desk, bell),
        end_session=partial(administration.end_session, desk, bell),
        within=within,
        area_name=partial(area_name, desk),
        bell=bell,
        session_days=desk.settings.login.session_days,
        sign_on=SingleSignOn(desk) if desk.settings.oidc.issuer else None,
        sign_on_name=desk.settings.oidc.name,
        url=desk.settings.server.url,
    )
