"""The page: HTML by itself, without a script, read again by the browser every half minute."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from gateway.status.look import Look, QueueState
from gateway.status.prometheus import Sample

REFRESH_SECONDS = 30

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

OUTBOX_SECONDS = 120.0
OVERDUE_SECONDS = 120.0
STALE_SECONDS = 900.0

_STYLE = """
body{font:15px/1.4 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222;background:#fff}
table{border-collapse:collapse;margin:.5em 0 1.5em}td,th{padding:.2em 1em .2em 0;text-align:left;vertical-align:top}
.bad{color:#b00020;font-weight:600}.good{color:#1b6e3a}.unknown{color:#777}
"""


@dataclass(frozen=True)
class Cell:
    """A text, and whether it is good or bad; None: neither."""

    text: str
    is_good: bool | None = None


Row = Sequence[Cell | str]


def render(seen: Look) -> str:
    """The whole page."""
    verdict = _verdict(seen)
    parts = [
        f'<p class="{"good" if verdict.is_good else "bad"}">{escape(verdict.text)}</p>',
        f"<p>As of {seen.at:%Y-%m-%d %H:%M:%S} UTC. What to do: docs/runbook.md.</p>",
        *_section("Alerts", ("alert", "severity", "of"), _alerts(seen), seen, if_none="None is firing."),
        *_section("Services", ("service", "process", "answers"), _services(seen), seen),
        "<h2>Servers, as the gateway sees them</h2>",
        _table(("server", "answers"), ((name, _yes(holds)) for name, holds in seen.servers.items())),
        *_section("Objectives, last hour", ("objective", "good", "promised", "budget burns"), _objectives(seen), seen),
        *_section("Freshness", ("resource", "cabinets late", "oldest", "newest"), _freshness(seen), seen),
        "<h2>Queues</h2>",
        _queue_table(seen.queues),
        "<h2>Outboxes</h2>",
        _table(("service", "oldest event waits"), _outboxes(seen)),
        *_section("Messages", ("channel", "open", "overdue"), _messages(seen), seen),
        *_section("Figures", ("kind", "wait for"), _figures(seen), seen),
        "<h2>What this page cannot know</h2>",
        "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in _unknown(seen)) + "</ul>",
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">'
        f'<meta name="viewport" content="width=device-width"><title>Pulse: {escape(verdict.text)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Pulse</h1>{''.join(parts)}</body></html>"
    )


def troubles(seen: Look) -> list[str]:
    """What is wrong, in words; empty: nothing that can be seen."""
    found = [f"{name} does not answer" for name, holds in seen.servers.items() if not holds]
    found += [
        f"{each.labels.get('job', '?')} at {each.labels.get('instance', '?')} is down"
        for each in _samples(seen, "up")
        if each.value == 0
    ]
    found += sorted({f"alert {each.labels.get('alertname', '?')}" for each in _samples(seen, "alerts")})
    for queue in seen.queues or ():
        if queue.consumers == 0:
            found.append(f"nobody consumes {queue.name}")
        if queue.dead:
            found.append(f"{queue.dead} dead letters of {queue.name}")
    if seen.outbox_seconds is not None and seen.outbox_seconds > OUTBOX_SECONDS:
        found.append("events of the gateway wait for the broker")
    return found


def _verdict(seen: Look) -> Cell:
    found = troubles(seen)
    if found:
        return Cell("Something is wrong: " + "; ".join(found), False)
    if seen.known is None:
        return Cell("Nothing is wrong that the gateway can see by itself", True)
    waiting = round(sum(each.value for each in _samples(seen, "open")))
    return Cell(f"All is well; {waiting:,} messages wait to be sent" if waiting else "All is well", True)


def _section(
    title: str, head: Sequence[str], rows: Sequence[Row], seen: Look, if_none: str = "Nothing is known."
) -> Iterable[str]:
    yield f"<h2>{escape(title)}</h2>"
    if seen.known is None:
        yield '<p class="unknown">Not known: ' + escape(_why_not(seen)) + "</p>"
    elif rows:
        yield _table(head, rows)
    else:
        yield f'<p class="unknown">{escape(if_none)}</p>'


def _why_not(seen: Look) -> str:
    return "Prometheus does not answer." if seen.has_prometheus else "PROMETHEUS_URL is not set."


def _table(head: Sequence[str], rows: Iterable[Row]) -> str:
    def cell(value: Cell | str) -> str:
        shown = value if isinstance(value, Cell) else Cell(value)
        style = "" if shown.is_good is None else f' class="{"good" if shown.is_good else "bad"}"'
        return f"<td{style}>{escape(shown.text)}</td>"

    body = "".join("<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>{body}</table>"


def _samples(seen: Look, name: str) -> Sequence[Sample]:
    return () if seen.known is None else seen.known.get(name, ())


def _by(seen: Look, name: str, label: str) -> dict[str, float]:
    return {each.labels.get(label, ""): each.value for each in _samples(seen, name)}


def _alerts(seen: Look) -> list[Row]:
    hidden = {"__name__", "alertname", "alertstate", "severity"}
    return [
        (
            Cell(each.labels.get("alertname", ""), False),
            each.labels.get("severity", ""),
            ", ".join(f"{name} {value}" for name, value in sorted(each.labels.items()) if name not in hidden),
        )
        for each in sorted(_samples(seen, "alerts"), key=lambda each: sorted(each.labels.items()))
    ]


def _services(seen: Look) -> list[Row]:
    return [
        (each.labels.get("job", ""), each.labels.get("instance", ""), _yes(each.value == 1))
        for each in sorted(_samples(seen, "up"), key=lambda each: sorted(each.labels.items()))
    ]


def _objectives(seen: Look) -> list[Row]:
    budgets = _by(seen, "budgets", "objective")
    rows: list[Row] = []
    for name, errors in sorted(_by(seen, "errors", "objective").items()):
        budget = budgets.get(name, math.nan)
        good = Cell(f"{1 - errors:.3%}", errors <= budget)
        rows.append((name, good, f"{1 - budget:.1%}", f"{errors / budget:.1f} × as fast as it may"))
    return rows


def _freshness(seen: Look) -> list[Row]:
    oldest, newest = _by(seen, "oldest", "resource"), _by(seen, "newest", "resource")
    return [
        (name, Cell(f"{late:.0f}", late == 0), _span(oldest.get(name)), _span(newest.get(name)))
        for name, late in sorted(_by(seen, "late", "resource").items())
    ]


def _queue_table(queues: Sequence[QueueState] | None) -> str:
    if queues is None:
        return '<p class="bad">Not known: the broker does not answer.</p>'
    return _table(
        ("queue", "messages", "consumers", "dead letters"),
        (
            (
                each.name,
                str(each.messages),
                Cell(str(each.consumers), each.consumers > 0),
                Cell(str(each.dead), each.dead == 0),
            )
            for each in queues
        ),
    )


def _outboxes(seen: Look) -> list[Row]:
    ages: dict[str, float | None] = {"gateway": seen.outbox_seconds, **_by(seen, "outboxes", "job")}
    return [
        (name, Cell(_span(age), None if age is None else age <= OUTBOX_SECONDS)) for name, age in sorted(ages.items())
    ]


def _messages(seen: Look) -> list[Row]:
    waiting = _by(seen, "open", "channel")
    return [
        (name, f"{waiting.get(name, 0):.0f}", Cell(_span(overdue), overdue <= OVERDUE_SECONDS))
        for name, overdue in sorted(_by(seen, "overdue", "channel").items())
    ]


def _figures(seen: Look) -> list[Row]:
    return [(name, Cell(_span(age), age <= STALE_SECONDS)) for name, age in sorted(_by(seen, "stale", "kind").items())]


def _unknown(seen: Look) -> list[str]:
    found = ["How any single seller fares: see the administrators' interface."]
    if seen.known is None:
        found.append(f"Other services, objectives, freshness, messages and figures. {_why_not(seen)}")
        found.append("Whether other processes answer: only that their queues have consumers.")
    else:
        missing = [name for name in ("up", "alerts", "errors", "late") if name not in seen.known]
        found += [f"{name}: Prometheus refused to say." for name in missing]
    if seen.queues is None:
        found.append("Queues and dead letters: the broker does not answer.")
    return found


def _yes(holds: bool) -> Cell:
    return Cell("yes" if holds else "no", holds)


def _span(seconds: float | None) -> str:
    if seconds is None or math.isnan(seconds):
        return "not known"
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
