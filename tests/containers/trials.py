"""What is tried of the platform in containers, one after the other; each returns what it measured."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from local.environments import PROCESSES, SERVICES

from containers.platform import Failed, Platform, until

TELEGRAM_ID = 1001
FLOW_SECONDS = 300
REQUESTS = 200
SIMULATORS = ("wbsim", "tgsim")
LOOK = """
id -u; id -g; grep ^CapEff /proc/1/status; grep ^NoNewPrivs /proc/1/status
touch /app/x 2>/dev/null || echo refused
touch /tmp/x && echo written
"""
LOAD = """
import collections, json, sys, urllib.request
found = collections.Counter()
for _ in range(int(sys.argv[3])):
    request = urllib.request.Request(sys.argv[1] + "/api/v1/me", headers={"Authorization": "Bearer " + sys.argv[2]})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            found[answer.status] += 1
    except Exception as error:
        found[getattr(error, "code", type(error).__name__)] += 1
print(json.dumps(found))
"""

Figures = dict[str, Any]


def starting(platform: Platform) -> Figures:
    """Everything starts from nothing, and is healthy."""
    began = time.monotonic()
    platform.compose("up", "-d")
    platform.wait_healthy(*PROCESSES, *SIMULATORS)
    return {"start_seconds": round(time.monotonic() - began, 1)}


def may_do_little(platform: Platform) -> Figures:
    """No process of ours may do more than it needs."""
    memory = {}
    for service in (*PROCESSES, *SIMULATORS):
        [container] = platform.containers(service)
        looked = platform.engine.docker("exec", container, "sh", "-c", LOOK)
        uid, gid, capabilities, privileges, *rest = looked.split("\n")
        expect((uid, gid) == ("10001", "10001"), f"{service} runs as {uid}:{gid}")
        expect(capabilities.split() == ["CapEff:", "0" * 16], f"{service} has capabilities: {capabilities}")
        expect(privileges.split() == ["NoNewPrivs:", "1"], f"{service} may get more: {privileges}")
        expect("refused" in rest and "written" in rest, f"{service} writes where it must not: {rest}")
        shown = platform.engine.inspect(container)["Config"]["Env"]
        secrets = [path.read_text().strip() for path in (platform.folder / ".secrets").iterdir() if path.is_file()]
        expect(not [line for line in shown for secret in secrets if secret and secret in line], f"{service} shows one")
        memory[service] = platform.engine.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", container).strip()
    return {"memory": memory}


def apart(platform: Platform) -> Figures:
    """The bot and the entrance do not reach the servers; the services do."""
    reach = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5).close(); print('reached')"
    servers = (("postgres", "5432"), ("redis", "6379"), ("rabbitmq", "5672"))
    for service, may in (("reporter", True), ("bot", False)):
        [container] = platform.containers(service)
        for server, port in servers:
            tried = f'python -c "{reach}" {server} {port} 2>&1 || true'
            said = platform.engine.docker("exec", container, "sh", "-c", tried)
            expect(("reached" in said) is may, f"{service} and {server}: {said}")
    return {}


def flow(platform: Platform) -> Figures:
    """What a buyer orders at the fake Wildberries is told in the fake Telegram."""
    key = new_key(platform)
    wildberries, telegram = platform.port("wbsim", 8080), platform.port("tgsim", 8080)
    _, made = platform.call("POST", f"{wildberries}/_sim/tokens", body={"kind": "personal"})
    entrance = platform.port("proxy", 8080)
    connect = {"name": "Shop", "token": made["token"]}
    status, said = until(lambda: _if_up(platform, f"{entrance}/api/v1/cabinets", key, connect), "the entrance", 60)
    expect(status in (201, 202), f"the shop is not connected: {status} {said}")
    began = time.monotonic()

    def told() -> bool:
        platform.call("POST", f"{wildberries}/_sim/orders", body={"count": 1})
        _, found = platform.call("GET", f"{telegram}/_sim/messages?since=0")
        return any("Shop" in str(message) or "заказ" in str(message).lower() for message in found["messages"])

    until(told, "a message about an order", FLOW_SECONDS)
    return {"first_message_seconds": round(time.monotonic() - began, 1)}


def new_key(platform: Platform) -> str:
    """A key of the gateway's that acts for a user."""
    words = ["python", "-m", "gateway", "keys", "create", "--telegram-id", str(TELEGRAM_ID)]
    return platform.engine.docker("exec", platform.containers("gateway")[0], *words).strip()


def _if_up(platform: Platform, url: str, key: str, body: object) -> tuple[int, Any] | None:
    try:
        status, said = platform.call("POST", url, key=key, body=body)
    except RuntimeError:
        return None  # nothing listens yet
    return None if status == 503 else (status, said)


def many(platform: Platform) -> Figures:
    """Several of each service stand behind the entrance, and one that is killed costs no request."""
    platform.compose("up", "-d", "--scale", "gateway=2", "--scale", "reporter=2", "--scale", "notifier=2")
    platform.wait_healthy()
    key = new_key(platform)
    entrance = platform.port("proxy", 8080)
    time.sleep(5)  # the entrance looks every two seconds
    both = platform.engine.inside(LOAD, entrance, key, str(REQUESTS))
    platform.engine.docker("stop", platform.containers("gateway")[1])
    one = platform.engine.inside(LOAD, entrance, key, str(REQUESTS))
    for found in (both, one):
        expect(found.strip() == f'{{"200": {REQUESTS}}}', f"requests failed: {found}")
    return {"requests_with_two_gateways": REQUESTS, "requests_with_one_stopped": REQUESTS}


def killed(platform: Platform) -> Figures:
    """A process that is killed is started again by the engine."""
    back = {}
    for service in SERVICES:
        container = platform.containers(service)[0]
        pid = platform.engine.inspect(container)["State"]["Pid"]
        platform.engine.inside("import os, sys; os.kill(int(sys.argv[1]), 9)", str(pid))
        began = time.monotonic()
        until(partial(_is_back, platform, container, pid), f"{service} is back", 120)
        back[service] = round(time.monotonic() - began, 1)
    return {"healthy_after_kill_seconds": back}


def _is_back(platform: Platform, container: str, pid: int) -> bool:
    state = platform.engine.inspect(container)["State"]
    return state["Pid"] not in (0, pid) and state["Health"]["Status"] == "healthy"


def stopping(platform: Platform) -> Figures:
    """Every process ends within its grace."""
    took = {}
    for service in PROCESSES:
        container = platform.containers(service)[0]
        began = time.monotonic()
        platform.engine.docker("stop", container)
        took[service] = round(time.monotonic() - began, 1)
        code = platform.engine.inspect(container)["State"]["ExitCode"]
        expect(code == 0, f"{service} ended with {code}")
    return {"stop_seconds": took}


def expect(holds: bool, otherwise: str) -> None:
    """Raises Failed with what is the matter unless it holds."""
    if not holds:
        raise Failed(otherwise)


ALL: tuple[Callable[[Platform], Figures], ...] = (starting, may_do_little, apart, flow, many, killed, stopping)
