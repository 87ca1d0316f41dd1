"""Tables of the newsroom that people edit: a centre's own where its data folder has one, else the one that ships."""

from importlib.resources import files
from pathlib import Path

from broadcast.domain.concerns import Cues
from broadcast.domain.days import Days
from broadcast.domain.refusals import Refusal


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
