"""One airing at one receiver: how far it came, told only by what was heard back.

News comes twice, late and out of order. A delivery only ever moves along `MOVES`; news that would move it elsewhere
changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from devices.messages import Failed, Finished, Missed, ReceiverReport, Started, State
from devices.vocabulary import START_WINDOW, ClipHash, Outcome, Part


class DeliveryState(StrEnum):
    """How far one airing came at one receiver."""

    PLANNED = "planned"
    """In the server's books; no carrier has taken the plan yet."""
    SENT = "sent"
    """The broker took the plan; the receiver has not spoken of it."""
    RECEIVED = "received"
    """The receiver holds the plan; the sound is still missing."""
    READY = "ready"
    """The receiver holds the plan and the sound."""
    PLAYING = "playing"
    PLAYED = "played"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    MISSED = "missed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    """Taken back by a person before it began."""
    UNKNOWN = "unknown"
    """Its time has passed and the receiver has said nothing: no report is a result too."""


_D = DeliveryState
WAITING: Final = (_D.PLANNED, _D.SENT, _D.RECEIVED, _D.READY)
"""What has not begun yet, in the order of the way."""
ENDED: Final = frozenset({_D.PLAYED, _D.STOPPED, _D.INTERRUPTED, _D.MISSED, _D.FAILED})
"""Results the receiver itself reported: only a sound that goes on after all changes them."""
OVER: Final = frozenset({_D.PLAYED, _D.MISSED})
"""Results after which nothing sounds any more: what was broken off or failed may go on while there is time."""

_REPORTED: Final = frozenset({_D.PLAYING}) | ENDED
MOVES: Final[dict[DeliveryState, frozenset[DeliveryState]]] = {
    _D.PLANNED: frozenset({_D.SENT, _D.RECEIVED, _D.READY, _D.WITHDRAWN, _D.UNKNOWN}) | _REPORTED,
    _D.SENT: frozenset({_D.RECEIVED, _D.READY, _D.WITHDRAWN, _D.UNKNOWN}) | _REPORTED,
    _D.RECEIVED: frozenset({_D.READY, _D.WITHDRAWN, _D.UNKNOWN}) | _REPORTED,
    # a receiver that loses its disk loses the sound again
    _D.READY: frozenset({_D.RECEIVED, _D.WITHDRAWN, _D.UNKNOWN}) | _REPORTED,
    _D.PLAYING: ENDED | {_D.UNKNOWN},
    # it may have sounded before word of the withdrawal came
    _D.WITHDRAWN: _REPORTED,
    _D.UNKNOWN: _REPORTED,
    **{ended: frozenset() for ended in ENDED},
    # what a hold broke off goes on when it is released in time
    _D.STOPPED: frozenset({_D.PLAYING, _D.PLAYED}),
    # a receiver that gave up on a start may yet tell of a resumed sound
    _D.INTERRUPTED: frozenset({_D.PLAYING, _D.PLAYED, _D.STOPPED}),
    # sound that could not be had, or an alarm's words, may come while there is still time
    _D.FAILED: frozenset({_D.PLAYING, _D.PLAYED, _D.STOPPED, _D.INTERRUPTED}),
}

_OUTCOMES: Final[dict[Outcome, DeliveryState]] = {
    Outcome.PLAYED: _D.PLAYED,
    Outcome.INTERRUPTED: _D.INTERRUPTED,
    Outcome.STOPPED: _D.STOPPED,
    Outcome.PREEMPTED: _D.INTERRUPTED,
}

REPORT_GRACE: Final = timedelta(seconds=60)
"""How long after its last possible end a report may take before the result is called unknown."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One airing (or alarm) at one receiver. `news_at` is when the server last heard anything of it."""

    subject: str
    receiver: str
    state: DeliveryState
    planned_at: datetime
    news_at: datetime
    started_at: datetime | None = None
    start_error_ms: float | None = None
    played_ms: int | None = None
    why: str = ""


def move(delivery: Delivery, to: DeliveryState, now: datetime, why: str = "") -> Delivery:
    """The delivery in its new state, or unchanged where `MOVES` has no such move."""
    if to not in MOVES[delivery.state]:
        return delivery
    return replace(delivery, state=to, news_at=now, why=why)


def after_report(delivery: Delivery, report: ReceiverReport, now: datetime) -> Delivery:
    """What a report makes of the delivery it speaks of. Taken twice or late, it changes nothing more.

    An alarm is heard once its words have sounded; a siren that ends well is only its beginning.
    """
    match report:
        case Started():
            return _after_start(delivery, report, now)
        case Finished(part=Part.SIREN, outcome=Outcome.PLAYED):
            return _begun(delivery, report.started_at, now)
        case Finished():
            moved = move(delivery, _OUTCOMES[report.outcome], now, _why(report))
            if moved is delivery:
                return delivery
            # what is there already was played before an interruption
            played = report.played_ms + (delivery.played_ms or 0)
            return replace(moved, played_ms=played, started_at=delivery.started_at or report.started_at)
        case Missed():
            return move(delivery, _D.MISSED, now, report.why)
        case Failed():
            return move(delivery, _D.FAILED, now, report.why)
        case _:
            return delivery


def _after_start(delivery: Delivery, report: Started, now: datetime) -> Delivery:
    moved = _begun(delivery, report.started_at, now)
    if report.part is Part.WORDS or (delivery.started_at is not None and report.started_at != delivery.started_at):
        return moved
    error = report.start_error_ms if moved.start_error_ms is None else moved.start_error_ms
    if moved is delivery and (error, report.started_at) == (delivery.start_error_ms, delivery.started_at):
        return delivery
    return replace(moved, started_at=moved.started_at or report.started_at, start_error_ms=error)


def _begun(delivery: Delivery, started_at: datetime | None, now: datetime) -> Delivery:
    """Playing, unless it is over and this start is the one that is known: then it comes late."""
    known = delivery.started_at
    if delivery.state in ENDED and (started_at is None or (known is not None and started_at <= known)):
        return delivery
    moved = move(delivery, _D.PLAYING, now)
    return moved if moved is delivery or known is not None else replace(moved, started_at=started_at)


def _why(report: Finished) -> str:
    return "" if report.outcome is Outcome.PLAYED else report.outcome.value


def after_state(delivery: Delivery, state: State, clip: ClipHash, number: int, target: str, now: datetime) -> Delivery:
    """What a receiver's State tells of a waiting delivery whose plan for `target` has that `number`."""
    if delivery.state not in WAITING or state.plans.get(target, 0) < number:
        return delivery
    held = _D.RECEIVED if clip in state.missing else _D.READY
    return delivery if held is delivery.state else move(delivery, held, now)


def after_silence(delivery: Delivery, seconds: float, now: datetime) -> Delivery:
    """Unknown, once the last moment has passed at which a sound of `seconds` could have ended and been reported."""
    last = delivery.planned_at + START_WINDOW + timedelta(seconds=seconds) + REPORT_GRACE
    return move(delivery, _D.UNKNOWN, now, "no-report") if now > last else delivery
