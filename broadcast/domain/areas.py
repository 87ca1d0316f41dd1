"""The tree of areas. Depth is data: districts were abolished on 2025-07-01, and both trees must work."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from broadcast.domain.refusals import Refusal
from devices.vocabulary import AreaId, slug

_TOLD: Final = 60
"""Characters of what is no area that are told again."""


@dataclass(frozen=True, slots=True)
class Area:
    """One node. `kind` is "province", "district", "commune" or "hamlet"; `id` is made of name and official code."""

    id: AreaId
    kind: str
    name: str
    parent: AreaId | None
    code: str
    lat: float
    lon: float


@dataclass(frozen=True)
class AreaTree:
    """All areas by id, parents before children, one root."""

    areas: dict[AreaId, Area]

    @classmethod
    def from_csv(cls, lines: Iterable[str]) -> Self:
        """The tree of a table `code,kind,name,parent_code,lat,lon`. Raises ValueError where it is no tree."""
        rows = list(csv.DictReader(lines))
        ids = {row["code"]: AreaId(slug(f"{row['name']} {row['code']}")) for row in rows}
        areas: dict[AreaId, Area] = {}
        for row in rows:
            parent = ids[row["parent_code"]] if row["parent_code"] else None
            if parent is not None and parent not in areas:
                raise ValueError(f"{row['name']}: its parent {row['parent_code']} must stand above it")
            here = ids[row["code"]]
            areas[here] = Area(
                here, row["kind"], row["name"], parent, row["code"], float(row["lat"]), float(row["lon"])
            )
        if len(areas) != len(rows) or sum(a.parent is None for a in areas.values()) != 1:
            raise ValueError("a table of areas has one root and no code twice")
        return cls(areas)

    @cached_property
    def root(self) -> Area:
        """The province."""
        return next(a for a in self.areas.values() if a.parent is None)

    @cached_property
    def _children(self) -> dict[AreaId, tuple[Area, ...]]:
        found: dict[AreaId, list[Area]] = {}
        for area in self.areas.values():
            if area.parent is not None:
                found.setdefault(area.parent, []).append(area)
        return {parent: tuple(children) for parent, children in found.items()}

    def get(self, area: AreaId | str) -> Area:
        """The area of that id. Raises Refusal("no-such-area")."""
        try:
            return self.areas[AreaId(area)]
        except KeyError:
            raise Refusal("no-such-area", area=area[:_TOLD]) from None

    def children(self, area: AreaId) -> tuple[Area, ...]:
        """The areas directly below."""
        return self._children.get(area, ())

    def path(self, area: AreaId) -> tuple[AreaId, ...]:
        """The area itself, then every area above, up to the root."""
        return tuple(a.id for a in self._upwards(area))

    def _upwards(self, area: AreaId) -> Iterator[Area]:
        here: Area | None = self.get(area)
        while here is not None:
            yield here
            here = self.areas[here.parent] if here.parent else None

    def holds(self, above: AreaId, below: AreaId) -> bool:
        """Whether `below` is `above` or lies under it."""
        return above in self.path(below)

    def under(self, area: AreaId) -> Iterator[Area]:
        """The area and everything below it."""
        yield self.get(area)
        for child in self.children(area):
            yield from self.under(child.id)

    def fewest(self, chosen: Iterable[AreaId]) -> tuple[AreaId, ...]:
        """The fewest areas that reach just what `chosen` reaches: what lies under another chosen one is left out.

        In the tree's own order. One signed publish is made for each.
        """
        wanted = {self.get(a).id for a in chosen}
        return tuple(a for a in self.areas if a in wanted and not any(up in wanted for up in self.path(a)[1:]))

    def covering(self, chosen: Iterable[AreaId], without: Iterable[AreaId]) -> tuple[AreaId, ...]:
        """The fewest areas that reach what `chosen` reaches, but nothing in `without`; in the tree's own order.

        Where something is left out below an area, its children stand for it: what hangs at that area itself is lost.
        """
        out = {self.get(a).id for a in without}
        above = {up for area in out for up in self.path(area)}

        def cover(area: AreaId) -> Iterator[AreaId]:
            if area not in above:
                yield area
            elif area not in out:
                for child in self.children(area):
                    yield from cover(child.id)

        whole = (a for a in self.fewest(chosen) if out.isdisjoint(self.path(a)[1:]))
        found = {piece for area in whole for piece in cover(area)}
        return tuple(a for a in self.areas if a in found)

    def reached(self, chosen: Iterable[AreaId], homes: dict[str, AreaId]) -> tuple[str, ...]:
        """Which of the receivers (`homes`: receiver > its area) hear what is aimed at `chosen`. Sorted."""
        wanted = set(chosen)
        return tuple(sorted(r for r, home in homes.items() if wanted.intersection(self.path(home))))
