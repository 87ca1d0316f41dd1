"""What areas say of their hours: the nearest area that says something decides, and each thing by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from broadcast.domain.guards import LOUDEST, Guards, VolumeHours
from broadcast.domain.offers import LONGEST_LEAD, OfferRule
from broadcast.domain.refusals import Refusal
from broadcast.domain.schedule import QuietHours
from devices.vocabulary import AreaId

MOST_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class AreaRule:
    """What an area says of itself and everything below; None is what the area above says."""

    quiet: QuietHours | None = None
    longest_min: int | None = None
    """Airtime a local day, minutes; 0: as long as one likes."""
    untouched_airs: bool | None = None
    """Whether what came from above sounds, where nobody answered."""
    answer_min: int | None = None
    """How long before it sounds it must be answered, minutes."""
    soft: VolumeHours | None = None
    """When no airing is louder than so; a cap of 100: never."""

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return self == AreaRule()


def guards(path: Iterable[AreaId], rules: Mapping[AreaId, AreaRule], usual: AreaRule) -> Guards:
    """What holds at the place whose `path` goes up from itself; `usual` where no area says anything."""
    quiet: QuietHours | None = None
    longest: int | None = None
    soft: VolumeHours | None = None
    for said in (*(rules[a] for a in path if a in rules), usual):
        quiet = said.quiet if quiet is None else quiet
        longest = said.longest_min if longest is None else longest
        soft = said.soft if soft is None else soft
    least = QuietHours(time(), time())
    volumes = (soft,) if soft is not None and soft.most < LOUDEST else ()
    return Guards(quiet or least, timedelta(minutes=longest) if longest else None, volumes)


def soft_hours(start: str, end: str, most: int | None) -> VolumeHours | None:
    """Hours of less volume as people enter them; all empty: as above; 100 percent: none here.

    Raises Refusal: hours-bad, volume-bad.
    """
    if not start and not end and most is None:
        return None
    if most is None or not 0 <= most <= LOUDEST:
        raise Refusal("volume-bad")
    try:
        return VolumeHours(time.fromisoformat(start), time.fromisoformat(end), most)
    except ValueError:
        raise Refusal("hours-bad") from None


def offer_rule(path: Iterable[AreaId], rules: Mapping[AreaId, AreaRule], usual: AreaRule) -> OfferRule:
    """What holds at that place for what nobody touched; as `guards`."""
    airs: bool | None = None
    minutes: int | None = None
    for said in (*(rules[a] for a in path if a in rules), usual):
        airs = said.untouched_airs if airs is None else airs
        minutes = said.answer_min if minutes is None else minutes
    least = OfferRule()
    return OfferRule(
        least.airs if airs is None else airs, least.lead if minutes is None else timedelta(minutes=minutes)
    )


def require_answer_min(minutes: int | None) -> None:
    """Raises Refusal("answer-min-bad")."""
    most = LONGEST_LEAD // timedelta(minutes=1)
    if minutes is not None and not 0 <= minutes <= most:
        raise Refusal("answer-min-bad", limit=most)


def rule(quiet_from: str, quiet_to: str, longest_min: int | None) -> AreaRule:
    """A rule as people enter it: both hours empty is as above; equal hours are none.

    Raises Refusal: hours-bad, airtime-bad.
    """
    if longest_min is not None and not 0 <= longest_min <= MOST_MINUTES:
        raise Refusal("airtime-bad", limit=MOST_MINUTES)
    if not quiet_from and not quiet_to:
        return AreaRule(None, longest_min)
    try:
        return AreaRule(QuietHours(time.fromisoformat(quiet_from), time.fromisoformat(quiet_to)), longest_min)
    except ValueError:
        raise Refusal("hours-bad") from None
