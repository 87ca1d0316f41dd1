"""The rules of accounts: what a login, a name and a password are like, and who may manage whom."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from broadcast.domain.areas import AreaTree
from broadcast.domain.people import Action, Actor, Grant, Role, require
from broadcast.domain.refusals import Refusal
from devices.vocabulary import is_slug, slug

PASSWORD_LENGTH: Final = range(10, 201)
"""Long rather than clever: throttled guessing does the rest. Above, it would only cost time to hash."""
LOGIN_LENGTH: Final = 32
NAME_LENGTH: Final = 100
EMAIL_LENGTH: Final = 254
GRANTS: Final = 100
"""Roles one person may hold."""


def clean_login(login: str) -> str:
    """The login as it is kept. Raises Refusal("login-bad"), with a proposal."""
    if not is_slug(login) or len(login) > LOGIN_LENGTH:
        raise Refusal("login-bad", login=login[:LOGIN_LENGTH], proposal=slug(login)[:LOGIN_LENGTH] or "canbo1")
    return login


def clean_name(name: str) -> str:
    """The name as it is kept: NFC, one line. Raises Refusal("name-bad")."""
    kept = " ".join(unicodedata.normalize("NFC", name[: 4 * NAME_LENGTH]).split())
    if not kept or len(kept) > NAME_LENGTH or not kept.isprintable():
        raise Refusal("name-bad", limit=NAME_LENGTH)
    return kept


def clean_email(email: str) -> str:
    """The address as it is kept and compared; "" for none. Raises Refusal("email-bad")."""
    kept = email.strip().casefold()
    local, _, domain = kept.partition("@")
    fine = kept.isascii() and kept.isprintable() and " " not in kept and len(kept) <= EMAIL_LENGTH
    if kept and not (fine and local and "." in domain.strip(".") and "@" not in domain):
        raise Refusal("email-bad")
    return kept


def require_password(login: str, password: str) -> None:
    """Raises Refusal: password-short, password-long, password-plain."""
    if len(password) < PASSWORD_LENGTH.start:
        raise Refusal("password-short", limit=PASSWORD_LENGTH.start)
    if len(password) >= PASSWORD_LENGTH.stop:
        raise Refusal("password-long", limit=PASSWORD_LENGTH.stop - 1)
    if len(set(password)) < 4 or (len(login) >= 4 and login in password.casefold()):  # noqa: PLR2004 - a few letters
        raise Refusal("password-plain")


def require_grants(grants: Iterable[Grant], tree: AreaTree) -> None:
    """Raises Refusal: no-areas, no-such-area, grants-many, role-area (the province's role is held in the province)."""
    given = tuple(grants)
    if not given:
        raise Refusal("no-areas")
    if len(given) > GRANTS:
        raise Refusal("grants-many", limit=GRANTS)
    for grant in given:
        area = tree.get(grant.area)
        if grant.role is Role.PROVINCE and area.id != tree.root.id:
            raise Refusal("role-area", area=area.name)


def manages(actor: Actor, grants: Iterable[Grant], tree: AreaTree) -> bool:
    """Whether all that someone holds lies in areas whose accounts the actor manages: only then is the person theirs."""
    mine = actor.where(Action.MANAGE_PEOPLE)
    # what a reform took away is the root's to sort out
    areas = (g.area if g.area in tree.areas else tree.root.id for g in grants)
    held = list(areas) or [tree.root.id]
    return all(any(own in tree.path(area) for own in mine) for area in held)


def require_changes(actor: Actor, before: Iterable[Grant], after: Iterable[Grant], tree: AreaTree) -> None:
    """Whether the actor may turn the one into the other: what is given and what is taken lies in their areas.

    Raises Refusal: not-allowed, not-your-area.
    """
    changed = set(before) ^ set(after)
    areas = {g.area if g.area in tree.areas else tree.root.id for g in changed}
    require(actor, Action.MANAGE_PEOPLE, sorted(areas), tree)
