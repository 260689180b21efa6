"""A running installation with its Prometheus and Alertmanager.

What rules and dashboards name is there, what breaks is seen, and told.
"""

import re
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from demo.installation import TELEGRAM_ID, Installation, installation, wait_until
from local import alertmanager, prometheus
from local.workspace import find_root
from observability.promql import metrics_in
from prometheus_client.parser import text_string_to_metric_families
from support.alert_receiver import AlertReceiver, Notification, alert_receiver
from support.dashboards import expressions, recorded

SECONDS = 120
DEAD = ("reporter", "notifier")


def hastened(rules: str) -> str:
    """Rules that are evaluated each second; a service that does not answer is down after 5 s."""
    text = re.sub(r"\binterval: \w+", "interval: 1s", rules)
    text = re.sub(r"(alert: ServiceIsDown\n.*\n +for: )\w+", r"\g<1>5s", text)
    return re.sub(r"keep_firing_for: \w+", "keep_firing_for: 3s", text)


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prometheus that scrapes and evaluates each second: what is waited for are its rounds."""
    rules = tmp_path_factory.mktemp("rules")
    for path in (find_root() / prometheus.RULES).glob("*.yml"):
        (rules / path.name).write_text(hastened(path.read_text()))
    routes = tmp_path_factory.mktemp("routes") / "alertmanager.yml"
    committed = re.sub(r"group_wait: \w+", "group_wait: 3s", alertmanager.BASE.read_text())
    routes.write_text(re.sub(r"group_interval: \w+", "group_interval: 2s", committed))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(alertmanager, "BASE", routes)
        patched.setattr(prometheus, "RULES", rules)
        patched.setattr(prometheus, "SCRAPE_SECONDS", 1)
        patched.setattr(prometheus, "EVALUATION_SECONDS", 1)
        yield


@pytest.fixture(scope="module")
def receiver() -> Iterator[AlertReceiver]:
    with alert_receiver() as running:
        yield running


@pytest.fixture(scope="module")
def pulse(hurried: None, receiver: AlertReceiver) -> Iterator[Installation]:
    for find_or_fetch in (prometheus.find_or_fetch, alertmanager.find_or_fetch):
        if find_or_fetch(find_root(), lambda _: None) is None:
            pytest.fail(f"{find_or_fetch.__module__} is not here, and could not be fetched")
    # Of servers that are thrown away the broker shows no metrics.
    with installation(
        "observed",
        history_orders=20,
        progress=lambda _: None,
        has_bot=True,
        lasting=True,
        is_observed=True,
        env={
            "PROMETHEUS": "on",
            alertmanager.WEBHOOK: receiver.url,
            alertmanager.CHAT: str(TELEGRAM_ID),
        },
    ) as running:
        running.connect_cabinet(lambda _: None)
        yield running


def ask(pulse: Installation, path: str, **params: str) -> Any:
    """What Prometheus answers."""
    assert pulse.platform.prometheus_url
    answer = httpx.get(f"{pulse.platform.prometheus_url}/api/v1/{path}", params=params)
    return answer.raise_for_status().json()["data"]


def values(pulse: Installation, query: str) -> dict[str, float]:
    """The values of an expression, by all its labels but the name."""
    found = ask(pulse, "query", query=query)["result"]
    return {
        " ".join(value for name, value in sorted(each["metric"].items()) if name != "__name__"): float(each["value"][1])
        for each in found
    }


def status(pulse: Installation) -> str:
    answer = httpx.get(pulse.platform.metrics_url("gateway").removesuffix("/metrics") + "/status", timeout=30)
    return answer.raise_for_status().text


def test_every_metric_that_a_rule_or_a_dashboard_names_is_one_of_a_running_service(pulse: Installation) -> None:
    shown = {"up", "ALERTS", *recorded()}
    targets = ask(pulse, "targets", state="active")["activeTargets"]
    assert {each["labels"]["job"] for each in targets} >= {*pulse.platform.environments, "postgres", "redis"}
    for target in targets:
        text = httpx.get(target["scrapeUrl"], timeout=30).raise_for_status().text
        for family in text_string_to_metric_families(text):
            endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
            shown |= {family.name + ending for ending in endings} | {sample.name for sample in family.samples}
    named = {name for _, expression in expressions() for name in metrics_in(expression)}
    if "rabbitmq" not in {each["labels"]["job"] for each in targets}:  # a given one need not show them
        named = {name for name in named if not name.startswith("rabbitmq_")}
    assert named - shown == set()
    assert len(named) > 60


GROWTH = re.compile(r"\b(?:increase|rate)\((pulse_\w+(?:{[^}]*})?)\[")
SHARES = {'pulse_wb_requests_total{status="429"}'}
"""Of which rules ask a share, and not whether there was one."""


def test_what_rules_ask_the_growth_of_is_counted_before_it_first_happens(pulse: Installation) -> None:
    rules = (find_root() / "infra/observability/rules/symptoms.yml").read_text()
    asked = {found[1] for found in GROWTH.finditer(rules)} - SHARES
    assert len(asked) > 12

    def missing() -> set[str]:
        return {each for each in asked if not values(pulse, f"count({each})")}

    # Reads that went to a replica are counted where there is one.
    wait_until("all are counted", lambda: all("replica" in each for each in missing()), SECONDS)


def test_all_processes_are_scraped_rules_can_be_evaluated_and_objectives_have_values(pulse: Installation) -> None:
    def all_are_up() -> bool:
        return set(values(pulse, "sum by (job) (up)").items()) >= {(name, 1) for name in pulse.platform.environments}

    wait_until("all processes are scraped", all_are_up, SECONDS)

    def is_measured() -> bool:
        pulse.api.get("/api/v1/orders").raise_for_status()
        time.sleep(0.5)  # within the limit of requests
        measured = values(pulse, "pulse:objective_errors:ratio5m")
        return measured.keys() >= {"availability", "hit_rate", "freshness"}

    wait_until("objectives have values", is_measured, SECONDS)
    assert values(pulse, "pulse:objective_errors:ratio5m")["availability"] == 0
    groups = ask(pulse, "rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) > 90
    assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
    # What an installation is usually like is no symptom.
    assert values(pulse, 'ALERTS{alertstate="firing"}') == values(pulse, 'ALERTS{alertname="QueueHasNoConsumer"}') == {}


def told_of_services(receiver: AlertReceiver) -> list[Notification]:
    return [each for each in receiver.told if each.group_labels == {"alertname": "ServiceIsDown"}]


def told_in_telegram(pulse: Installation) -> list[str]:
    """What the fake Telegram took of alerts."""
    return [message["text"] for message in pulse.telegram.raw_messages() if "ServiceIsDown" in message["text"]]


def test_services_that_die_are_seen_on_the_page_and_told_in_one_message_and_their_end_too(
    pulse: Installation, receiver: AlertReceiver
) -> None:
    page = status(pulse)
    assert re.search(r"<td>reporter</td><td>[\d.:]+</td><td class=\"good\">yes</td>", page)
    for service in DEAD:
        pulse.platform.kill(service)
    wait_until("the page says that it is down", lambda: "reporter at" in status(pulse), SECONDS)
    wait_until(
        "both are told in one message",
        lambda: any(each.of("firing", "job") >= set(DEAD) for each in receiver.told),
        SECONDS,
    )
    for service in DEAD:
        pulse.platform.start_service(service)
    for service in DEAD:
        pulse.platform.wait_ready(service)
    wait_until("the page says that it is back", lambda: "reporter at" not in status(pulse), SECONDS)

    wait_until("the end of both is told", lambda: told_of_services(receiver)[-1].status == "resolved", SECONDS)
    assert receiver.wrong == []
    of_services = told_of_services(receiver)
    assert set().union(*(each.of("resolved", "job") for each in of_services)) >= set(DEAD)
    assert {(each.group_key, each.receiver) for each in of_services} == {(of_services[0].group_key, "page")}
    assert all("docs/runbook.md#" in alert.annotations["runbook"] for each in of_services for alert in each.alerts)
    wait_until("Telegram is told of the end too", lambda: "🟢" in "".join(told_in_telegram(pulse)), SECONDS)
    assert any(text.count("🔴") >= len(DEAD) for text in told_in_telegram(pulse))
