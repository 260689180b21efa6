"""What Prometheus and the gateway's page say of a running installation."""

import json
import os
import re
import signal
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from demo.installation import Installation
from local import processes, prometheus

SPANS = re.compile(r"(?<=for: )(\d+)([mhd])\b|(?<=\boffset )(\d+)([mhd])\b|(?<=\[)(\d+)([mhd])(?=\])")

EVALUATION = "5s"


def firing(pulse: Installation) -> set[str]:
    """The names of alerts that fire now."""
    answer = httpx.get(f"{pulse.platform.prometheus_url}/api/v1/alerts", timeout=10).raise_for_status().json()
    return {each["labels"]["alertname"] for each in answer["data"]["alerts"] if each["state"] == "firing"}


def verdict(pulse: Installation) -> str:
    """The first line of `/status`, or why there is none."""
    address = pulse.platform.metrics_url("gateway").removesuffix("/metrics") + "/status"
    try:
        page = httpx.get(address, timeout=10).raise_for_status().text
    except httpx.HTTPError as error:
        return f"no page: {type(error).__name__}"
    found = re.search(r"<h1>Pulse</h1><p[^>]*>(.*?)</p>", page)
    return unescape(found[1]) if found else "a page without a verdict"


def hasten(pulse: Installation, factor: float) -> None:
    """Let Prometheus take rules whose spans (how long, over how long, since when) are so many times shorter.

    Levels stay: what is to be older than two minutes is older than two minutes.
    """
    hastened = pulse.platform.instance.server_folder(prometheus.NAME) / "hastened"
    hastened.mkdir(exist_ok=True)
    for path in (pulse.platform.instance.root / prometheus.RULES).glob("*.yml"):
        (hastened / path.name).write_text(shortened(path.read_text(), factor))

    def change(configuration: dict[str, Any]) -> dict[str, Any]:
        faster = configuration["global"] | {"evaluation_interval": EVALUATION}
        return configuration | {"rule_files": [str(hastened / "*.yml")], "global": faster}

    reconfigure(pulse, change)


def reconfigure(pulse: Installation, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Let Prometheus go on with a changed configuration; the one before."""
    folder = pulse.platform.instance.server_folder(prometheus.NAME)
    before: dict[str, Any] = json.loads((folder / "prometheus.yml").read_text())
    (folder / "prometheus.yml").write_text(json.dumps(change(before)))
    pid = processes.running(Path(pulse.platform.instance.folder / prometheus.NAME / "process.json"))
    if pid is None:
        raise RuntimeError("Prometheus has ended")
    os.kill(pid, signal.SIGHUP)
    return before


def shortened(rules: str, factor: float) -> str:
    """The text of rules with shorter spans, of 15 s at least: three scrapes."""

    def shorter(found: re.Match[str]) -> str:
        number, unit = next((found[at], found[at + 1]) for at in (1, 3, 5) if found[at])
        seconds = int(number) * {"m": 60, "h": 3600, "d": 86400}[unit]
        return f"{max(15, round(seconds / factor))}s"

    # Looked at as often as there are figures, or the shortest spans would hold none.
    return SPANS.sub(shorter, rules).replace("interval: 30s", f"interval: {EVALUATION}")
