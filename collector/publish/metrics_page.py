"""The page that Prometheus scrapes: a prepared snapshot through a registry of its own, in the text format."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from collector.publish.metrics_families import FAMILIES, Samples

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_TYPES = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}


class _Prepared(Collector):
    """A custom collector: what vanished since the last snapshot is gone, as labelled gauges would not be."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def collect(self) -> Iterator[Metric]:
        """Every family that has series, in the order of FAMILIES."""
        for name, family in FAMILIES.items():
            found = self._samples.values.get(name)
            if not found:
                continue
            metric = _TYPES[family.kind](name, family.help, labels=family.labels)
            for labels, value in found:
                metric.add_metric(labels, value)
            yield metric


def page(samples: Samples) -> bytes:
    """The whole page."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Prepared(samples))
    return generate_latest(registry)
