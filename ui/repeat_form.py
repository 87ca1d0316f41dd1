"""How something comes back, as fields: every day, weekdays, weekly, by the moon, by a rule; without holidays."""

from collections.abc import Callable
from typing import Final

from nicegui import ui

from broadcast.agenda.air_types import Repeat
from ui.airwords import air

_HOW: Final[dict[str, Callable[[str], Repeat]]] = {
    "daily": lambda _: Repeat("FREQ=DAILY"),
    "weekdays": lambda _: Repeat("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    "weekly": lambda _: Repeat("FREQ=WEEKLY"),
    "lunar": lambda _: Repeat("", (1, 15)),
    "own": lambda rule: Repeat(rule.strip()),
}


class RepeatFields:
    """The fields, with markers "{name}-how" and so on. `changed` is called with each change."""

    def __init__(self, name: str, changed: Callable[[], object]) -> None:
        options = {key: air(f"repeat-{key}") for key in _HOW}
        self._how = ui.select(options, label=air("repeat-how"), value="daily", on_change=changed)
        self._how.props(f"outlined options-dense data-testid={name}-how").mark(f"{name}-how")
        self._rule = ui.input(air("repeat-rule")).props(f"outlined data-testid={name}-rule maxlength=200")
        self._rule.mark(f"{name}-rule").on("change", changed)
        self._rule.bind_visibility_from(self._how, "value", value="own")
        self._holidays = ui.checkbox(air("repeat-holidays"), on_change=changed).mark(f"{name}-holidays")
        self._mourning = ui.checkbox(air("repeat-mourning"), on_change=changed).mark(f"{name}-mourning")

    @property
    def told(self) -> bool:
        """Whether they say anything: a rule of one's own may be still to be written."""
        return self._how.value != "own" or bool(self._rule.value)

    def asked(self) -> Repeat:
        """What they say."""
        made = _HOW[self._how.value](self._rule.value or "")
        return Repeat(made.rule, made.lunar_days, bool(self._holidays.value), bool(self._mourning.value))

    def fill(self, how: Repeat) -> None:
        """Let them say that."""
        plain = Repeat(how.rule, how.lunar_days)
        known = next((key for key, make in _HOW.items() if key != "own" and make("") == plain), "own")
        self._rule.set_value("" if known != "own" else how.rule)
        self._holidays.set_value(how.except_holidays)
        self._mourning.set_value(how.except_mourning)
        self._how.set_value(known)
