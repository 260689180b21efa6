"""A whole Pulse between the two fakes: real servers, every service a process, one cabinet connected."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import httpx
from local import alertmanager, broker_logins, platform, servers
from local.commands import run_module
from local.environments import database_url
from local.own import destroy_abandoned, own_name
from local.prepare import drop

from demo.fakes import FakeTelegram, FakeWildberries, Line, fake_telegram, fake_wildberries

TELEGRAM_ID = 100200300
LIMITS_FACTOR = 120.0
"""WB gives one look at the orders a minute; the fake gives two a second, so that seconds show what minutes would."""

CONNECT_SECONDS = 60

Progress = Callable[[str], None]
Reached = Callable[[servers.Servers], AbstractContextManager[servers.Servers]]


class NotReady(Exception):
    """Something that should have happened did not, within its time."""


@dataclass(frozen=True)
class Installation:
    """Everything that runs."""

    wildberries: FakeWildberries
    telegram: FakeTelegram
    admin_database_url: str
    """Pulse's database, for looking into it from outside."""
    rabbitmq_url: str
    platform: platform.Platform
    api: httpx.Client
    """The gateway, as the connected seller."""
    settings: Mapping[str, str]
    """What the services were told beside this process's environment."""

    def connect_cabinet(self, progress: Progress, token: str | None = None) -> str:
        """Connect the shop, with a new token or this one, and wait until its past is loaded; the cabinet's id.

        Raises:
            NotReady: not within a minute.
        """
        # So much happens here that it would be told in a few messages of many; here each change is followed.
        settings = {"rules": [{"group_after": 0}]}
        self.api.patch("/api/v1/notifications/settings", json=settings).raise_for_status()
        body = {"name": "Демо-магазин", "token": token or self.wildberries.new_token()}
        cabinet: dict[str, Any] = self.api.post("/api/v1/cabinets", json=body).raise_for_status().json()
        cabinet_id = str(cabinet["cabinet_id"])
        progress(f"cabinet {cabinet_id}: {cabinet['status']}")
        wait_until("WB confirms the token", lambda: self._cabinet(cabinet_id)["status"] == "verified")
        progress("WB confirmed the token")
        wait_until("the shop's past is loaded", lambda: self._is_loaded(cabinet_id, progress))
        return cabinet_id

    def sync_now(self, cabinet_id: str, timeout_seconds: float = CONNECT_SECONDS, *, everything: bool = False) -> None:
        """Ask for a sync of orders, cards and stocks, or of `everything` that is read, and wait for its good end.

        Raises:
            NotReady: not within the time.
        """
        body: dict[str, Any] = {"cabinet_id": cabinet_id}
        if everything:
            body["resources"] = [resource["resource"] for resource in self._read(cabinet_id)]
        started = self.api.post("/api/v1/sync/start", json=body).raise_for_status().json()

        def ended() -> bool:
            answer = self.api.get("/api/v1/sync/status", params={"sync_id": started["sync_id"]})
            return bool(answer.raise_for_status().json()["data"]["runs"][0]["status"] == "completed")

        wait_until("the requested sync ends", ended, timeout_seconds)

    def _cabinet(self, cabinet_id: str) -> dict[str, Any]:
        cabinet: dict[str, Any] = self.api.get(f"/api/v1/cabinets/{cabinet_id}").raise_for_status().json()["data"]
        return cabinet

    def _read(self, cabinet_id: str) -> list[dict[str, Any]]:
        answer = self.api.get("/api/v1/sync/status", params={"cabinet_id": cabinet_id}).raise_for_status().json()
        # What stands in for another resource has no next run while that one can be read.
        return [each for each in answer["data"]["resources"] if each["next_run_at"] is not None]

    def _is_loaded(self, cabinet_id: str, progress: Progress) -> bool:
        wanted = self._read(cabinet_id)
        return len(wanted) >= 3 and all(resource["first_load_done"] for resource in wanted)


