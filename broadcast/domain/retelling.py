"""What all reports of one delivery together make of it, in whatever order they came."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from broadcast.domain.deliveries import Delivery, DeliveryState, after_report
from devices.messages import ReceiverReport


def retold(delivery: Delivery, reports: Iterable[ReceiverReport], now: datetime) -> Delivery:
    """The delivery as its reports tell it, each number given once; unchanged where they tell nothing.

    What the server assumed meanwhile (unknown, withdrawn) gives way to what was heard back.
    """
    untold = replace(delivery, state=DeliveryState.SENT, started_at=None, start_error_ms=None, played_ms=None, why="")
    told = untold
    for report in in_order(reports):
        told = after_report(told, report, now)
    unchanged = replace(told, news_at=delivery.news_at) == delivery
    return delivery if told is untold or unchanged else told


def in_order(reports: Iterable[ReceiverReport]) -> list[ReceiverReport]:
    """As they were written: by number inside a journal, the journals by their earliest moment."""
    every = list(reports)
    begins: dict[str, datetime] = {}
    for report in every:
        begins[report.journal] = min(report.at, begins.get(report.journal, report.at))
    return sorted(every, key=lambda r: (begins[r.journal], r.journal, r.number))
