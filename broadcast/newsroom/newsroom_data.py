"""Tables of the newsroom that people edit: a centre's own where its data folder has one, else the one that ships."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from broadcast.domain.concerns import Cues
from broadcast.domain.days import Days
from broadcast.domain.refusals import Refusal
from broadcast.domain.template_files import from_toml
from broadcast.domain.templates import Template

TEMPLATES: Final = 500
"""Template files that a server may have."""
TEMPLATE_BYTES: Final = 64 * 1024


def load_days(data: Path) -> Days:
    """Holidays and mourning: `calendar/days.toml`. Raises Refusal("days-file")."""
    return Days.from_toml(_text(data / "calendar" / "days.toml", "calendar/days.toml", "days-file"))


def load_cues(data: Path) -> Cues:
    """The words that warnings go by: `warnings/warnings.toml`. Raises Refusal("cues-file")."""
    return Cues.from_toml(_text(data / "warnings" / "warnings.toml", "warnings.toml", "cues-file"))


def _text(own: Path, shipped: str, refusal: str) -> str:
    try:
        return own.read_text("utf-8")
    except FileNotFoundError:
        return files("broadcast").joinpath("data", shipped).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(refusal, entry=own.name, why=f"{own}: {error}") from error


def load_templates(data: Path) -> tuple[tuple[Template, ...], tuple[Template, ...], tuple[Refusal, ...]]:
    """Those shipped, and the server's own files `templates/ID.toml`, which hold instead of those of that id.

    A file that is wrong is left out and told: Refusal("template-file") for each.
    """
    folder = files("broadcast").joinpath("data", "templates")
    shipped = tuple(from_toml(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in folder.iterdir())
    own, faults = [], []
    for file in sorted((data / "templates").glob("*.toml"))[:TEMPLATES]:
        try:
            if file.stat().st_size > TEMPLATE_BYTES:
                raise Refusal("template-file", file=file.name, why=f"> {TEMPLATE_BYTES} bytes")
            own.append(from_toml(file.stem, file.read_text("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Refusal("template-file", file=file.name, why=str(error)))
        except Refusal as no:
            faults.append(no)
    return shipped, tuple(own), tuple(faults)
