"""What nobody notices at once, broken on purpose: limits, rows, settings, and what would end in trouble."""

import asyncio
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from uuid import UUID

import asyncpg
import httpx
from demo.installation import Installation, wait_until
from ingestor.drift import LEARNING_DAYS
from local.commands import module_command, run_module
from local.ports import free_port
from support.hinting import SECRET

from alarms.beside import beside, repeated
from alarms.database import locked, rows
from alarms.faults import faulty
from alarms.trial import Trial
from alarms.watching import reconfigure

ORDERS = "/api/v1/supplier/orders"
MISSED = "audit"
"""A service that Prometheus is not told of."""
NOTED = "SELECT FROM ingestor.wb_shapes WHERE method = 'orders'"
AGE_NOTES = "UPDATE ingestor.wb_shapes SET first_seen_at = first_seen_at - make_interval(days => $1)"
FREE_CONNECTIONS = 8
"""Of PostgreSQL, that are left."""


def webhook_settings() -> dict[str, str]:
    """With which an installation receives Wildberries' webhooks."""
    return {"WB_WEBHOOK_SECRETS": SECRET, "WB_WEBHOOK_PORT": str(free_port())}


@contextmanager
def broken_row(pulse: Installation) -> Iterator[None]:
    """A row of orders cannot be read; Wildberries mends it, and it is forgotten by hand."""
    fault = {"path": ORDERS, "kind": "broken_row", "times": 1}
    pulse.wildberries.control.post("/_sim/faults", json=fault).raise_for_status()
    pulse.wildberries.order(2)
    try:
        yield
    finally:
        environment = pulse.platform.environments["ingestor"]
        words = ("quarantine", "drop", "--resource", "orders")
        run_module("ingestor", *words, env=environment, cwd=pulse.platform.instance.folder)


@contextmanager
def too_many(pulse: Installation) -> Iterator[None]:
    """Wildberries answers a method with 429, which its limits do not say."""
    with faulty(pulse.wildberries.control, {"path": ORDERS, "kind": "status", "status": 429, "seconds": 1}):
        yield


@contextmanager
def drifted(pulse: Installation) -> Iterator[None]:
    """Rows have a field that they never had in all the days since they were first read, until that is known."""
    # What rows have is noted each minute.
    wait_until("rows of orders are noted", lambda: bool(rows(pulse.admin_database_url, NOTED)), 120)
    rows(pulse.admin_database_url, AGE_NOTES, LEARNING_DAYS)
    pulse.wildberries.control.post("/_sim/settings", json={"drift": ["fields"]}).raise_for_status()
    try:
        yield
    finally:
        pulse.wildberries.control.post("/_sim/settings", json={"drift": []}).raise_for_status()
        environment = pulse.platform.environments["ingestor"]
        run_module("ingestor", "drift", "--accept", env=environment, cwd=pulse.platform.instance.folder)


@contextmanager
def guessing(pulse: Installation) -> Iterator[None]:
    """Somebody guesses keys, ten a second."""
    with (
        httpx.Client(base_url=pulse.platform.url("gateway"), headers={"Authorization": "Bearer pulse_guess"}) as client,
        repeated(lambda: client.get("/api/v1/orders"), 0.1),
    ):
        yield


@contextmanager
def connected(pulse: Installation) -> Iterator[None]:
    """Somebody has nearly all connections that PostgreSQL takes."""
    is_over = threading.Event()

    async def hold() -> None:
        async with AsyncExitStack() as stack:

            async def another() -> asyncpg.Connection:
                connection = await asyncpg.connect(pulse.admin_database_url)
                stack.push_async_callback(connection.close)
                return connection

            first = await another()
            most, used = await first.fetchrow(
                "SELECT current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity)"
            )
            for _ in range(most - used - FREE_CONNECTIONS):
                await another()
            await asyncio.to_thread(is_over.wait)

    with beside(lambda: asyncio.run(hold()), is_over):
        yield


def _send_webhook(pulse: Installation, secret: str, event: str) -> None:
    cabinet: str = pulse.api.get("/api/v1/cabinets").raise_for_status().json()["data"][0]["cabinet_id"]
    port = pulse.platform.environments["ingestor"]["WB_WEBHOOK_PORT"]
    httpx.post(
        f"http://127.0.0.1:{port}/wb/webhooks/{UUID(cabinet)}",
        json={"events": [{"event": event}]},
        headers={"Authorization": secret},
    )


@contextmanager
def webhooks(secret: str, event: str, pulse: Installation) -> Iterator[None]:
    """Wildberries sends a webhook a second, of that event, proven by that secret; then one that is known."""
    with repeated(lambda: _send_webhook(pulse, secret, event), 1.0):
        yield
    _send_webhook(pulse, SECRET, "card_changed")


@contextmanager
def stricter(pulse: Installation) -> Iterator[None]:
    """A second ingestor was started with other limits."""
    environment = dict(pulse.platform.environments["ingestor"])
    environment |= {"PORT": str(free_port()), "WB_WEBHOOK_PORT": str(free_port())}
    environment["WB_RATE_LIMIT"] = str(float(environment["WB_RATE_LIMIT"]) / 2)
    second = subprocess.Popen(
        module_command("ingestor", "serve"),
        env=environment,
        cwd=pulse.platform.instance.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        second.terminate()
        second.wait()


@contextmanager
def heads_inside(pulse: Installation) -> Iterator[None]:
    """Where heads are kept, nothing can be written: somebody put a folder there."""
    path = pulse.platform.instance.folder / "heads.ndjson"
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        aside.rename(path)


@contextmanager
def not_told_of(pulse: Installation) -> Iterator[None]:
    """Prometheus is not told of a service."""
    found = reconfigure(pulse, _without_missed)
    try:
        yield
    finally:
        reconfigure(pulse, lambda configuration: configuration | {"scrape_configs": found["scrape_configs"]})


def _without_missed(configuration: dict[str, object]) -> dict[str, object]:
    jobs = json.loads(json.dumps(configuration["scrape_configs"]))
    return configuration | {"scrape_configs": [job for job in jobs if job["job_name"] != MISSED]}


SMALLER = (
    Trial("a row that cannot be read", frozenset({"RowsInQuarantine"}), broken_row),
    Trial("Wildberries says too many", frozenset({"WildberriesSaysTooMany"}), too_many),
    Trial("Wildberries drifts", frozenset({"WildberriesChanged"}), drifted),
    Trial("keys are guessed", frozenset({"CallersAreRefused"}), guessing),
    Trial("connections used up", frozenset({"ConnectionsRunOut"}), connected),
    Trial("a forgotten transaction", frozenset({"TransactionIsForgotten"}), partial(locked, "reporter.order_facts")),
    Trial(
        "webhooks with another secret",
        frozenset({"WebhooksOfWildberriesRefused"}),
        partial(webhooks, "another", "card_changed"),
    ),
    Trial("webhooks of an unknown event", frozenset({"HintsUnknown"}), partial(webhooks, SECRET, "shop_moved")),
    Trial("other limits", frozenset({"LimitsDiffer"}), stricter),
    Trial("a service that Prometheus does not know", frozenset({"ServiceIsMissing"}), not_told_of),
    Trial("heads that stay inside", frozenset({"HeadsStayInside"}), heads_inside),
)
