"""The use cases of accounts, as pages get them: the door, one's own account, and the people one looks after.

What concerns oneself takes the Standing that the door gave; what concerns others takes the actor, and is asked of the
table of permissions. Every call may raise a Refusal; then nothing was changed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from broadcast.domain.house import Bell
from broadcast.domain.people import Actor, Grant
from broadcast.people.account_types import (
    NewPerson,
    NewSecondFactor,
    OwnAccount,
    PeopleAsk,
    PeoplePage,
    PersonView,
    Standing,
    Tour,
    WayIn,
)
from broadcast.people.single_sign_on_types import SignOn
from devices.vocabulary import AreaId


class AddPerson(Protocol):
    """Lets someone in."""

    def __call__(self, actor: Actor, new: NewPerson, *, by_link: bool) -> Awaitable[WayIn]:
        """By a link with which they choose their password, or by a password they must change."""


class Reset(Protocol):
    """Ends a password."""

    def __call__(self, actor: Actor, person: int, *, by_link: bool) -> Awaitable[WayIn]:
        """A new way in, as for AddPerson."""


class BeginHouse(Protocol):
    """Makes the first administrator."""

    def __call__(self, word: str, login: str, name: str, password: str, *, broadcasts: bool) -> Awaitable[Actor]:
        """`word` is what the server printed. Refusal: setup-over, login-bad, name-bad, password-..."""


@dataclass(frozen=True)
class Accounts:
    """Joined by `broadcast.people.joining_accounts`."""

    # the door
    log_in: Callable[[str, str, str, str], Awaitable[Actor]]
    """(login, password, code, address). Refusal: bad-login, login-throttled, code-needed, bad-code."""
    begin: Callable[[Actor, str, str, str], Awaitable[str]]
    """(actor, address, agent, how): a new session of who has just proved themselves; the token for its cookie."""
    whose: Callable[[str], Awaitable[Standing | None]]
    """Who that is now."""
    end: Callable[[str], Awaitable[None]]
    """Log out: the session of that token."""
    invited: Callable[[str], Awaitable[Actor]]
    """Whose link that is. Refusal: link-dead."""
    accept: Callable[[str, str], Awaitable[Actor]]
    """(token, password): the link is used. Refusal: link-dead, password-..."""
    first_open: Callable[[], Awaitable[bool]]
    """Whether nobody works here yet."""
    first_fits: Callable[[str], bool]
    """Whether that is the word the server printed."""
    first_begin: BeginHouse
    first_word: str
    """That word, for the server to print; no page shows it."""

    # one's own account
    own: Callable[[Standing], Awaitable[OwnAccount]]
    change_password: Callable[[Standing, str, str], Awaitable[None]]
    """(standing, present, new). Refusal: password-wrong, password-..."""
    end_others: Callable[[Standing, int | None], Awaitable[None]]
    """Log out of one other browser, or of all others."""
    begin_second_factor: Callable[[Standing], NewSecondFactor]
    confirm_second_factor: Callable[[Standing, str, str, str], Awaitable[tuple[str, ...]]]
    """(standing, password, secret, code): in force; the recovery codes. Refusal: password-wrong, bad-code."""
    drop_own_second_factor: Callable[[Standing, str, str], Awaitable[None]]
    """(standing, password, code)."""
    renew_codes: Callable[[Standing, str, str], Awaitable[tuple[str, ...]]]
    """(standing, password, code): new recovery codes."""

    tour: Callable[[Actor], Awaitable[Tour]]
    """How far they are through the first steps."""
    tour_on: Callable[[Actor, Tour], Awaitable[None]]

    # the people one looks after
    people: Callable[[Actor, PeopleAsk], Awaitable[PeoplePage]]
    person: Callable[[Actor, int], Awaitable[PersonView]]
    add: AddPerson
    rename: Callable[[Actor, int, str, str], Awaitable[None]]
    """(actor, person, name, email)."""
    set_grants: Callable[[Actor, int, tuple[Grant, ...]], Awaitable[None]]
    deactivate: Callable[[Actor, int], Awaitable[None]]
    reactivate: Callable[[Actor, int], Awaitable[None]]
    reset: Reset
    drop_second_factor: Callable[[Actor, int], Awaitable[None]]
    end_session: Callable[[Actor, int, int | None], Awaitable[None]]
    """(actor, person, session or None for all)."""

    # looking at one area
    within: Callable[[Actor, AreaId], Actor]
    """The same person, who looks at that area alone."""
    area_name: Callable[[str], str]

    bell: Bell
    """Rings whenever what someone may do has changed: an open page asks again who is there."""
    session_days: int
    sign_on: SignOn | None = None
    """Single sign-on, where the settings name a provider."""
    sign_on_name: str = ""
    url: str = ""
    """Where people open the panel; "": where their browser says."""
