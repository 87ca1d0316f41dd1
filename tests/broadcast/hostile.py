"""Every place in which the office takes text, found by looking at it; and values to call it with."""

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

NOT_TYPED = {"actor", "standing"}
"""Who asks is no text."""


def calls(bundle: Any, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every call of a bundle and of those within it."""
    for field in dataclasses.fields(bundle):
        value = getattr(bundle, field.name)
        if dataclasses.is_dataclass(value) and not callable(value):
            yield from calls(value, f"{prefix}{field.name}.")
        elif callable(value):
            yield prefix + field.name, value


def places(call: Callable[..., Any]) -> tuple[str, ...]:
    """Where a call takes text: "title", "fields.tags[]", "values{}"."""
    parameters = inspect.signature(call).parameters.items()
    return tuple(n + t for n, p in parameters if n not in NOT_TYPED for t in sorted(_texts(p.annotation)))


def _texts(kind: Any) -> set[str]:
    if kind is str or getattr(kind, "__supertype__", None) is str:
        return {""}
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Mapping:
        return {"{}"} if inner[1] is str else set()
    if origin in {tuple, Iterable}:
        return {f"[]{t}" for one in inner if one is not ... for t in _texts(one)}
    if origin in {typing.Union, types.UnionType}:
        return {t for one in inner for t in _texts(one)}
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return {f".{f.name}{t}" for f in dataclasses.fields(kind) for t in _texts(hints[f.name])}
    return set()


class Calling:
    """Arguments for a call: harmless ones by their names, and one text where it is wanted.

    A harmless value that is a function is asked each time. `kinds`: what is harmless of a type, whatever it is called.
    """

    def __init__(self, harmless: Mapping[str, Any], kinds: Mapping[Any, Any]) -> None:
        self._harmless, self._kinds = harmless, kinds

    def arguments(
        self, call: Callable[..., Any], place: str, text: str, more: Mapping[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """All that it must have, and the one that is wanted."""
        made: list[Any] = []
        named: dict[str, Any] = {}
        for p in inspect.signature(call).parameters.values():
            if p.kind is p.VAR_POSITIONAL:
                made += [text] * more.get(f"*{p.name}", self._harmless[f"*{p.name}"])
                continue
            if p.name not in more and p.default is not p.empty and not _within(place, p.name):
                continue
            value = more[p.name] if p.name in more else self._made(p.annotation, p.name, place, text)
            if p.kind is p.KEYWORD_ONLY or p.default is not p.empty:
                named[p.name] = value
            else:
                made.append(value)
        return made, named

    def _made(self, kind: Any, at: str, place: str, text: str) -> Any:
        if at == place:
            return text
        wanted = _within(place, at)
        if not wanted and at in self._harmless:
            return _asked(self._harmless[at])
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin is Mapping:
            known = dict(self._harmless[at])
            return known | {next(iter(known)): text} if wanted else known
        if origin in {tuple, Iterable}:
            return (self._made(inner[0], f"{at}[]", place, text),) if wanted else ()
        if origin in {typing.Union, types.UnionType}:
            one = next(i for i in inner if i is not type(None))
            return self._made(one, at, place, text) if wanted else None
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._instance(kind, at, place, text)
        return self._leaf(kind, at)

    def _instance(self, kind: type, at: str, place: str, text: str) -> Any:
        hints, given = typing.get_type_hints(kind), {}
        for f in dataclasses.fields(kind):
            name = f"{at}.{f.name}"
            needed = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
            if needed or name in self._harmless or place == name or _within(place, name):
                given[f.name] = self._made(hints[f.name], name, place, text)
        return kind(**given)

    def _leaf(self, kind: Any, at: str) -> Any:
        name = at.rpartition(".")[2].removesuffix("[]")
        if name in self._harmless:
            return _asked(self._harmless[name])
        if isinstance(kind, type) and issubclass(kind, Enum):
            return next(iter(kind))
        return self._kinds[getattr(kind, "__supertype__", kind)]


def _within(place: str, at: str) -> bool:
    return place == at or place.startswith((f"{at}.", f"{at}[]", f"{at}{{}}"))


def _asked(value: Any) -> Any:
    return value() if inspect.isfunction(value) else value
