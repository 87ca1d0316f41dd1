"""Many pictures of one kind on a page, changed in place: nothing is drawn again that has not changed."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, Protocol, TypeVar

from nicegui import ui

V = TypeVar("V")
V_contra = TypeVar("V_contra", contravariant=True)


class Picture(Protocol[V_contra]):
    """One thing drawn."""

    @property
    def root(self) -> ui.element:
        """All that is drawn of it."""

    def show(self, view: V_contra) -> None:
        """Show it as it is now."""


class Board(Generic[V]):
    """Pictures in `place`, one for each view, in the views' order."""

    def __init__(self, place: ui.element, key: Callable[[V], Hashable], make: Callable[[V], Picture[V]]) -> None:
        self._place = place
        self._key = key
        self._make = make
        self._pictures: dict[Hashable, Picture[V]] = {}

    def show(self, views: Iterable[V]) -> None:
        """Show just these."""
        wanted = {self._key(view): view for view in views}
        for gone in [k for k in self._pictures if k not in wanted]:
            self._pictures.pop(gone).root.delete()
        for key, view in wanted.items():
            if key not in self._pictures:
                with self._place:
                    self._pictures[key] = self._make(view)
            self._pictures[key].show(view)
        self._order([self._pictures[key] for key in wanted])

    def _order(self, pictures: list[Picture[V]]) -> None:
        for index, picture in enumerate(pictures):
            here = self._place.default_slot.children
            if here[index] is not picture.root:
                picture.root.move(self._place, target_index=index)
