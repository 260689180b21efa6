"""The platform that runs in containers: its states, its entrance, its fakes."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from local.environments import PROCESSES

from containers.engine import Engine

PROJECT = "pulse"
HEALTHY_SECONDS = 300.0
CALL = """
import json, sys, urllib.request
method, url, key, body = sys.argv[1:]
request = urllib.request.Request(url, method=method, data=body.encode() or None)
request.add_header("Content-Type", "application/json")
if key:
    request.add_header("Authorization", "Bearer " + key)
try:
    with urllib.request.urlopen(request, timeout=20) as answer:
        print(json.dumps([answer.status, answer.read().decode()]))
except urllib.error.HTTPError as error:
    print(json.dumps([error.code, error.read().decode()]))
"""


class Failed(Exception):
    """What was promised of the containers does not hold."""


@dataclass(frozen=True)
class Platform:
    """The platform of a project's folder on an engine."""

    engine: Engine
    folder: Path

    def compose(self, *words: str) -> str:
        return self.engine.compose("--project-name", PROJECT, *words, cwd=self.folder)

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers."""
        return self.compose("ps", "-q", service).split()

    def port(self, service: str, port: int) -> str:
        """Where a published port answers, for `call`."""
        return f"http://{self.compose('port', service, str(port)).strip()}"

    def call(self, method: str, url: str, *, key: str = "", body: object = None) -> tuple[int, Any]:
        """A request from the engine's network: status and what the JSON says."""
        said = self.engine.inside(CALL, method, url, key, "" if body is None else json.dumps(body))
        status, text = json.loads(said)
        return status, json.loads(text) if text else None

    def wait_healthy(self, *services: str) -> float:
        """Seconds until every container of the services (all processes, unless said) is healthy."""
        began = time.monotonic()
        for service in services or PROCESSES:
            until(partial(self._is_healthy, service), f"{service} is healthy", HEALTHY_SECONDS)
        return time.monotonic() - began

    def unwell(self) -> Iterator[str]:
        """Of each container that is not healthy or ended badly: how it is, its last check, the end of its log."""
        for container in self.engine.docker("ps", "-aq").split():
            found = self.engine.inspect(container)
            state = found["State"]
            health = state.get("Health", {"Status": "healthy"})
            if (state["Running"] and health["Status"] == "healthy") or (not state["Running"] and not state["ExitCode"]):
                continue
            checks = [check["Output"].strip() for check in health.get("Log") or []]
            is_kept = found["HostConfig"]["LogConfig"]["Type"] != "none"
            log = self.engine.docker("logs", "--tail", "15", container) if is_kept else "no log is kept"
            fares = f"{state['Status']}, {health['Status']}, code {state['ExitCode']}"
            yield f"{found['Name']}: {fares}; {checks[-1:]}\n{log}"

    def _is_healthy(self, service: str) -> bool:
        found = self.containers(service)
        states = [self.engine.inspect(each)["State"] for each in found]
        return bool(found) and all(state.get("Health", {}).get("Status") == "healthy" for state in states)


def until(holds: Callable[[], Any], what: str, seconds: float) -> Any:
    """The first true answer; raises Failed if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds:g} s: {what}")
        time.sleep(0.3)
    return answer
