"""What a server counts, in the form that Prometheus reads."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from rewardkit.server.pieces import Line

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
ENDPOINTS = frozenset(
    ("/score", "/get_reward", "/verify", "/health", "/ready", "/metrics", "/docs", "/openapi.json")
)
"""Paths that are named; all others count as `other`, or a client could fill the memory."""

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """Counts of one server, in a registry of its own."""

    def __init__(
        self, restarts: Callable[[], int], held: Callable[[], int], warm: Callable[[], int]
    ) -> None:
        """Begin at 0.

        Args:
            restarts: Workers that were replaced.
            held: Rollouts in the queue and under way.
            warm: Workers that are ready.
        """
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "rewardkit_requests",
            "Requests answered, by endpoint and HTTP status; 499 is a client that went away.",
            ("endpoint", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "rewardkit_request_seconds",
            "Seconds from a request's first byte to its answer's last.",
            ("endpoint",),
            buckets=SECONDS,
            registry=registry,
        )
        self._verdicts = Counter(
            "rewardkit_verdicts",
            "Rollouts answered, by status: scored, unjudged, error.",
            ("status",),
            registry=registry,
        )
        for status in ("scored", "unjudged", "error"):
            self._verdicts.labels(status)
        ProcessCollector(registry=registry)
        registry.register(State(restarts, held, warm))

    def note_request(self, path: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        endpoint = path if path in ENDPOINTS else "other"
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def note_lines(self, lines: Iterable[Line]) -> None:
        """Count answered rollouts."""
        for line in lines:
            self._verdicts.labels(line.status).inc()

    def text(self) -> bytes:
        """All of them, as `GET /metrics` answers."""
        return generate_latest(self._registry)


class State(Collector):
    """What is read off the server's parts when it is asked for."""

    def __init__(
        self, restarts: Callable[[], int], held: Callable[[], int], warm: Callable[[], int]
    ) -> None:
        """Take the functions that tell; see [`Metrics`][rewardkit.server.metrics.Metrics]."""
        self._restarts, self._held, self._warm = restarts, held, warm

    def collect(self) -> Iterator[Metric]:
        """The numbers of this moment."""
        yield CounterMetricFamily(
            "rewardkit_worker_restarts", "Scoring workers that were replaced.", self._restarts()
        )
        yield GaugeMetricFamily(
            "rewardkit_queue_rollouts", "Rollouts accepted and not scored yet.", self._held()
        )
        yield GaugeMetricFamily(
            "rewardkit_workers_warm", "Scoring workers that are ready.", self._warm()
        )
