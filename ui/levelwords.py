"""Words of what comes from above: section "levels", in the language of the page at hand."""

from broadcast import wording
from broadcast.agenda.offer_types import OfferView
from broadcast.domain.offers import OfferState
from ui.words import speak


def level(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "levels". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"levels.{key}", **facts)


def offer_state(view: OfferView) -> str:
    """Such as "Đã dời"; of what nobody answered, what became of it."""
    if view.state is OfferState.LEFT:
        return level("state-left-air" if view.airs else "state-left-silent")
    return level(f"state-{view.state.value}")


def offer_told(view: OfferView) -> str:
    """Who answered when, where it sounds instead, and why; "" where nobody answered."""
    told = []
    if view.state is OfferState.PUT_OFF:
        told.append(level("told-own", at=view.own_at) if view.own_at else level("told-own-gone"))
    if view.state is OfferState.IN_PROGRAMME:
        told.append(level("told-programme", programme=view.programme_title))
    if view.reason:
        told.append(level("told-why", reason=view.reason))
    if view.by_name and view.answered_at is not None:
        told.append(level("told-by", name=view.by_name, at=view.answered_at))
    return " · ".join(told)


STYLES = {
    OfferState.OFFERED: "loa-state-sent",
    OfferState.TAKEN: "loa-state-ready",
    OfferState.IN_PROGRAMME: "loa-state-ready",
    OfferState.PUT_OFF: "loa-state-playing",
    OfferState.DECLINED: "loa-state-missed",
    OfferState.LEFT: "loa-state-unknown",
    OfferState.TAKEN_BACK: "loa-state-withdrawn",
}
"""The tint of each state: one of those that deliveries have."""
