"""What pages read of templates; as in `broadcast.view_types`, plain frozen pictures."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadcast.domain.templates import Template
from devices.vocabulary import AreaId


class Whence(StrEnum):
    """Where a template comes from."""

    SHIPPED = "shipped"
    FILE = "file"
    """The data folder of the server."""
    AREA = "area"


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template as an area has it. `area`, `by_name`, `at`: who says so; None and "" for shipped ones and files."""

    template: Template
    whence: Whence
    area: AreaId | None = None
    area_name: str = ""
    by_name: str = ""
    at: datetime | None = None
    hidden: bool = False
    """It is not offered: `template` is what is hidden, and the rest is who hid it."""
    flawed: bool = False
    """It cannot be used as it is, and is not offered until that is mended."""


@dataclass(frozen=True, slots=True)
class TemplateList:
    """All that an area has, by name, hidden ones as well."""

    area: AreaId
    area_name: str
    lines: tuple[TemplateLine, ...]


@dataclass(frozen=True, slots=True)
class TemplateView:
    """One of them, to be edited. `state` is what a save says it was begun with; "": the area has none of its own."""

    area: AreaId
    area_name: str
    line: TemplateLine
    state: str
    beneath: TemplateLine | None
    """What holds here once the area's own is taken back."""
