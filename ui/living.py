"""Words of a bulletin's life: section "life", and what its states, levels and fields are called."""

from datetime import datetime

from broadcast import wording
from broadcast.domain.bulletins import BulletinState
from broadcast.domain.fields import Category, Language
from broadcast.domain.versions import Verdict
from broadcast.newsroom.life_types import DecisionView
from devices.vocabulary import Level
from ui.words import moment, speak


def told(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "life". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"life.{key}", **facts)


def state_name(state: BulletinState) -> str:
    """Such as "Chờ duyệt"."""
    return told(f"state-{state.value}")


def level_name(level: Level) -> str:
    """Such as "Ưu tiên"."""
    return told(f"level-{level.value}")


def category_name(category: Category) -> str:
    """As Decree 49/2024 has it."""
    return told(f"category-{category.value or 'none'}")


def language_name(language: Language) -> str:
    """Such as "Tiếng Khmer"."""
    return told(f"language-{language.value}")


def validity(until: datetime | None) -> str:
    """Until when, in full; that there is no end."""
    return told("until-none") if until is None else told("until", at=moment(until))


def decided(what: DecisionView, number: int) -> str:
    """What became of a version, by whom and when."""
    key = {Verdict.APPROVED: "approved-by", Verdict.VOUCHED: "vouched-by", Verdict.REJECTED: "rejected-by"}
    return told(key[what.verdict], name=what.by_name, number=number, at=moment(what.at))
