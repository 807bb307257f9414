"""Figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from spamguard.service.problems import PROBLEM
from spamguard.service.watching import Cleaned
from spamguard.spans import CATEGORIES

# From the quickest answer to the slowest that the default settings let pass.
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What the service counts, in a registry of its own.

    Examples
    --------
    >>> metrics = Metrics()
    >>> b"spamguard_requests_total" in metrics.page()
    True
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self._registry, "namespace": "spamguard"}
        labels = ("method", "path", "status")
        requests = Counter("requests", "Requests answered", labels, **own)
        latency = Histogram("request_seconds", "Time to answer", ("path",), buckets=BUCKETS_S, **own)
        # Methods, paths and statuses are few, all of them the service's own; looking one up takes longer.
        self._counter, self._timer = cache(requests.labels), cache(latency.labels)
        self._bytes_in = Counter("received_bytes", "Bytes of bodies, as they arrived", **own)
        self._bytes_out = Counter("sent_bytes", "Bytes of answers", **own)
        self._refusals = Counter("refusals", "Requests refused, by problem", ("problem",), **own)
        self._texts = Counter("texts", "Texts cleaned, by whether anything was found", ("found",), **own)
        self._spans = Counter("spans", "Spans found", ("category",), **own)
        self._chars = Counter("text_chars", "Characters of the texts cleaned", **own)
        self._removed = Counter(
            "removed_chars", "Characters in removed stretches; the share is by text_chars", **own
        )
        self._model = Gauge("model", "1 for the model that serves", ("model",), **own)
        self._loads = Counter("model_loads", "Models loaded, by outcome", ("outcome",), **own)
        for category in CATEGORIES:
            self._spans.labels(category)

    def watch(self, name: str, said: str, value: Callable[[], float]) -> None:
        """Show a figure that is asked for when the page is."""
        Gauge(name, said, registry=self._registry, namespace="spamguard").set_function(value)

    def count_request(self, fields: dict[str, Any]) -> None:
        """Count a request by the fields of its log line."""
        path = fields["path"]
        self._counter(fields["method"], path, fields["status"]).inc()
        self._timer(path).observe(fields["duration_s"])
        self._bytes_in.inc(fields["n_bytes_in"])
        self._bytes_out.inc(fields["n_bytes_out"])
        if PROBLEM in fields:
            self._refusals.labels(fields[PROBLEM]).inc()

    def count_cleaning(self, cleaned: Cleaned) -> None:
        """Count a cleaned text."""
        text, result = cleaned.text, cleaned.result
        self._texts.labels("yes" if result.spans else "no").inc()
        self._chars.inc(len(text))
        self._removed.inc(len(text) - len(result.text))
        for span in result.spans:
            self._spans.labels(span.category).inc()

    def show_model(self, model_id: str | None) -> None:
        """Show which model begins to serve, and no other; None is one that was refused."""
        self._loads.labels("refused" if model_id is None else "serves").inc()
        if model_id is not None:
            self._model.clear()
            self._model.labels(model_id).set(1)

    def page(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)
