"""The three people of a demonstration, their passwords made once and kept where only the owner of the data may read."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from broadcast.domain.areas import Area, AreaTree
from broadcast.domain.people import Role
from devices.vocabulary import AreaId

COMMUNE_CODE: Final = "25657"
"""Xã Thạnh Đức: it has kept name and code in both trees."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone who can log in to a demonstration."""

    login: str
    name: str
    role: Role
    area: AreaId
    also: tuple[Role, ...] = ()


def demo_people(tree: AreaTree) -> tuple[DemoPerson, ...]:
    """One of each role: over the unit above the commune (a district, if there are any), the commune, the province."""
    commune = demo_commune(tree)
    above = tree.get(commune.parent or commune.id)
    return (
        DemoPerson("canbo", f"Cán bộ trung tâm, {above.name}", Role.STAFF, above.id),
        DemoPerson("xa", f"Phụ trách loa, {commune.name}", Role.OPERATOR, commune.id),
        DemoPerson("tinh", f"Trực ban, {tree.root.name}", Role.PROVINCE, tree.root.id, (Role.ADMINISTRATOR,)),
    )


def demo_commune(tree: AreaTree) -> Area:
    """The commune in which the receivers of a demonstration hang."""
    return next(a for a in tree.areas.values() if a.code == COMMUNE_CODE)


def keep(file: Path, passwords: dict[str, str]) -> None:
    """Write login > password, mode 0600, whole or not at all."""
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(passwords)))
    part.replace(file)


def kept(file: Path) -> dict[str, str]:
    """What was kept there; nothing where there is no such file, or it cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
