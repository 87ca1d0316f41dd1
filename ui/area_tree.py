"""Choosing areas: a tree to tick, a field that finds names with or without tone marks, and what is chosen in words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from nicegui import events, ui

from broadcast.view_types import AreaNode
from devices.vocabulary import AreaId, slug
from ui.words import say

CHIPS: Final = 12
"""Chosen areas shown by name; the rest are counted."""
# Quasar gives the boxes of a tree no name: they get that of what stands beside them
_NAME = (
    "({el}) => el.closest('.q-tree__node-header').querySelector('.q-checkbox')"
    "?.setAttribute('aria-label', props.node.label)"
)
_COUNT = f"""
<div class="loa-node" @vue:mounted="{_NAME}" @vue:updated="{_NAME}">
  <span>{{{{ props.node.label }}}}</span>
  <span class="loa-node-count" :class="{{'loa-node-none': !props.node.receivers}}">{{{{ props.node.shown }}}}</span>
</div>
"""


def walk(nodes: Iterable[AreaNode]) -> Iterator[AreaNode]:
    """Every node, parents before children."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def indented(nodes: Iterable[AreaNode], depth: int = 0) -> dict[str, str]:
    """The name of every area by its id, set in below the one it lies in: for a field to choose from."""
    names: dict[str, str] = {}
    for node in nodes:
        names[node.id] = "\u2003" * depth + node.name
        names |= indented(node.children, depth + 1)
    return names


def found(nodes: Iterable[AreaNode], typed: str) -> tuple[AreaNode, ...]:
    """The trees cut down to names with `typed` in them, tone marks or not, all below those, and what lies above."""
    wanted = slug(typed)
    kept = []
    for node in nodes:
        children = node.children if wanted in slug(node.name) else found(node.children, typed)
        if children or wanted in slug(node.name):
            kept.append(replace(node, children=children))
    return tuple(kept)


def opened(nodes: Iterable[AreaNode], typed: str) -> tuple[str, ...]:
    """The areas to unfold so that every name with `typed` in it is seen."""
    wanted = slug(typed)
    return tuple(n.id for n in walk(nodes) if any(wanted in slug(below.name) for below in walk(n.children)))


def fewest(nodes: Iterable[AreaNode], ticked: frozenset[str]) -> tuple[AreaNode, ...]:
    """The fewest areas that are just the ticked ones: where all below a node are ticked, the node itself."""
    chosen: list[AreaNode] = []
    for node in nodes:
        if _whole(node, ticked):
            chosen.append(node)
        else:
            chosen.extend(fewest(node.children, ticked))
    return tuple(chosen)


def _whole(node: AreaNode, ticked: frozenset[str]) -> bool:
    return all(_whole(child, ticked) for child in node.children) if node.children else node.id in ticked


def _leaves(node: AreaNode) -> Iterator[str]:
    if not node.children:
        yield node.id
    for child in node.children:
        yield from _leaves(child)


class AreaField:
    """The tree of what a person may aim at. `changed` is called when what is chosen has changed.

    `name` stands before the marks of its parts, where a page has more than one.
    """

    def __init__(self, changed: Callable[[], None], name: str = "") -> None:
        self._changed = changed
        self._nodes: tuple[AreaNode, ...] = ()
        self._ticked: frozenset[str] = frozenset()
        with ui.element("div").classes("loa-areas"):
            self._filter = ui.input(say("area-find"), on_change=self._find).props("outlined dense clearable")
            self._filter.props(f"debounce=150 data-testid={name}area-filter autocomplete=off").mark(
                f"{name}area-filter"
            )
            with self._filter.add_slot("prepend"):
                ui.icon("search").props("aria-hidden=true")
            self._chips = ui.element("div").classes("loa-chips").mark(f"{name}area-chosen")
            with ui.element("div").classes("loa-tree"):
                self._tree = ui.tree([], on_tick=self._tick, on_expand=lambda: None, tick_strategy="leaf")
                self._tree.props(f"no-transition data-testid={name}area-tree").mark(f"{name}area-tree")
                self._tree.add_slot("default-header", _COUNT)
                self._tree.visible = False
                self._none = ui.label(say("area-none-found")).classes("loa-dim")
                self._none.visible = False
            self._count = ui.label().classes("loa-count").props(f"aria-live=polite data-testid={name}area-count")
            self._count.mark(f"{name}area-count")
        self._say()

    @property
    def chosen(self) -> tuple[AreaId, ...]:
        """The fewest areas that are just what is ticked."""
        return tuple(node.id for node in fewest(self._nodes, self._ticked))

    def offer(self, nodes: tuple[AreaNode, ...]) -> None:
        """The trees to choose from; what is ticked stays. A single area is chosen from the start."""
        first = not self._nodes
        if nodes == self._nodes:
            return
        self._nodes = nodes
        leaves = {leaf for node in nodes for leaf in _leaves(node)}
        self._ticked = frozenset(leaves) if first and len(leaves) == 1 else self._ticked & leaves
        self._grow()
        self._say()

    def tick(self, areas: Iterable[AreaId]) -> None:
        """Have just these chosen, of what is offered; nobody is told."""
        wanted = set(areas)
        self._ticked = frozenset(leaf for node in walk(self._nodes) if node.id in wanted for leaf in _leaves(node))
        self._tree.props["ticked"] = sorted(self._ticked)
        self._say()

    def _grow(self) -> None:
        typed = self._filter.value or ""
        shown = found(self._nodes, typed)
        self._none.visible = not shown and bool(self._nodes)
        self._tree.visible = bool(shown)
        self._tree.props["nodes"] = [_as_node(node) for node in shown]
        self._tree.props["ticked"] = sorted(self._ticked)
        self._tree.props["expanded"] = list(opened(shown, typed)) if slug(typed) else [n.id for n in shown]

    def _find(self) -> None:
        self._grow()

    def _tick(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._choose(frozenset(event.value or ()))

    def _choose(self, ticked: frozenset[str]) -> None:
        self._ticked = ticked
        self._tree.props["ticked"] = sorted(ticked)
        self._say()
        self._changed()

    def _say(self) -> None:
        chosen = fewest(self._nodes, self._ticked)
        receivers = sum(node.receivers for node in chosen)
        self._count.set_text(
            say("area-reached", areas=len(chosen), receivers=receivers) if chosen else say("area-none")
        )
        self._chips.clear()
        with self._chips:
            for node in chosen[:CHIPS]:
                chip = ui.chip(node.name, removable=True).classes("loa-chip")
                chip.props(f'remove-aria-label="{say("area-remove")}"')
                chip.on("remove", lambda n=node: self._choose(self._ticked - frozenset(_leaves(n))))
            if len(chosen) > CHIPS:
                ui.label(say("and-more", count=len(chosen) - CHIPS)).classes("loa-dim")


def _as_node(node: AreaNode) -> dict[str, Any]:
    return {
        "id": node.id,
        "label": node.name,
        "receivers": node.receivers,
        "shown": say("area-receivers", count=node.receivers) if node.receivers else say("area-no-receivers"),
        "children": [_as_node(child) for child in node.children],
    }
