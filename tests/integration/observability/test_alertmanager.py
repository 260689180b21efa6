"""The committed routes in a running Alertmanager: who is told of what, in how many messages, and what is not told."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from demo.installation import wait_until
from local import alertmanager
from local.instance import Instance
from local.workspace import find_root
from support.alert_receiver import AlertReceiver, alert_receiver

ROOT = find_root()
RUNBOOK = {"summary": "…", "runbook": "docs/runbook.md#…"}


@pytest.fixture
def receiver() -> Iterator[AlertReceiver]:
    with alert_receiver() as running:
        yield running


@pytest.fixture
def api(receiver: AlertReceiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An Alertmanager that tells the receiver, in a folder with a space; what takes minutes takes a second."""
    said: list[str] = []
    binaries = alertmanager.find_or_fetch(ROOT, said.append) or pytest.fail("; ".join(said))
    routes = alertmanager.configuration({alertmanager.WEBHOOK: receiver.url})
    hurried, times = re.subn(r"group_(wait|interval): \w+", r"group_\1: 1s", routes)
    assert times == 4
    instance = Instance("told", tmp_path_factory.mktemp("a space"))
    try:
        with httpx.Client(base_url=alertmanager.start(binaries, instance, hurried)) as client:
            yield client
    finally:
        alertmanager.stop(instance)


def tell(api: httpx.Client, *alerts: dict[str, str], over: bool = False) -> None:
    """As Prometheus does when alerts begin to fire, or end."""
    now = datetime.now(UTC)
    ends = now if over else now + timedelta(minutes=4)
    told = [
        {
            "labels": {"severity": "page"} | labels,
            "annotations": RUNBOOK,
            # What has fired for longer than a group waits would be told before what silences it is known.
            "startsAt": now.isoformat(),
            "endsAt": ends.isoformat(),
            "generatorURL": "http://127.0.0.1/graph",
        }
        for labels in alerts
    ]
    api.post("/api/v2/alerts", json=told).raise_for_status()


def down(service: str) -> dict[str, str]:
    return {"alertname": "ServiceIsDown", "job": service, "instance": "127.0.0.1:1"}


def test_services_that_died_together_are_one_message_which_comes_until_it_is_taken_and_their_end_is_told(
    api: httpx.Client, receiver: AlertReceiver
) -> None:
    receiver.unwell = 2
    services = {"reporter", "notifier", "audit"}
    tell(api, *map(down, sorted(services)))
    wait_until("what was refused comes again", lambda: bool(receiver.told))
    assert receiver.unwell == 0
    tell(api, *map(down, sorted(services)), over=True)
    wait_until("their end is told", lambda: len(receiver.told) == 2)
    first, last = receiver.told
    assert first.group_labels == {"alertname": "ServiceIsDown"}
    assert (first.group_key, first.receiver) == (last.group_key, "page")
    assert (first.of("firing", "job"), last.of("resolved", "job")) == (services, services)
    assert receiver.wrong == []


def test_what_follows_from_an_alert_is_known_and_not_told_and_what_does_not_is(
    api: httpx.Client, receiver: AlertReceiver
) -> None:
    follows = [
        {"alertname": "QueueHasNoConsumer", "queue": "reporter.orders"},
        {"alertname": "QueueGrows", "queue": "reporter.orders.backfill", "severity": "ticket"},
        {"alertname": "TelegramLimitsAlone", "severity": "ticket"},
        {"alertname": "ServerIsNotSeen", "job": "gateway", "gauges": "redis"},
        {"alertname": "DataIsOld", "severity": "ticket", "speed": "slow"},
    ]
    others = [
        {"alertname": "QueueHasNoConsumer", "queue": "notifier.orders"},
        {"alertname": "DataStop"},
        {"alertname": "ServerIsNotSeen", "job": "gateway", "gauges": "outbox"},
        {"alertname": "WildberriesChanged", "severity": "ticket"},
    ]
    causes = [down("reporter"), {"alertname": "ServerIsDown", "job": "redis"}, {"alertname": "DataIsOld"}]
    tell(api, *causes, *follows, *others)
    wait_until("causes and others are told", lambda: len(receiver.told) >= len(causes) + len(others))
    known = api.get("/api/v2/alerts").raise_for_status().json()
    silenced = [each["labels"] for each in known if each["status"]["inhibitedBy"]]
    assert len(silenced) == len(follows)
    assert all({"severity": "page"} | each in silenced for each in follows)
    told = [sorted(alert.labels.items()) for notification in receiver.told for alert in notification.alerts]
    assert sorted(told) == sorted(sorted(({"severity": "page"} | each).items()) for each in (*causes, *others))
    of_tickets = {each.group_labels["alertname"] for each in receiver.told if each.receiver == "ticket"}
    assert of_tickets == {"WildberriesChanged"}
    assert receiver.wrong == []
