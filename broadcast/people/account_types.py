"""What the pages of accounts read, and what the door answers: plain frozen pictures of the books at one moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from broadcast.domain.people import Actor, Grant


class Must(StrEnum):
    """What someone has to do before anything else."""

    NOTHING = ""
    CHANGE_PASSWORD = "password"  # noqa: S105 - the name of a duty, no password
    SECOND_FACTOR = "second-factor"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is at a browser now: the person, the row of the session, what they must do first."""

    actor: Actor
    session: int
    must: Must = Must.NOTHING


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser in which someone is logged in. `agent` is what it says of itself."""

    id: int
    how: str
    address: str
    agent: str
    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class GrantView:
    """A role in an area, by name. `mine`: whoever asked may take it away."""

    grant: Grant
    area_name: str
    mine: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Someone who works here, or worked here. `manageable`: all they hold is managed by whoever asked."""

    id: int
    login: str
    name: str
    email: str
    active: bool
    invited: bool
    """They have not chosen a password yet, and do not come by single sign-on either."""
    second_factor: bool
    grants: tuple[GrantView, ...]
    manageable: bool
    seen_at: datetime | None
    sessions: tuple[SessionView, ...] = ()
    """Only where one person is asked for, by someone who manages them."""


TOUR_STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class Tour:
    """How far somebody is through the first steps: 1 to TOUR_STEPS, one more when all are done.

    `place`: the page of the bulletin or slot they are at; `left`: they do not want to be led.
    """

    step: int = 1
    place: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of the people found, and how many there are."""

    people: tuple[PersonView, ...]
    total: int


@dataclass(frozen=True, slots=True)
class PeopleAsk:
    """Whom to list: `find` in name or login, with or without tone marks; who left only if asked for."""

    find: str = ""
    left: bool = False
    page: int = 0
    page_size: int = 50


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Someone to be added, as typed."""

    login: str
    name: str
    email: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class WayIn:
    """How someone gets in the first time, shown once to whoever let them: a link's token, or a password."""

    person: int
    token: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account."""

    login: str
    name: str
    email: str
    grants: tuple[GrantView, ...]
    has_password: bool
    second_factor: bool
    recovery_codes: int
    """Left to use."""
    sessions: tuple[SessionView, ...]


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """A secret to be put into a telephone, not in force until a code of it was typed. `uri` is what a QR code holds."""

    secret: str
    uri: str
