"""Ages and progress that run on in the browser by the server's clock: no message is sent for a tick."""

import json
from datetime import UTC, datetime

from nicegui.element import Element

from ui.words import moment, say


class Age(Element, component="static/age.js"):
    """How long ago, or how soon, an instant is."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.show(at)

    def show(self, at: datetime) -> None:
        """Count from another instant."""
        self._props["at"] = at.astimezone(UTC).isoformat()
        self._props["full"] = moment(at)


class Meter(Element, component="static/meter.js"):
    """How far a sound has come, of how much; runs on from `at`, when the position was heard."""

    def __init__(self) -> None:
        super().__init__()
        self._props["label"] = say("progress")
        self.show(0, 0, datetime.now(UTC))

    def show(self, position_ms: int, total_ms: int, at: datetime) -> None:
        """Run on from here."""
        self._props["position"] = position_ms
        self._props["total"] = total_ms
        self._props["at"] = at.astimezone(UTC).isoformat()


def clock_script() -> str:
    """What the two need in the head of a page: the server's clock, and the words of ages."""
    ages = {
        "now": say("age-now"),
        "ago": [say(f"age-{unit}-ago") for unit in ("seconds", "minutes", "hours", "days")],
        "soon": [say(f"age-{unit}-soon") for unit in ("seconds", "minutes", "hours", "days")],
    }
    now_ms = round(datetime.now(UTC).timestamp() * 1000)
    return f"<script>window.loaSkew={now_ms}-Date.now();window.loaAges={json.dumps(ages)}</script>"
