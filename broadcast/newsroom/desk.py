"""What a use case of the newsroom has at hand. Bound to it once, in `broadcast.bootstrap`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from broadcast.domain.areas import AreaTree
from broadcast.domain.days import Days
from broadcast.domain.house import Bell
from broadcast.library import ClipLibrary
from broadcast.newsroom.newsroom_data import load_days
from broadcast.settings import Settings
from broadcast.store import Store


@dataclass(frozen=True)
class Desk:
    """The books, the clip library, the tree of areas, the time, the bell that tells pages to look again."""

    store: Store
    library: ClipLibrary
    tree: AreaTree
    settings: Settings
    now: Callable[[], datetime]
    """The wall time, aware, UTC."""
    bell: Bell

    @cached_property
    def days(self) -> Days:
        """Holidays and days of mourning, read once. Raises Refusal("days-file")."""
        return load_days(self.settings.data)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of all hours people read and write."""
        return ZoneInfo(self.settings.schedule.timezone)
