"""Who may do what, where, and in which state of a bulletin: one table, asked by every use case."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from broadcast.domain.areas import AreaTree
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId


class Role(StrEnum):
    """What a person is in an area, and in everything below it."""

    PROVINCE = "province"
    STAFF = "staff"
    """Staff of a district (or regional) culture, sport and broadcast centre."""
    OPERATOR = "operator"
    """Operator of a commune: its receivers, and its own bulletins."""
    APPROVER = "approver"
    """Reads and hears what others wrote, and lets it go on the air or not."""
    AUDITOR = "auditor"
    """Reads all, changes nothing."""
    ADMINISTRATOR = "administrator"
    """Of accounts: who works here, and as what. Puts nothing on the air."""


class Action(StrEnum):
    """What can be done."""

    SEE_BULLETINS = "see-bulletins"
    WRITE = "write"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    PLACE = "place"
    STOP = "stop"
    IDENTIFY = "identify"
    SEE_RECEIVERS = "see-receivers"
    SEE_LOG = "see-log"
    RAISE_ALARM = "raise-alarm"
    END_ALARM = "end-alarm"
    ENROL = "enrol"
    SET_RULES = "set-rules"
    """Say where a bulletin needs two people."""
    SET_HOURS = "set-hours"
    """Say when an area keeps quiet, and how long it may air a day."""
    CORRECT_LEXICON = "correct-lexicon"
    """Say how something is read in an area and everywhere below."""
    ANSWER_OFFERS = "answer-offers"
    """Say what a commune makes of what comes from above, and what holds where nobody says it."""
    EDIT_TEMPLATES = "edit-templates"
    """Say which bulletins are begun from which templates in an area and everywhere below."""
    SEE_AUDIT = "see-audit"
    SEE_PEOPLE = "see-people"
    MANAGE_PEOPLE = "manage-people"


_S = BulletinState
STATES: Final[dict[str, frozenset[BulletinState]]] = {
    "-": frozenset(),
    "any": frozenset(_S),
    "open": frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED, _S.REJECTED, _S.EXPIRED}),
    "handed-in": frozenset({_S.SUBMITTED, _S.APPROVED}),
    "submitted": frozenset({_S.SUBMITTED}),
    "unrefused": frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED}),
}
"""The words of the table: in which states of the bulletin it may be done. What touches no bulletin is "any" or "-"."""

_TABLE: Final = """
action          province   staff      operator   approver   auditor    administrator
see-bulletins   any        any        any        any        any        -
write           open       open       open       -          -          -
approve         submitted  submitted  -          submitted  -          -
withdraw        open       open       open       handed-in  -          -
place           unrefused  unrefused  unrefused  -          -          -
stop            any        any        any        -          -          -
identify        any        any        any        -          -          -
see-receivers   any        any        any        any        any        -
see-log         any        any        any        any        any        -
raise-alarm     any        -          -          -          -          -
end-alarm       any        -          -          -          -          -
enrol           any        -          -          -          -          -
correct-lexicon any        any        -          -          -          -
edit-templates  any        any        -          -          -          -
set-rules       any        -          -          -          -          -
set-hours       any        any        -          -          -          -
answer-offers   any        any        any        -          -          -
see-audit       any        -          -          -          any        -
see-people      -          -          -          -          any        any
manage-people   -          -          -          -          -          any
"""


def _parsed(table: str) -> dict[tuple[Action, Role], frozenset[BulletinState]]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    roles = [Role(name) for name in head[1:]]
    return {
        (Action(name), role): STATES[cell]
        for name, *cells in lines
        for role, cell in zip(roles, cells, strict=True)
    }  # fmt: skip


ALLOWED: Final = _parsed(_TABLE)
"""(action, role) > the states of a bulletin in which that role may do that."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in an area; it holds below the area too."""

    role: Role
    area: AreaId


def held(role: Role, *areas: AreaId) -> tuple[Grant, ...]:
    """The grants of one role in several areas."""
    return tuple(Grant(role, area) for area in areas)


def fewest(grants: Iterable[Grant], tree: AreaTree) -> tuple[Grant, ...]:
    """The fewest grants that hold as much: none below another of the same role. Raises Refusal("no-such-area")."""
    given = dict.fromkeys(grants)
    by_role = {
        role: tree.fewest(g.area for g in given if g.role is role) for role in dict.fromkeys(g.role for g in given)
    }
    return tuple(g for g in given if g.area in by_role[g.role])


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who has logged in, with what they hold, in the order in which it was given."""

    id: int
    login: str
    name: str
    grants: tuple[Grant, ...]

    @property
    def areas(self) -> tuple[AreaId, ...]:
        """Every area in which they hold anything, each once."""
        return tuple(dict.fromkeys(grant.area for grant in self.grants))

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role they hold anywhere, each once."""
        return tuple(dict.fromkeys(grant.role for grant in self.grants))

    def where(self, action: Action, state: BulletinState | None = None) -> tuple[AreaId, ...]:
        """The areas in which (and below which) they may do it; without a state: to any bulletin, or to none."""
        able = (g.area for g in self.grants if _fits(ALLOWED[action, g.role], state))
        return tuple(dict.fromkeys(able))

    def may(self, action: Action) -> bool:
        """Whether they may do it somewhere: for showing or hiding a button, never for letting through."""
        return bool(self.where(action))

    def within(self, area: AreaId, tree: AreaTree) -> Self:
        """The same person, who looks at that area alone: never more than they hold. Raises Refusal("no-such-area")."""
        kept = []
        for grant in self.grants:
            if grant.area in tree.areas and tree.holds(grant.area, area):
                kept.append(Grant(grant.role, area))
            elif grant.area in tree.areas and tree.holds(area, grant.area):
                kept.append(grant)
        return replace(self, grants=tuple(dict.fromkeys(kept)))


def _fits(cell: frozenset[BulletinState], state: BulletinState | None) -> bool:
    return bool(cell) if state is None else state in cell


def placed_from(actor: Actor, areas: Iterable[AreaId], tree: AreaTree) -> AreaId | None:
    """The highest area that covers all of `areas` and in which they may place; None where it takes several."""
    wanted = tuple(areas)
    over = [a for a in actor.where(Action.PLACE) if a in tree.areas and all(a in tree.path(w) for w in wanted)]
    return min(over, key=lambda a: len(tree.path(a)), default=None)


def require(
    actor: Actor, action: Action, areas: Iterable[AreaId], tree: AreaTree, state: BulletinState | None = None
) -> None:
    """Let through only who may do `action` in every one of `areas`, to a bulletin in `state`.

    Raises Refusal: not-allowed, not-your-area, bulletin-life, no-such-area.
    """
    if not actor.may(action):
        raise Refusal("not-allowed", action=action.value)
    for area in areas:
        if not _over(tree, actor.where(action), area):
            raise Refusal("not-your-area", area=tree.get(area).name)
        if state is not None and not _over(tree, actor.where(action, state), area):
            raise Refusal("bulletin-life", action=action.value, state=state.value)


def _over(tree: AreaTree, mine: tuple[AreaId, ...], area: AreaId) -> bool:
    above = tree.path(area)
    return any(own in above for own in mine)
