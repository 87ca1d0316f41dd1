"""Who may do what, and where: one pure table, asked by every use case."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broadcast.domain.areas import AreaTree
from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId


class Role(StrEnum):
    """What a person is. They hold it in their areas and in everything below."""

    PROVINCE = "province"
    STAFF = "staff"
    """Staff of a district (or regional) culture, sport and broadcast centre."""
    OPERATOR = "operator"
    """Operator of a commune's receivers."""


class Action(StrEnum):
    """What can be done."""

    WRITE = "write"
    APPROVE = "approve"
    PLACE = "place"
    STOP = "stop"
    IDENTIFY = "identify"
    SEE_RECEIVERS = "see-receivers"
    SEE_LOG = "see-log"
    RAISE_ALARM = "raise-alarm"
    END_ALARM = "end-alarm"
    ENROL = "enrol"
    CORRECT_LEXICON = "correct-lexicon"
    """Say how something is read in an area and everywhere below."""
    SEE_AUDIT = "see-audit"


ALLOWED: Final[dict[Role, frozenset[Action]]] = {
    Role.PROVINCE: frozenset(Action),
    Role.STAFF: frozenset(Action) - {Action.RAISE_ALARM, Action.END_ALARM, Action.ENROL, Action.SEE_AUDIT},
    Role.OPERATOR: frozenset({Action.STOP, Action.IDENTIFY, Action.SEE_RECEIVERS, Action.SEE_LOG}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who has logged in."""

    id: int
    login: str
    name: str
    role: Role
    areas: tuple[AreaId, ...]

    def may(self, action: Action) -> bool:
        """Whether the role allows it somewhere: for showing or hiding a button, never for letting through."""
        return action in ALLOWED[self.role]


def require(actor: Actor, action: Action, areas: Iterable[AreaId], tree: AreaTree) -> None:
    """Let through only who may do `action` in every one of `areas`.

    Raises Refusal("not-allowed") or Refusal("not-your-area").
    """
    if not actor.may(action):
        raise Refusal("not-allowed", action=action.value)
    for area in areas:
        if not any(tree.holds(mine, area) for mine in actor.areas):
            raise Refusal("not-your-area", area=tree.get(area).name)