@contextmanager
def installation(
    prefix: str,
    *,
    history_orders: int,
    progress: Progress,
    wb_options: list[str] | None = None,
    telegram_limits: list[str] | None = None,
    show: str = "none",
    line: Line | None = None,
    env: dict[str, str] | None = None,
    lasting: bool = False,
    has_bot: bool = False,
    is_observed: bool = False,
    reached: Reached = nullcontext,
) -> Iterator[Installation]:
    """Start everything from nothing, for this process alone, and at the end stop and delete it.

    `has_bot` starts the bot too, `is_observed` a Prometheus where it can be had. `lasting` servers keep their promises
    when they are killed; others are faster. `reached` says where services find the servers, if something stands between
    them.
    """
    destroy_abandoned(prefix)
    name = own_name(prefix)
    limits = ["--no-limits"] if telegram_limits is None else telegram_limits
    try:
        with (
            fake_wildberries(
                history_orders=history_orders, limits_factor=LIMITS_FACTOR, options=wb_options
            ) as wildberries,
            fake_telegram(limits=limits, show=show, line=line) as telegram,
        ):
            progress(f"fake Wildberries at {wildberries.url}, fake Telegram at {telegram.url}")
            running = servers.start(name, ephemeral=not lasting, progress=progress)
            database = f"pulse_{name.replace('-', '_')}"
            settings = _settings(wildberries, telegram) | {"REDIS_KEY_PREFIX": f"{name}:"} | (env or {})
            with (
                reached(running) as found,
                _own_vhost(found, name) as rabbitmq_url,
                _platform(found, database, rabbitmq_url, settings, progress, has_bot, is_observed) as pulse,
                httpx.Client(base_url=pulse.url("gateway"), headers=authorized(pulse), timeout=30) as api,
            ):
                admin_url = database_url(running.database_url, database)
                yield Installation(wildberries, telegram, admin_url, rabbitmq_url, pulse, api, settings)
    finally:
        servers.destroy(name)


# Servers may be given, and somebody else's platform may live there: database, vhost and keys are our own.


@contextmanager
def _own_vhost(running: servers.Servers, name: str) -> Iterator[str]:
    if running.sources["rabbitmq"] != servers.GIVEN:
        yield running.rabbitmq_url
        return
    try:
        yield servers.add_vhost(running, name)
    finally:
        servers.delete_vhost(running, name)


@contextmanager
def _platform(
    running: servers.Servers,
    database: str,
    rabbitmq_url: str,
    env: dict[str, str],
    progress: Progress,
    has_bot: bool,
    is_observed: bool,
) -> Iterator[platform.Platform]:
    try:
        pulse = platform.start(
            running,
            database=database,
            rabbitmq_url=rabbitmq_url,
            env=env,
            progress=progress,
            has_clients=has_bot,
            is_observed=is_observed,
        )
        try:
            yield pulse
        finally:
            progress("stopping")
            pulse.stop()
    finally:
        if running.sources["rabbitmq"] == servers.GIVEN:
            broker_logins.drop(running, database)
        if running.sources["postgres"] == servers.GIVEN:
            drop(running, database)


def _settings(wildberries: FakeWildberries, telegram: FakeTelegram) -> dict[str, str]:
    return {
        "WB_API_BASE_URL": wildberries.url,
        "WB_RATE_LIMIT": str(LIMITS_FACTOR),
        "SYNC_INTERVAL": str(1 / LIMITS_FACTOR),
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "TELEGRAM_PER_SECOND": "1000",
        "TELEGRAM_PER_CHAT_PER_SECOND": "1000",
        "ALLOW_PRIVATE_URLS": "1",
        # Whoever is called of the alerts of a real platform is not called of what is played here.
        **dict.fromkeys(alertmanager.SETTINGS, ""),
    }


def authorized(pulse: platform.Platform, telegram_id: int = TELEGRAM_ID) -> dict[str, str]:
    """What a client sends who acts for this user: a new key."""
    words = ("gateway", "keys", "create", "--telegram-id", str(telegram_id))
    key = run_module(*words, env=pulse.environments["gateway"], cwd=pulse.instance.folder).strip()
    return {"Authorization": f"Bearer {key}"}


def wait_until(
    what: str, holds: Callable[[], bool], timeout_seconds: float = CONNECT_SECONDS, *, pause_seconds: float = 0.1
) -> None:
    """Poll, ten times a second unless told otherwise, until `holds()`.

    Raises:
        NotReady: still not after `timeout_seconds`.
    """
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not within {timeout_seconds:g} s")
        time.sleep(pause_seconds)
