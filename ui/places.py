"""Where one can go in the panel, and how much of it has room in the head of a page and at its foot."""

from dataclasses import dataclass
from typing import Final

from broadcast.domain.people import Action, Role
from ui.session import Visit


@dataclass(frozen=True)
class Place:
    """Somewhere one can go."""

    name: str
    address: str
    icon: str
    needs: Action
    roles: frozenset[Role] = frozenset(Role)
    """Whose daily work is there; others may go there all the same."""


PLACES: Final = (
    Place("bulletins", "/", "campaign", Action.SEE_BULLETINS),
    Place("inbox", "/inbox", "inbox", Action.ANSWER_OFFERS, frozenset({Role.OPERATOR})),
    Place("programmes", "/programmes", "queue_music", Action.SEE_BULLETINS),
    Place("slots", "/slots", "event", Action.SEE_LOG),
    Place("receivers", "/receivers", "speaker_group", Action.SEE_RECEIVERS),
    Place("log", "/log", "menu_book", Action.SEE_LOG),
    Place("lexicon", "/lexicon", "record_voice_over", Action.CORRECT_LEXICON),
    Place("alarm", "/alarm", "notifications_active", Action.RAISE_ALARM),
    Place("people", "/people", "group", Action.SEE_PEOPLE),
)

MOST_PLACES: Final = 4
"""Beside more places than this the accounts have no room in the head of a page."""


def places_of(visit: Visit, *, few: bool = False) -> list[Place]:
    """Where they may go; whoever has many places finds the accounts, and on a phone the lexicon, in their menu."""
    mine = [place for place in PLACES if not place.roles.isdisjoint(visit.actor.roles)]
    open_to = [place for place in mine if visit.actor.may(place.needs)]
    if len(open_to) <= MOST_PLACES:
        return open_to
    return [place for place in open_to if place.name not in ({"people", "lexicon"} if few else {"people"})]
