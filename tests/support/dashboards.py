"""What rules and dashboards ask Prometheus."""

import json
from collections.abc import Iterator
from typing import Any

import yaml
from observability.files import FOLDER

Rule = dict[str, Any]


def rules() -> list[Rule]:
    """Of all files, recording and alerting ones."""
    files = sorted((FOLDER / "rules").glob("*.yml"))
    groups = [group for path in files for group in yaml.safe_load(path.read_text())["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def recorded() -> set[str]:
    """The names of recorded series."""
    return {rule["record"] for rule in rules() if "record" in rule}


def dashboards() -> list[dict[str, Any]]:
    """As Grafana takes them."""
    return [json.loads(path.read_text()) for path in sorted((FOLDER / "dashboards").glob("*.json"))]


def expressions() -> Iterator[tuple[str, str]]:
    """Where each stands, and it."""
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for dashboard in dashboards():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                if "expr" in target:
                    yield f"{dashboard['title']}: {panel['title']}", target["expr"]
