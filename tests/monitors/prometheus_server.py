"""Debian's Prometheus and VictoriaMetrics with a history written into them."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from tests.monitors.processes import HOST, folder, free_port, process

#: Label values → (UTC seconds, value), in order.
Series = Mapping[str, Iterable[tuple[int, float]]]


def _lines(name: str, label: str, series: Series, scale: int) -> Iterator[str]:
    for value, samples in series.items():
        yield from (f'{name}{{{label}="{value}"}} {number:g} {at * scale}' for at, number in samples)


@contextmanager
def prometheus_server(name: str, label: str, series: Series) -> Iterator[str]:
    """Prometheus with the metric ``name`` back-filled by promtool; yields its address."""
    with folder("prom") as made:
        text = "\n".join([f"# TYPE {name} gauge", *_lines(name, label, series, 1), "# EOF", ""])
        (made / "om.txt").write_text(text, encoding="utf-8")
        fill = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(made / "om.txt"), str(made / "tsdb")]
        subprocess.run(fill, check=True, capture_output=True)
        (made / "prometheus.yml").write_text("scrape_configs: []\n", encoding="ascii")
        port = free_port()
        command = [
            "prometheus",
            f"--config.file={made / 'prometheus.yml'}",
            f"--storage.tsdb.path={made / 'tsdb'}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address={HOST}:{port}",
        ]
        with process(command, made / "log", lambda: _answers(f"http://{HOST}:{port}/-/ready")):
            yield f"http://{HOST}:{port}"


@contextmanager
def victoria_server(name: str, label: str, series: Series) -> Iterator[str]:
    """VictoriaMetrics with the metric imported over HTTP; yields its address."""
    with folder("vm") as made:
        port = free_port()
        address = f"http://{HOST}:{port}"
        command = [
            "victoria-metrics",
            f"-storageDataPath={made / 'data'}",
            f"-httpListenAddr={HOST}:{port}",
            "-retentionPeriod=100y",
        ]
        with process(command, made / "log", lambda: _answers(f"{address}/health")):
            text = "\n".join(_lines(name, label, series, 1000)) + "\n"
            with urllib.request.urlopen(f"{address}/api/v1/import/prometheus", text.encode(), timeout=60):
                pass
            _answers(f"{address}/internal/force_flush")
            yield address


def _answers(address: str) -> bool:
    with urllib.request.urlopen(address, timeout=10) as reply:
        return bool(reply.status == 200)
