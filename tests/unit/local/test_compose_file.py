"""docker-compose.yml against what `make up` writes into .env and what the services require."""

import importlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from local import compose
from local.environments import SERVICES
from local.workspace import find_root
from servicekit.settings import ServiceSettings

FILE = find_root(Path(__file__).parent) / "docker-compose.yml"
# The image sets HOST and PORT; an installation of its own needs no prefix in its own Redis.
NOT_FROM_COMPOSE = {"HOST", "PORT", "REDIS_KEY_PREFIX"}


@cache
def parts() -> Mapping[str, Any]:
    """The services of the file, anchors and merges resolved."""
    return dict(yaml.safe_load(FILE.read_text())["services"])


def settings(service: str) -> type[ServiceSettings]:
    """The settings class of a service."""
    found = vars(importlib.import_module(f"{service}.settings")).values()
    [own] = [
        each
        for each in found
        if isinstance(each, type) and issubclass(each, ServiceSettings) and each is not ServiceSettings
    ]
    return own


def test_every_variable_the_file_requires_is_written_into_env(tmp_path: Path) -> None:
    required = set(re.findall(r"\$\{(\w+):\?", FILE.read_text()))
    assert {"POSTGRES_PASSWORD", "TELEGRAM_BOT_TOKEN"} <= required
    written = compose.write_env(tmp_path, {"TELEGRAM_BOT_TOKEN": "1:bot", "PATH": "/usr/bin:/bin"})
    assert required <= written.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_its_settings_and_no_other_secret(service: str) -> None:
    given = set(parts()[service]["environment"])
    fields = {name.upper(): field for name, field in settings(service).model_fields.items()}
    assert {name for name, field in fields.items() if field.is_required()} <= given
    assert given <= fields.keys()
    assert fields.keys() - given == NOT_FROM_COMPOSE


@pytest.mark.parametrize("service", SERVICES)
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
    assert once <= waited


def test_what_others_wait_for_as_healthy_has_a_health_check() -> None:
    for part in parts().values():
        for name, how in part.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "test" in parts()[name]["healthcheck"]
