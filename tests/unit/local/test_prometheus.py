"""The Prometheus beside a platform: whether it is wanted, and what it is told."""

from pathlib import Path

import pytest
import yaml
from local import exporters, prometheus
from local.errors import LocalError
from local.instance import Instance
from local.servers import Servers


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, True),
        ({"PROMETHEUS": "on"}, True),
        ({"PROMETHEUS": ""}, True),
        ({"PROMETHEUS": "off"}, False),
        ({"PROMETHEUS": "OFF"}, False),
        ({"PROMETHEUS": "0"}, False),
        ({"PROMETHEUS_URL": "http://another:9090"}, False),
    ],
)
def test_it_is_wanted_unless_the_environment_says_otherwise(env: dict[str, str], expected: bool) -> None:
    assert prometheus.is_wanted(env) is expected


def test_each_service_is_a_job_of_its_name_and_rules_are_the_workspaces() -> None:
    targets = {"gateway": "http://127.0.0.1:21000/metrics", "bot": "http://127.0.0.1:21001/metrics"}
    told = yaml.safe_load(prometheus.configuration(targets, Path("/a folder/rules")))
    assert told["rule_files"] == ["/a folder/rules/*.yml"]
    assert {
        job["job_name"]: (job["metrics_path"], job["static_configs"][0]["targets"]) for job in told["scrape_configs"]
    } == {"gateway": ("/metrics", ["127.0.0.1:21000"]), "bot": ("/metrics", ["127.0.0.1:21001"])}


def test_an_alertmanager_is_told_if_there_is_one() -> None:
    told = yaml.safe_load(prometheus.configuration({}, Path("rules"), "http://127.0.0.1:21002"))
    assert told["alerting"] == {"alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:21002"]}]}]}
    assert yaml.safe_load(prometheus.configuration({}, Path("rules")))["alerting"] == {"alertmanagers": []}


def test_what_cannot_be_had_is_said_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.programs.shutil.which", lambda *_, **__: None)
    monkeypatch.setattr("local.programs.debian.available", lambda: False)
    said: list[str] = []
    assert prometheus.find_or_fetch(tmp_path, said.append) is None
    assert "no prometheus" in said[0]
    monkeypatch.setattr("local.programs.debian.available", lambda: True)

    def away(*_: object) -> None:
        raise LocalError("no network")

    monkeypatch.setattr("local.programs.debian.fetch", away)
    assert prometheus.find_or_fetch(tmp_path, said.append) is None
    assert "no network" in said[1]


@pytest.mark.parametrize(
    ("query", "told"), [("", "?sslmode=disable"), ("?x=1", "?x=1&sslmode=disable"), ("?sslmode=require",) * 2]
)
def test_an_exporter_is_told_its_servers_address_and_no_tls_unless_it_is_named(
    tmp_path: Path, query: str, told: str
) -> None:
    database = "postgresql://a:b@127.0.0.1:1/x"
    servers = Servers(f"{database}{query}", "redis://:secret@127.0.0.1:2/0", "amqp://", Instance("a", tmp_path), {})
    seen = {each.name: each.environment(servers) for each in exporters.EXPORTERS}
    assert seen["postgres"] == {"DATA_SOURCE_NAME": f"{database}{told}"}
    assert seen["redis"] == {"REDIS_ADDR": "redis://127.0.0.1:2", "REDIS_USER": "", "REDIS_PASSWORD": "secret"}
