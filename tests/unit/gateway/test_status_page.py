"""The page of how everything fares: what it says of what was seen, and of what could not be."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from gateway.status.look import Look, QueueState
from gateway.status.page import HEADERS, render, troubles
from gateway.status.prometheus import Known, Sample

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def queue(consumers: int = 1, dead: int = 0) -> QueueState:
    return QueueState("reporter.orders", "reporter", 3, consumers, dead)


def seen(**fields: Any) -> Look:
    return Look(
        **{
            "at": AT,
            "servers": {"postgres": True, "rabbitmq": True, "redis": True},
            "queues": [queue()],
            "outbox_seconds": 0.0,
            "has_prometheus": True,
            "known": known(),
            **fields,
        }
    )


def known(**found: list[Sample]) -> Known:
    """What Prometheus says where all is well, but for what is found."""
    return {
        "alerts": [],
        "up": [Sample({"job": job, "instance": "a:1"}, 1) for job in ("gateway", "ingestor")],
        "errors": [Sample({"objective": "availability"}, 0.0001)],
        "budgets": [Sample({"objective": "availability"}, 0.001)],
        "late": [Sample({"resource": "orders"}, 0)],
        "oldest": [Sample({"resource": "orders"}, 90)],
        "newest": [Sample({"resource": "orders"}, 20)],
        "outboxes": [Sample({"job": "ingestor"}, 7)],
        "overdue": [Sample({"channel": "telegram"}, 0)],
        "open": [Sample({"channel": "telegram"}, 4)],
        "stale": [Sample({"kind": "cells"}, 30)],
        "stopped": [],
        **found,
    }


def texts(page: str) -> str:
    """What a reader sees, cell by cell."""
    return re.sub(r"\s*(<[^>]+>\s*)+", "|", page)


def test_where_all_is_well_it_says_so_and_shows_everything() -> None:
    shown = texts(render(seen()))
    assert "|All is well; 4 messages wait to be sent|" in shown
    nothing_waits = known(open=[Sample({"channel": "telegram"}, 0)])
    assert "|All is well|" in texts(render(seen(known=nothing_waits)))
    assert "|2026-01-02 03:04:05" in shown.replace("As of ", "|")
    for row in (
        "|ingestor|a:1|yes|",
        "|availability|99.990%|99.9%|0.1 × as fast as it may|",
        "|orders|0|90 s|20 s|",
        "|reporter.orders|3|1|0|",
        "|ingestor|7 s|",
        "|telegram|4|0 s|",
        "|cells|30 s|",
    ):
        assert row in shown, row


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"servers": {"postgres": False}}, "postgres does not answer"),
        ({"queues": [queue(consumers=0)]}, "nobody consumes reporter.orders"),
        ({"queues": [queue(dead=2)]}, "2 dead letters of reporter.orders"),
        ({"outbox_seconds": 500.0}, "events of the gateway wait"),
        ({"known": known(up=[Sample({"job": "notifier", "instance": "b:2"}, 0)])}, "notifier at b:2 is down"),
        ({"known": known(alerts=[Sample({"alertname": "ApiFails", "severity": "page"}, 1)])}, "alert ApiFails"),
    ],
)
def test_what_is_wrong_is_said_first(what: dict[str, Any], said: str) -> None:
    assert troubles(seen()) == []
    [trouble] = troubles(seen(**what))
    assert said in trouble
    page = render(seen(**what))
    assert f"<title>Pulse: Something is wrong: {trouble}</title>" in page
    assert texts(page).index(trouble) < texts(page).index("Alerts")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"known": None, "has_prometheus": False}, "PROMETHEUS_URL is not set"),
        ({"known": None}, "Prometheus does not answer"),
    ],
)
def test_without_prometheus_it_says_what_it_does_not_know_and_shows_the_rest(fields: dict[str, Any], why: str) -> None:
    shown = texts(render(seen(**fields)))
    assert "All is well" not in shown
    assert "Nothing is wrong that the gateway can see by itself" in shown
    assert shown.count(why) >= 6
    assert "|reporter.orders|3|1|0|" in shown
    assert "|gateway|0 s|" in shown


def test_without_the_broker_queues_are_not_known_rather_than_empty() -> None:
    shown = texts(render(seen(queues=None, outbox_seconds=None)))
    assert "the broker does not answer" in shown
    assert "|gateway|not known|" in shown


def test_what_prometheus_refuses_to_say_is_named() -> None:
    known_less = {name: found for name, found in known().items() if name != "alerts"}
    assert "alerts: Prometheus refused to say" in render(seen(known=known_less))


def test_it_has_no_script_loads_nothing_and_what_others_named_stays_text() -> None:
    hostile = '<script>alert("x")</script>'
    page = render(seen(known=known(alerts=[Sample({"alertname": hostile, "method": hostile}, 1)])))
    assert hostile not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|<img|<link|\bsrc=|\bhref=|\bon\w+=", page)
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'")
