"""Words of the pages on which templates are edited: section "templates"."""

from broadcast import wording
from broadcast.domain.template_flaws import Found
from broadcast.newsroom.template_types import TemplateLine, Whence
from devices.vocabulary import AreaId
from ui.words import speak


def told(key: str, /, **facts: object) -> str:
    """The sentence of `key` in section "templates". Raises KeyError for a key that is not there."""
    speak()
    return wording.say(f"templates.{key}", **facts)


def flaw_told(found: Found) -> str:
    """What is wrong, and how to mend it."""
    return told(f"flaw-{found.flaw.value}", **found.facts)


def whence_told(line: TemplateLine, here: AreaId) -> str:
    """Whose it is, seen from an area."""
    if line.hidden:
        return told("hidden-here" if line.area == here else "hidden-above", area=line.area_name)
    if line.whence is Whence.AREA:
        return told("from-own" if line.area == here else "from-above", area=line.area_name)
    return told(f"from-{line.whence.value}")


def restore_told(beneath: TemplateLine | None) -> str:
    """What taking one's own back is called: it depends on what comes to light."""
    if beneath is None or beneath.hidden:
        return told("restore-none")
    return told("restore-shipped" if beneath.whence is Whence.SHIPPED else "restore-above")
