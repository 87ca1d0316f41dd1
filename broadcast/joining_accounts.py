"""Where the use cases of accounts are joined, for `broadcast.bootstrap`."""

from functools import partial

from broadcast import administration, choosing_passwords, logging_in, second_factors, sessions
from broadcast.desk import Desk
from broadcast.domain.house import Bell
from broadcast.domain.people import Actor
from broadcast.office_accounts import Accounts
from broadcast.secret_files import secret
from broadcast.sight import area_name
from broadcast.single_sign_on import SingleSignOn
from devices.vocabulary import AreaId


def join(desk: Desk) -> Accounts:
    """All of them. Raises OSError, ValueError where the server's own key cannot be read."""
    key, bell = secret(desk.settings.data / "keys" / "accounts"), Bell()
    first = choosing_passwords.FirstStart(desk)
    throttle = logging_in.Throttle(desk.settings.login, desk.now)
    slow = logging_in.Throttle(logging_in.WRONG_CODES, desk.now)

    def within(actor: Actor, area: AreaId) -> Actor:
        return actor.within(area, desk.tree)

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
        change_password=partial(choosing_passwords.change, desk, bell),
        end_others=partial(sessions.end_others, desk, bell),
        begin_second_factor=second_factors.begin,
        confirm_second_factor=partial(second_factors.confirm, desk, key, bell),
        drop_own_second_factor=partial(second_factors.give_up, desk, key, bell),
        renew_codes=partial(second_factors.renew_codes, desk, key),
        people=partial(administration.people, desk),
        person=partial(administration.person, desk),
        add=partial(administration.add, desk, key),
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
