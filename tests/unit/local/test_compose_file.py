"""docker-compose.yml against what `make up` writes into .env and what the services require."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from gateway.settings import READS_AT_A_TIME
from local import compose, compose_secrets, postgres
from local.environments import CLIENTS, PROCESSES, SERVICES, service_environment
from local.workspace import find_root
from servicekit.crypto import generate_keys
from servicekit.secret_files import SUFFIX
from servicekit.settings import ServiceSettings, is_secret
from support.settings import settings_of

FILE = find_root(Path(__file__).parent) / "docker-compose.yml"
# The image sets HOST and PORT; an installation of its own needs no prefix in its own Redis; nobody lets it start with
# secrets that could be guessed.
NOT_FROM_COMPOSE = {"HOST", "PORT", "REDIS_KEY_PREFIX", "ALLOW_WEAK_SECRETS", "TRACE_STORE"}


@cache
def parts() -> Mapping[str, Any]:
    """The services of the file, anchors and merges resolved."""
    return dict(yaml.safe_load(FILE.read_text())["services"])


def held(part: Mapping[str, Any]) -> set[str]:
    """The names of a service's secrets."""
    return {each if isinstance(each, str) else each["source"] for each in part.get("secrets", [])}


def test_every_variable_and_every_secret_the_file_requires_is_written(tmp_path: Path) -> None:
    required = set(re.findall(r"\$\{(\w+):\?", FILE.read_text()))
    assert {"INGESTOR_PUBLIC_KEY", "NOTIFIER_PUBLIC_KEY"} <= required
    written = compose.write_env(tmp_path, {"TELEGRAM_BOT_TOKEN": "1:bot", "PATH": "/usr/bin:/bin"})
    assert required <= written.keys()
    declared = {name: how["file"] for name, how in yaml.safe_load(FILE.read_text())["secrets"].items()}
    assert declared.pop("tls_certificate") == "${TLS_CERTIFICATE:-/dev/null}"
    assert declared == {name: f"{compose_secrets.FOLDER}/{name}" for name in compose_secrets.values(written)}
    assert set().union(*map(held, parts().values())) == {*declared, "tls_certificate"}


@pytest.mark.parametrize("service", PROCESSES)
def test_a_service_is_given_its_settings_and_no_other_secret(service: str) -> None:
    environment = parts()[service]["environment"]
    given = {name.removesuffix(SUFFIX) for name in environment}
    fields = {name.upper(): field for name, field in settings_of(service).model_fields.items()}
    assert {name for name, field in fields.items() if field.is_required()} <= given
    assert given <= fields.keys()
    assert fields.keys() - given == NOT_FROM_COMPOSE & fields.keys()
    secret = {name for name, field in fields.items() if is_secret(field)} - {"REDIS_URL"}
    assert {name.removesuffix(SUFFIX) for name in environment if name.endswith(SUFFIX)} == secret


def test_a_secret_is_given_to_those_alone_who_read_it() -> None:
    for name, part in parts().items():
        environment = part.get("environment", {})
        files = {value for variable, value in environment.items() if variable.endswith(SUFFIX)}
        if name not in {"rabbitmq", "proxy", "alertmanager"}:
            assert files == {f"/run/secrets/{secret}" for secret in held(part)}, name
        # What an engine tells of a container holds no secret.
        shown = re.findall(r"\$\{(\w+)", str({key: part[key] for key in ("environment", "command") if key in part}))
        assert name == "tgsim" or not set(shown) & {*compose.SECRETS, "TELEGRAM_BOT_TOKEN", "BOT_API_KEY"}, name


@pytest.mark.parametrize("service", PROCESSES)
def test_what_an_operator_sets_reaches_the_service_on_this_machine_too(service: str) -> None:
    given = parts()[service]["environment"].items()
    settable = {name for name, value in given if re.match(rf"\$\{{{name}:[-?]", str(value))}
    assert ("LOG_LEVEL" if service in CLIENTS else "DB_TIMEOUT") in settable
    assert settable <= service_environment(service, dict.fromkeys(settable, "set"), {}).keys()


BESIDE_THE_POOLS = {"gateway": 2 + READS_AT_A_TIME, "ingestor": 3, "reporter": 2, "notifier": 4, "audit": 2}
"""Connections that listen, that hold leases, that read what an operator sees, and that only read."""


def test_the_pools_of_all_services_fit_into_the_database_with_room_for_second_processes() -> None:
    unused = {"DATABASE_URL": "x", "REDIS_URL": "x", "RABBITMQ_URL": "x", "TELEGRAM_BOT_TOKEN": "x"}
    public = dict.fromkeys(("SEAL_PUBLIC_KEY", "SEAL_WEBHOOKS_PUBLIC_KEY"), base64.b64encode(bytes(32)).decode())
    keys = {**public, "SEAL_PRIVATE_KEYS": generate_keys()[1]}
    keys["ACCESS_TOKEN_SECRETS"] = "x" * 32
    keys |= {"HEAD_SIGNING_KEY": base64.b64encode(bytes(32)).decode(), "HEADS_PATH": "heads"}
    total = sum(BESIDE_THE_POOLS.values())
    for service in SERVICES:
        given: dict[str, Any] = {name.lower(): value for name, value in (unused | keys).items()}
        made = settings_of(service)(**given)
        assert isinstance(made, ServiceSettings)
        total += made.pool_size
    [said] = [word for word in parts()["postgres"]["command"] if word.startswith("max_connections=")]
    in_compose = int(re.sub(r"\D", "", said.partition(":-")[2]))
    assert min(in_compose, int(postgres.SETTINGS["max_connections"])) >= 2 * total


@pytest.mark.parametrize("service", PROCESSES)
def test_every_one_shot_service_is_waited_for(service: str) -> None:
    once = {name for name, part in parts().items() if part.get("restart") == "no"}
    waited: set[str] = set()
    upcoming = [service]
    while upcoming:
        for name, how in parts()[upcoming.pop()].get("depends_on", {}).items():
            expected = "service_completed_successfully" if name in once else "service_healthy"
            assert how["condition"] == expected
            waited.add(name)
            upcoming.append(name)
    assert waited & once == (once if service in CLIENTS else once - {"bot-key"})


def test_what_others_wait_for_as_healthy_has_a_health_check() -> None:
    for part in parts().values():
        for name, how in part.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                # Those of our processes are in their images.
                assert name in PROCESSES or "test" in parts()[name]["healthcheck"]


def test_a_database_is_healthy_only_once_its_own_server_answers() -> None:
    # The entrypoint's server that creates the database answers at the socket alone.
    check = parts()["postgres"]["healthcheck"]["test"]
    assert check[check.index("-h") + 1] == "127.0.0.1"
    for name in ("bootstrap", "topology"):
        command = parts()[name]["command"]
        assert float(command[command.index("--patience") + 1]) >= 30


def test_what_keeps_its_data_in_memory_is_bounded() -> None:
    jaeger = parts()["jaeger"]
    kept, limit = jaeger["environment"]["MEMORY_MAX_TRACES"], jaeger["mem_limit"]
    assert 0 < int(re.sub(r"\D", "", kept.partition(":-")[2])) <= 50_000
    assert re.fullmatch(r"\d+m", limit)
    assert int(jaeger["environment"]["GOMEMLIMIT"].removesuffix("MiB")) < int(limit[:-1])
    assert "--maxmemory" in parts()["redis"]["command"]
