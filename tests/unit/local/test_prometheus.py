"""The Prometheus beside a platform: whether it is wanted, and what it is told."""

from pathlib import Path

import pytest
import yaml
from local import prometheus


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


def test_what_cannot_be_had_is_said_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.prometheus.shutil.which", lambda *_, **__: None)
    monkeypatch.setattr("local.prometheus.debian.available", lambda: False)
    said: list[str] = []
    assert prometheus.find_or_fetch(tmp_path, said.append) is None
    assert "no Prometheus" in said[0]
