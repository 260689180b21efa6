"""Panels of Grafana: what each shows, and their JSON, laid out in rows of a page 24 wide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

PROMETHEUS = {"type": "prometheus", "uid": "pulse-prometheus"}
POSTGRES = {"type": "grafana-postgresql-datasource", "uid": "pulse-postgres"}

WIDTH = 24
HEIGHT = 8

Unit = Literal["short", "s", "percentunit", "reqps", "bytes", "d", "ops"]


@dataclass(frozen=True)
class Panel:
    """Lines over time, unless `kind` says otherwise.

    `queries` are expressions of PromQL by their legends, in which `{{label}}` stands for a label. `limit` is the value
    from which on it is bad. `about` says what to make of it.
    """

    title: str
    queries: dict[str, str]
    about: str
    unit: Unit = "short"
    kind: Literal["timeseries", "stat", "bargauge", "table"] = "timeseries"
    limit: float | None = None
    width: int = 8

    def json(self) -> dict[str, Any]:
        """Without its place."""
        steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
        if self.limit is not None:
            steps.append({"color": "red", "value": self.limit})
        shown: dict[str, Any] = {"drawStyle": "line", "fillOpacity": 10, "showPoints": "never"}
        if self.limit is not None:
            shown["thresholdsStyle"] = {"mode": "line"}
        panel: dict[str, Any] = {
            "title": self.title,
            "description": self.about,
            "type": self.kind,
            "datasource": PROMETHEUS,
            "targets": [
                {"refId": chr(ord("A") + place), "datasource": PROMETHEUS, "expr": expr, "legendFormat": legend}
                for place, (legend, expr) in enumerate(self.queries.items())
            ],
            "fieldConfig": {
                "defaults": {"unit": self.unit, "thresholds": {"mode": "absolute", "steps": steps}, "custom": shown},
                "overrides": [],
            },
        }
        if self.kind != "timeseries":
            del panel["fieldConfig"]["defaults"]["custom"]
            panel["options"] = {"reduceOptions": {"calcs": ["lastNotNull"]}}
        if self.kind == "table":
            del panel["options"]
            for target in panel["targets"]:
                target |= {"instant": True, "format": "table"}
        return panel


@dataclass(frozen=True)
class Table:
    """A table of what PostgreSQL answers."""

    title: str
    sql: str
    about: str
    width: int = WIDTH

    def json(self) -> dict[str, Any]:
        """Without its place."""
        target = {"refId": "A", "datasource": POSTGRES, "rawQuery": True, "format": "table", "rawSql": self.sql}
        return {
            "title": self.title,
            "description": self.about,
            "type": "table",
            "datasource": POSTGRES,
            "targets": [target],
            "fieldConfig": {"defaults": {}, "overrides": []},
        }


@dataclass(frozen=True)
class Dashboard:
    """A page of panels; with `asks` it has a field to write that in, which queries name as `$asks`."""

    uid: str
    title: str
    panels: Sequence[Panel | Table]
    asks: str | None = None

    def json(self) -> dict[str, Any]:
        """As Grafana takes it from a file."""
        placed = []
        left = top = 0
        for number, panel in enumerate(self.panels, start=1):
            if left + panel.width > WIDTH:
                left, top = 0, top + HEIGHT
            place = {"x": left, "y": top, "w": panel.width, "h": HEIGHT}
            placed.append({"id": number, "gridPos": place, **panel.json()})
            left += panel.width
        asked = [] if self.asks is None else [{"name": self.asks, "type": "textbox", "label": self.asks, "query": ""}]
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["pulse"],
            "schemaVersion": 39,
            "editable": False,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "links": [{"title": "Pulse", "type": "dashboards", "tags": ["pulse"], "asDropdown": True}],
            "templating": {"list": asked},
            "panels": placed,
        }
