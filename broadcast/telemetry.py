"""What the house tells those who look after it: structured logs and figures for Prometheus.

Nothing secret is ever an argument of a log line; what may slip in by name is struck out all the same.
"""

import logging
import sys
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_SECRET: Final = ("password", "secret", "token", "private", "cookie")
_QUIET: Final = {"apscheduler": "WARNING", "alembic": "WARNING", "uvicorn": "WARNING", "httpx": "WARNING"}


def start_logs(how: Literal["readable", "json"], level: str, file: Path | None = None) -> None:
    """Send all logs, ours and the libraries', to standard error or a file: one line each, for people or as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        strike_secrets,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if how == "json"
        else structlog.dev.ConsoleRenderer(colors=file is None and sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    dress: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if how == "json":
        dress.append(structlog.processors.format_exc_info)
    if file is None:
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
    else:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*dress, last]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, floor in _QUIET.items():
        logging.getLogger(name).setLevel(floor)


def strike_secrets(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's own signature
    """Replace the value of everything whose name sounds secret."""
    for key in line:
        if any(word in key.lower() for word in _SECRET):
            line[key] = "***"
    return line


@dataclass(frozen=True)
class Figures:
    """Where the figures are read from, at the moment somebody asks."""

    receivers: Callable[[], dict[str, int]]
    """Receivers by what is known of them: online, offline, unknown."""
    link_up: Callable[[], bool]
    broker_serving: Callable[[], bool]
    broker_restarts: Callable[[], int]
    refused: Callable[[], dict[str, int]]
    """Messages refused since the start, by reason."""
    reports: Callable[[], int]
    reports_dropped: Callable[[], int]
    receivers_refused: Callable[[], dict[str, int]]
    """Messages that receivers refused since the server started, by reason."""
    ledger_failed: Callable[[], bool]
    publishes: Callable[[], int]
    alarms: Callable[[], int]
    jobs_failed: Callable[[], int]


METRICS: Final = {
    "loalang_receivers": "Receivers by presence (online, offline, unknown)",
    "loalang_link_up": "Whether the server is connected to the broker and its subscriptions are granted",
    "loalang_broker_serving": "Whether a message sent to ourselves through the embedded broker comes back",
    "loalang_broker_restarts_total": "Restarts of the embedded broker since the server started",
    "loalang_wire_refused_total": "Messages from receivers that were refused, by reason",
    "loalang_reports_total": "Reports of receivers taken into the books since the server started",
    "loalang_reports_dropped_total": "Reports not stored for want of room or disk; receivers send them again",
    "loalang_receiver_refused_total": "Messages that receivers refused and told of, by reason: above 0, find out why",
    "loalang_alarm_ledger_failed": "Whether the alarms' own file could not be written the last time",
    "loalang_publishes_total": "Signed messages the broker has taken since the server started",
    "loalang_alarms_in_force": "Alarms in force",
    "loalang_jobs_failed_total": "Recurring jobs that ended with an error since the server started",
}
"""Every figure with its meaning; `docs/reference.md` repeats them, and a test compares."""


class _Reader(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        f = self._figures
        yield _gauge("loalang_receivers", f.receivers(), "presence")
        yield _gauge("loalang_link_up", float(f.link_up()))
        yield _gauge("loalang_broker_serving", float(f.broker_serving()))
        yield _counter("loalang_broker_restarts_total", f.broker_restarts())
        yield _counter("loalang_wire_refused_total", f.refused(), "why")
        yield _counter("loalang_reports_total", f.reports())
        yield _counter("loalang_reports_dropped_total", f.reports_dropped())
        yield _counter("loalang_receiver_refused_total", f.receivers_refused(), "why")
        yield _gauge("loalang_alarm_ledger_failed", float(f.ledger_failed()))
        yield _counter("loalang_publishes_total", f.publishes())
        yield _gauge("loalang_alarms_in_force", f.alarms())
        yield _counter("loalang_jobs_failed_total", f.jobs_failed())


def exposition(figures: Figures) -> Callable[[], bytes]:
    """What /metrics answers: the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_Reader(figures))
    return lambda: generate_latest(registry)


def _gauge(name: str, value: float | dict[str, int], label: str = "") -> Metric:
    return _filled(GaugeMetricFamily(name, METRICS[name], labels=[label] if label else None), value)


def _counter(name: str, value: float | dict[str, int], label: str = "") -> Metric:
    return _filled(CounterMetricFamily(name, METRICS[name], labels=[label] if label else None), value)


def _filled(family: GaugeMetricFamily | CounterMetricFamily, value: float | dict[str, int]) -> Metric:
    if isinstance(value, dict):
        for key, each in value.items():
            family.add_metric([key], each)
    else:
        family.add_metric([], value)
    return family
