"""docker-compose.yml: what no container is without, who reaches whom, and what stands in the way of more processes."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from local.environments import PROCESSES
from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)
HAPROXY = ROOT / "infra/docker/haproxy.cfg"
SERVERS = ("postgres", "redis", "rabbitmq")
"""Their images begin as root and give themselves away: they need a few rights for it, and write where they like."""
SIMULATORS = ("wbsim", "tgsim")
OBSERVERS = ("prometheus", "alertmanager", "grafana", "postgres-exporter", "redis-exporter")
KEEPS = {
    "prometheus": ["prometheus:/prometheus"],
    "alertmanager": ["alertmanager:/alertmanager"],
    "audit": ["${HEADS_FOLDER:-./.secrets/heads}:/heads"],
}
"""What a container without a writable root keeps beside it."""


@cache
def file() -> Mapping[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def parts() -> Mapping[str, Any]:
    return dict(file()["services"])


NAMES = sorted(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])


@pytest.mark.parametrize("name", NAMES)
def test_no_container_may_do_more_than_it_needs(name: str) -> None:
    part = parts()[name]
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "user"} & part.keys()
    if name in SERVERS:
        assert set(part["cap_add"]) <= {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
    else:
        assert part["read_only"] is True
        assert "cap_add" not in part
        assert all(re.match(r"/tmp:size=\d+m", each) for each in part["tmpfs"])  # noqa: S108  # the container's
        assert [each for each in part.get("volumes", []) if not each.endswith(":ro")] == KEEPS.get(name, [])


@pytest.mark.parametrize("name", NAMES)
def test_no_container_takes_up_the_machine(name: str) -> None:
    part = parts()[name]
    assert re.search(r"\d+[mg]\}?$", str(part["mem_limit"]))
    assert 0 < part["pids_limit"] <= 500
    assert part["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}
    if name in PROCESSES:
        assert (part["mem_limit"], part["pids_limit"]) == ("512m" if name == "bot" else "256m", 100)


def test_an_image_is_built_once_by_whose_name_it_has() -> None:
    built = {part["image"]: name for name, part in parts().items() if "build" in part}
    assert built == {f"pulse-{name}": name for name in (*PROCESSES, *SIMULATORS)}
    for name, image in built.items():
        arguments = parts()[image]["build"]["args"]
        assert arguments["SERVICE"] == image, name
        assert arguments.get("SOURCE") == (f"infra/{image}/src" if image in SIMULATORS else None)
        assert arguments["REVISION"] == "${REVISION:-unknown}"


def test_who_has_no_business_with_a_server_does_not_reach_it() -> None:
    networks = {name: set(part["networks"]) for name, part in parts().items()}
    assert file()["networks"]["data"]["internal"] is True
    once = {name for name, part in parts().items() if part.get("restart") == "no"}
    look_in = {*OBSERVERS} - {"prometheus", "alertmanager"}
    assert {name for name, own in networks.items() if "data" in own} == {*SERVERS, *PROCESSES, *once, *look_in} - {
        "bot"
    }
    assert file()["networks"]["metrics"]["internal"] is True
    assert {name for name, own in networks.items() if "metrics" in own} == {*PROCESSES, *OBSERVERS}
    assert file()["networks"]["broker-metrics"]["internal"] is True
    assert {name for name, own in networks.items() if "broker-metrics" in own} == {"rabbitmq", "prometheus"}
    # They are open to strangers: who takes them over finds no server beside them, in whatever network.
    servers = networks["postgres"] | networks["redis"] | networks["rabbitmq"]
    assert not servers & (networks["bot"] | networks["proxy"] | networks["wbsim"] | networks["tgsim"])
    # The addresses that a name has there are each scraped: a process has one in all networks that the two share.
    assert all(networks["prometheus"] & networks[name] == {"metrics"} for name in PROCESSES)
    assert networks["postgres"] == networks["redis"] == {"data"}
    assert not networks["proxy"] & (networks["postgres"] | networks["jaeger"] | networks["ingestor"])
    assert networks["bot"] & networks["gateway"] >= {"api"}
    # In the network of those whom the gateway believes what they say of others.
    assert {name for name, own in networks.items() if "api" in own} == {"gateway", "bot", "proxy"}
    assert networks["wbsim"] <= networks["ingestor"]
    assert networks["tgsim"] <= networks["notifier"] & networks["bot"]


def test_the_gateway_believes_its_entrance() -> None:
    subnet = file()["networks"]["api"]["ipam"]["config"][0]["subnet"].partition(":-")[2].rstrip("}")
    assert parts()["gateway"]["environment"]["TRUSTED_PROXIES"].partition(":-")[2].rstrip("}") == subnet


@pytest.mark.parametrize("name", [*PROCESSES, *SIMULATORS])
def test_what_may_have_several_processes_has_no_port_or_name_of_its_own(name: str) -> None:
    part = parts()[name]
    assert "container_name" not in part
    assert "hostname" not in part
    assert all(re.fullmatch(r"127\.0\.0\.1::\d+", port) for port in part["ports"])


def test_whatever_is_published_is_this_machines_alone_unless_it_is_said() -> None:
    for part in parts().values():
        for port in part.get("ports", []):
            assert port.startswith(("127.0.0.1:", "${GATEWAY_ADDRESS:-127.0.0.1}:"))


def test_a_look_at_the_broker_starts_no_virtual_machine() -> None:
    assert "rabbitmq" not in " ".join(parts()["rabbitmq"]["healthcheck"]["test"])


def test_profiles_are_those_that_are_told_of() -> None:
    with_profile = {name: part["profiles"] for name, part in parts().items() if "profiles" in part}
    observed = {name: ["observability"] for name in ("jaeger", *OBSERVERS)}
    assert with_profile == {**observed, "wbsim": ["sim"], "tgsim": ["sim"]}
    # What is always there waits for nothing that may not be.
    for name, part in parts().items():
        assert not part.get("depends_on", {}).keys() & with_profile.keys(), name


class TestEntrance:
    def test_what_a_client_says_of_itself_is_dropped_before_it_is_told(self) -> None:
        rules = [line.strip() for line in HAPROXY.read_text().splitlines()]
        told = rules.index("http-request set-header X-Forwarded-For %[src]")
        assert rules.index("http-request del-header X-Forwarded-For") < told
        assert rules.index("http-request del-header Forwarded") < told

    def test_it_finds_as_many_gateways_as_there_are_and_repeats_nothing_that_one_has_seen(self) -> None:
        rules = HAPROXY.read_text()
        assert re.search(r"server-template gateway \d\d gateway:8080 resolvers engine init-addr none", rules)
        assert "retry-on conn-failure\n" in rules
        # With the broker away a gateway is not ready and still answers reads: it is not taken off.
        assert "option httpchk GET /health/live\n" in rules
