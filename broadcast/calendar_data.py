"""The table of holidays and days of mourning: a centre's own where it has one, else the one that ships."""

from importlib.resources import files
from pathlib import Path

from broadcast.domain.days import Days
from broadcast.domain.refusals import Refusal


def load_days(data: Path) -> Days:
    """The days of `calendar/days.toml` in the data folder; without it, those shipped. Raises Refusal("days-file")."""
    own = data / "calendar" / "days.toml"
    try:
        text = own.read_text("utf-8")
    except FileNotFoundError:
        text = files("broadcast").joinpath("data/calendar/days.toml").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("days-file", entry=own, why=str(error)) from error
    return Days.from_toml(text)
