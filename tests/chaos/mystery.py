"""Breaks something of a running `make demo` and does not say what: to be found with dashboards, traces and runbook.

`PYTHONPATH=tests python -m chaos.mystery` breaks, by chance or by `seed=7`; what it did is in `.local/mystery.json`,
for when it was found. Nothing is lost by any of it; the runbook says how it is mended, or the end of the demo mends it.
"""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import psutil
from local.workspace import find_root

NOTE = ".local/mystery.json"
HOLDS_SECONDS = 1800
SERVICES = ("gateway", "ingestor", "reporter", "notifier")

_HOLD = """
import asyncio, sys, asyncpg
async def hold(url, table, seconds):
    connection = await asyncpg.connect(url, server_settings={"application_name": "report of the month"})
    async with connection.transaction():
        await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(seconds)
asyncio.run(hold(sys.argv[1], sys.argv[2], float(sys.argv[3])))
"""
"""A client that forgot its transaction."""

Running = Mapping[str, psutil.Process]


def main(arguments: list[str]) -> None:
    """Break one thing, and keep silent about it."""
    seed = next((int(each.removeprefix("seed=")) for each in arguments if each.startswith("seed=")), None)
    chance = random.Random(seed)
    running = _running()
    name = chance.choice(sorted(FAULTS))
    done = FAULTS[name](running, chance)
    note = find_root() / NOTE
    note.write_text(json.dumps({"fault": name, "at": time.time(), "done": done}) + "\n")
    print("Something is broken now. Where to begin: docs/runbook.md")


def _running() -> dict[str, psutil.Process]:
    found = {}
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        for service in SERVICES:
            if words[-2:] == [service, "serve"] and find_root() in [Path(words[0]), *Path(words[0]).parents]:
                found[service] = process
    if missing := set(SERVICES) - set(found):
        sys.exit(f"{', '.join(sorted(missing))} not running: start `make demo` in another terminal")
    return found


def _frozen_service(running: Running, chance: random.Random) -> str:
    service = chance.choice(("ingestor", "notifier", "reporter"))
    running[service].send_signal(signal.SIGSTOP)
    return f"SIGSTOP to the {service}, process {running[service].pid}; SIGCONT mends it"


def _frozen_redis(running: Running, _: random.Random) -> str:
    port = int(running["reporter"].environ()["REDIS_URL"].rpartition(":")[2].partition("/")[0])
    redis = next(each for each in psutil.process_iter(["name"]) if _listens(each, port))
    redis.send_signal(signal.SIGSTOP)
    return f"SIGSTOP to Redis, process {redis.pid}; SIGCONT mends it"


def _listens(process: psutil.Process, port: int) -> bool:
    if "redis" not in (process.info["name"] or ""):
        return False
    return any(each.laddr and each.laddr.port == port for each in process.net_connections("tcp"))


def _locked_table(running: Running, chance: random.Random) -> str:
    service = chance.choice(("ingestor", "notifier"))
    url, table = running[service].environ()["DATABASE_URL"], {"ingestor": "outbox", "notifier": "deliveries"}[service]
    command = [sys.executable, "-c", _HOLD, url, table, str(HOLDS_SECONDS)]
    client = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    return f"process {client.pid} holds a lock of {service}'s {table}, transaction open; pg_terminate_backend mends it"


def _refusing_wildberries(running: Running, _: random.Random) -> str:
    url = running["ingestor"].environ()["WB_API_BASE_URL"]
    fault = {"path": "/api/v1/supplier/orders", "kind": "status", "status": 503, "lasts": HOLDS_SECONDS}
    httpx.post(f"{url}/_sim/faults", json=fault).raise_for_status()
    return f"503 for orders; DELETE {url}/_sim/faults mends it"


def _refusing_telegram(running: Running, _: random.Random) -> str:
    url = running["notifier"].environ()["TELEGRAM_API_BASE_URL"]
    fault = {"kind": "status", "status": 502, "times": 1_000_000}
    httpx.post(f"{url}/_sim/faults", json=fault).raise_for_status()
    return f"502 for every call; DELETE {url}/_sim/faults mends it"


FAULTS: Mapping[str, Callable[[Running, random.Random], str]] = {
    "frozen service": _frozen_service,
    "frozen redis": _frozen_redis,
    "locked table": _locked_table,
    "refusing wildberries": _refusing_wildberries,
    "refusing telegram": _refusing_telegram,
}

if __name__ == "__main__":
    main(sys.argv[1:])
