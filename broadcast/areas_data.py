"""The trees of areas that ship with the project: `broadcast/data/areas/*.csv`."""

from importlib.resources import files

from broadcast.domain.areas import AreaTree


def load_tree(name: str) -> AreaTree:
    """The tree of that name, such as "tay-ninh-2024". Raises FileNotFoundError, or ValueError for a broken table."""
    table = files("broadcast").joinpath("data", "areas", f"{name}.csv")
    return AreaTree.from_csv(table.read_text("utf-8").splitlines())
