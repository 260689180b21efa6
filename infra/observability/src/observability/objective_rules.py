"""The rules of the objectives, as a file for Prometheus."""

from collections.abc import Iterator

from observability.objectives import BURNS, LEVELS, OBJECTIVES, RUNBOOK, WINDOWS, Objective, record_of

HEAD = """\
# Written by `python -m observability write` from objectives.py; a check fails where they differ.
groups:
  - name: freshness
    interval: 30s
    rules:
      # Of all cabinets and resources, how many are late: the same of each process, so none is added up.
      - record: pulse:late:ratio
        expr: |-
          sum(max by (resource) (pulse_sync_late))
          / (count(max by (resource) (pulse_sync_late)) * on () (max(pulse_cabinets_read) > 0))
"""


def rules() -> str:
    """The whole file."""
    return HEAD + "".join([*_records(), *_alerts()])


def _records() -> Iterator[str]:
    for objective in OBJECTIVES:
        yield f"  - name: objective-{objective.name}\n    interval: 30s\n    rules:\n"
        yield f"      # {objective.meaning}\n"
        yield (
            "      - record: pulse:objective_budget:ratio\n"
            f"        labels: {{objective: {objective.name}}}\n"
            f"        expr: vector({objective.budget:g})\n"
        )
        for window in WINDOWS:
            yield (
                f"      - record: {record_of(window)}\n"
                f"        labels: {{objective: {objective.name}}}\n"
                f"        expr: |-\n          {objective.errors.replace('$window', window)}\n"
            )


def _alerts() -> Iterator[str]:
    yield "  - name: objective-alerts\n    rules:\n"
    for objective in OBJECTIVES:
        if objective.name in LEVELS:
            yield _alert(objective, f"{_errors(objective, '1h')} > {objective.budget:g}", "ticket", "30m")
            continue
        for severity in ("page", "ticket"):
            burns = [
                f"({_errors(objective, burn.long)} > {burn.factor * objective.budget:.6g}"
                f" and {_errors(objective, burn.short)} > {burn.factor * objective.budget:.6g})"
                for burn in BURNS
                if burn.severity == severity
            ]
            yield _alert(objective, "\n          or ".join(burns), severity, "2m" if severity == "page" else "15m")


def _errors(objective: Objective, window: str) -> str:
    return f'{record_of(window)}{{objective="{objective.name}"}}'


def _alert(objective: Objective, expression: str, severity: str, lasting: str) -> str:
    return (
        f"      - alert: {objective.alert}\n"
        f"        expr: |-\n          {expression}\n"
        f"        for: {lasting}\n"
        f"        labels: {{severity: {severity}}}\n"
        "        annotations:\n"
        f'          summary: "{objective.summary}: {{{{ $value | humanizePercentage }}}}"\n'
        f"          runbook: {RUNBOOK}#{objective.alert.lower()}\n"
    )
