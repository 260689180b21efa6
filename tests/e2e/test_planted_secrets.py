"""Secrets of every kind are given to a running Pulse, things go well and badly with them, and then they are nowhere.

Sealed and hashed they may be anywhere; as they are, or merely encoded, only in the files of those whom they belong to.
"""

import base64
import json
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aio_pika
import asyncpg
import httpx
import pytest
import redis.asyncio
from contracts.topics import EVENTS_EXCHANGE
from cryptography.hazmat.primitives.asymmetric import ec
from demo.installation import TELEGRAM_ID, Installation, installation, wait_until
from local.commands import module_command
from local.workspace import find_root
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from pushsim.state import Sim
from pydantic import SecretStr
from servicekit.settings import is_secret
from servicekit.traces.store import StoringExporter
from support.everywhere import gather, tap
from support.person import Person
from support.planted import found
from support.settings import settings_of
from support.signing_in import widget

ROOT = find_root(Path(__file__).parent)
API = "/api/v1"
NOT_SET = {"DATABASE_REPLICA_URL", "BOT_WEBHOOK_SECRET"}
"""Secrets of parts that are not there: a replica's password is that of its database, and the bot polls."""

KEPT_BY_THEIR_OWNERS = {"secrets.json", "services.json", "redis.conf", "rabbitmq.conf"}
"""Files by which servers and services of one machine are given their secrets; nobody else may read them."""


@dataclass
class Planted:
    """What was planted, by what it is."""

    pulse: Installation
    store: Path
    api_key: str
    admin_key: str
    secrets: dict[str, str] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)
    """What is shown to whoever entered it, and kept apart by the audit: no secret, and nothing for a log either."""
    said: list[str] = field(default_factory=list)
    """By commands, on both outputs, and by the gateway to whoever was refused."""

    def post(self, path: str, status: int, key: str | None = None, **body: Any) -> Any:
        """Call the gateway as the seller, or with another key."""
        headers = {"Authorization": f"Bearer {key or self.api_key}", "Idempotency-Key": str(uuid4())}
        answer = httpx.post(self.pulse.platform.url("gateway") + API + path, json=body, headers=headers, timeout=30)
        assert answer.status_code == status, answer.text
        if status >= 300:
            self.said.append(answer.text)
        return answer.json() if answer.content else None

    def run(self, service: str, *words: str, **environment: str) -> None:
        """A command of a service, whatever becomes of it."""
        ended = subprocess.run(
            module_command(*words),
            env={**self.pulse.platform.environments[service], **environment},
            cwd=self.pulse.platform.instance.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.said.append(ended.stdout + ended.stderr)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    store = tmp_path_factory.mktemp("traces")
    key = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
    given = {
        "SMTP_URL": f"smtp://pulse:{secrets.token_urlsafe(24)}@127.0.0.1:9?tls=none",
        "SMTP_FROM": "pulse@example.ru",
        "PUBLIC_URL": "https://pulse.example.ru",
        "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(key).rstrip(b"=").decode(),
        "VAPID_SUBJECT": "mailto:admin@example.ru",
        "FIREBASE_CREDENTIALS": Sim(url="http://127.0.0.1:9").credentials(),
        "FIREBASE_API_BASE_URL": "http://127.0.0.1:9",
        "WB_WEBHOOK_SECRETS": secrets.token_urlsafe(24),
        "WB_WEBHOOK_PORT": "0",
        "TRACE_STORE": str(store),
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "LOG_LEVEL": "DEBUG",
    }
    with installation("planted", history_orders=30, progress=lambda _: None, has_bot=True, env=given) as pulse:
        seller = pulse.api.headers["Authorization"].removeprefix("Bearer ")
        made = subprocess.run(
            module_command("gateway", "keys", "create", "--scopes", "admin"),
            env=dict(pulse.platform.environments["gateway"]), cwd=pulse.platform.instance.folder,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield Planted(pulse, store, api_key=seller, admin_key=made.stdout.strip())


def of_settings(environments: dict[str, dict[str, str]]) -> dict[str, str]:
    """The secret settings of all processes, of a URL its password; every one that a settings class has."""
    values, names = {}, set()
    for service, environment in environments.items():
        for name, setting in settings_of(service).model_fields.items():
            if is_secret(setting):
                names.add(name.upper())
                if value := environment.get(name.upper()):
                    values[f"{name.upper()} of {service}"] = unquote(urlsplit(value).password or value)
    assert {name.split()[0] for name in values} == names - NOT_SET
    credentials = json.loads(values["FIREBASE_CREDENTIALS of notifier"])
    # What it is all about is the key, which has lines of its own.
    return values | {"FIREBASE_CREDENTIALS of notifier": credentials["private_key"].splitlines()[12]}


def a_day(planted: Planted) -> None:
    """Everything happens that secrets have a part in, first well and then badly."""
    pulse = planted.pulse
    kept = planted.secrets
    kept |= {"API key": planted.api_key, "administrator's API key": planted.admin_key}
    kept["WB token"] = pulse.wildberries.new_token()
    cabinet_id = pulse.connect_cabinet(lambda _: None, kept["WB token"])
    has_a_webhook_and_targets(planted)
    signs_in(planted)
    administrates(planted)
    pulse.wildberries.order(3)
    wait_until("orders are told", lambda: len(pulse.telegram.messages()) >= 3)
    is_refused(planted, cabinet_id)
    is_failed_by_wildberries(planted)
    commands_fail(planted)


def has_a_webhook_and_targets(planted: Planted) -> None:
    """A receiver that takes what is sent and one that does not, and targets that nobody answers at."""
    kept, telegram = planted.secrets, planted.pulse.telegram
    address = planted.private["address of a webhook"] = secrets.token_urlsafe(24)
    made = planted.post("/webhooks", 201, url=f"{telegram.url}/_sim/webhooks/{address}")
    kept["webhook secret"] = made["secret"]
    kept["rotated webhook secret"] = planted.post(f"/webhooks/{made['webhook_id']}/secrets", 201)["secret"]
    broken = planted.post("/webhooks", 201, url=f"{telegram.url}/_sim/webhooks/broken")
    kept["secret of a webhook that fails"] = broken["secret"]
    telegram.control.put("/_sim/webhooks/broken", json={"status": 500}).raise_for_status()
    browser = Sim(url="http://127.0.0.1:9").new_subscription()
    kept["address of a browser"] = browser["endpoint"].rpartition("/")[2]
    kept["key of a browser"] = browser["auth"]
    kept["address of a phone"] = Sim().new_device()
    mail = planted.private["e-mail address"] = f"{secrets.token_hex(12)}@mail.example"
    planted.post("/notifications/targets", 201, channel="webpush", **browser)
    planted.post("/notifications/targets", 201, channel="firebase", token=kept["address of a phone"])
    mailed = planted.post("/notifications/targets", 201, channel="email", address=mail)
    planted.post(f"/notifications/targets/{mailed['target_id']}/confirm", 409, code="000000")


def signs_in(planted: Planted) -> None:
    """Well, then with what Telegram did not sign and with what is used up."""
    kept = planted.secrets
    shown = widget(TELEGRAM_ID, bot_token=SecretStr(planted.pulse.telegram.token))
    tokens = planted.post("/auth/telegram", 200, **shown)
    kept |= {"access token": tokens["access_token"], "refresh token": tokens["refresh_token"]}
    kept["signature of Telegram"] = shown["hash"]
    newer = planted.post("/auth/refresh", 200, refresh_token=kept["refresh token"])
    kept |= {"newer access token": newer["access_token"], "newer refresh token": newer["refresh_token"]}
    profile = planted.pulse.api.get(f"{API}/me", headers={"Authorization": f"Bearer {newer['access_token']}"})
    assert profile.raise_for_status().json()["data"]["telegram_id"] == TELEGRAM_ID
    kept["forged signature"] = secrets.token_hex(32)
    planted.post("/auth/telegram", 401, **{**shown, "hash": kept["forged signature"]})
    kept["unknown refresh token"] = secrets.token_urlsafe(48)
    planted.post("/auth/refresh", 401, refresh_token=kept["unknown refresh token"])


def administrates(planted: Planted) -> None:
    made = planted.post("/admin/keys", 201, planted.admin_key, name="made", scopes=["read"], telegram_id=TELEGRAM_ID)
    planted.secrets["API key made by an administrator"] = made["key"]


def is_refused(planted: Planted, cabinet_id: str) -> None:
    """Tokens and keys that are good for nothing are as secret as those that are; also where they do not belong."""
    pulse, kept = planted.pulse, planted.secrets
    post = pulse.wildberries.control.post
    kept["expired WB token"] = post("/_sim/tokens", json={"expires_in_s": -60}).raise_for_status().json()["token"]
    planted.post("/cabinets", 422, name="Магазин", token=kept["expired WB token"])
    kept["WB token written to the bot"] = post("/_sim/tokens", json={"expires_in_s": -90}).json()["token"]
    anna = Person(pulse.telegram.control, TELEGRAM_ID, "Анна")
    anna.says(kept["WB token written to the bot"], "")
    kept["WB token in a field that is none"] = pulse.wildberries.new_token()
    planted.post("/cabinets", 422, name="Магазин", tokens=[kept["WB token in a field that is none"]])
    kept["unknown API key"] = f"pulse_{secrets.token_urlsafe(32)}"
    planted.post("/sync/start", 401, kept["unknown API key"])
    kept["API key in an address"] = f"pulse_{secrets.token_urlsafe(32)}"
    for path in (f"/orders?api_key={kept['API key in an address']}", f"/orders/{kept['API key in an address']}"):
        answer = pulse.api.get(API + path)
        assert answer.status_code in (404, 422), answer.text
    # Who asks so is shown where he asked; nobody else is.
    path = f"{API}/webhooks/{kept['API key in an address']}/test?token={kept['API key in an address']}"
    assert pulse.api.post(path).status_code == 422
    kept["password of an address"] = secrets.token_urlsafe(24)
    planted.post("/webhooks", 422, url=f"https://pulse:{kept['password of an address']}@hooks.example/")
    kept["newest WB token"] = pulse.wildberries.new_token()
    path = f"{API}/cabinets/{cabinet_id}/token"
    pulse.api.put(path, json={"token": kept["newest WB token"]}).raise_for_status()


def is_failed_by_wildberries(planted: Planted) -> None:
    """WB breaks off, then refuses a token that was good; Telegram fails meanwhile."""
    pulse = planted.pulse
    pulse.telegram.control.post("/_sim/faults", json={"kind": "status", "status": 500, "times": 2}).raise_for_status()
    fault = {"path": "/api/v1/supplier/orders", "kind": "cut", "times": 1}
    pulse.wildberries.control.post("/_sim/faults", json=fault).raise_for_status()
    srids = set(pulse.wildberries.order(2))
    wait_until("orders made meanwhile are told", lambda: srids <= {each.srid for each in pulse.telegram.messages()})
    fault = {"path": "/", "kind": "status", "status": 401}
    pulse.wildberries.control.post("/_sim/faults", json=fault).raise_for_status()

    def is_told() -> bool:
        return any("не принимает токен" in message["html"] for message in pulse.telegram.raw_messages())

    wait_until("the seller is told that the token is refused", is_told)
    pulse.wildberries.control.delete("/_sim/faults").raise_for_status()


def commands_fail(planted: Planted) -> None:
    """Those of operators show secrets of none, and services that do not reach their servers do not either."""
    planted.run("gateway", "gateway", "keys", "list")
    planted.run("notifier", "notifier", "webhook", "list")
    planted.run("audit", "audit", "export")
    for service, variable in (("gateway", "DATABASE_URL"), ("notifier", "RABBITMQ_URL")):
        url = planted.pulse.platform.environments[service][variable]
        parts = urlsplit(url)
        away = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:9").geturl()
        words = ("gateway", "keys", "list") if service == "gateway" else ("servicekit", "dead", "notifier.orders")
        planted.run(service, *words, **{variable: away})
    planted.run("ingestor", "ingestor", "serve", SYNC_WORKERS="many")


@pytest.mark.timeout(600)
async def test_none_is_found_anywhere_but_with_those_whom_it_belongs_to(planted: Planted, tmp_path: Path) -> None:
    pulse = planted.pulse
    planted.secrets |= of_settings({name: dict(each) for name, each in pulse.platform.environments.items()})
    await tap(pulse.rabbitmq_url)
    a_day(planted)
    assert len(planted.secrets) > 40
    keys = {"seller": planted.api_key, "administrator": planted.admin_key}

    places = await gather(pulse, planted.store, keys, tmp_path / "first")
    (tmp_path / "first" / "said").write_text("\n".join(planted.said))
    assert shown(found(planted.secrets, tmp_path / "first"), tmp_path / "first") == {}
    watched = [places[name] for name in ("logs", "traces", "metrics", "redis", "processes")]
    assert shown(found(planted.private, *watched), tmp_path / "first") == {}
    assert found(planted.private, places["tables"]).keys() == planted.private.keys()
    assert found(planted.secrets, *tracked()) == {}
    await checkpoint(pulse)
    in_files = found(planted.secrets, pulse.platform.instance.folder)
    holding = {path for paths in in_files.values() for path in paths}
    assert {path.name for path in holding} <= KEPT_BY_THEIR_OWNERS, shown(in_files, pulse.platform.instance.folder)
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in holding} == {0}

    # The same search finds one that is planted into each of these places.
    secret = secrets.token_urlsafe(32)
    with as_an_argument(secret):
        await plant(planted, secret)
        again = await gather(pulse, planted.store, keys, tmp_path / "again")
    hit = found({"planted": secret}, tmp_path / "again").get("planted", set())
    seen = {path.relative_to(tmp_path / "again").parts[0] for path in hit}
    assert seen == again.keys() - {"metrics"}
    assert places.keys() == again.keys()
    assert "pulse_" in (again["metrics"] / "gateway").read_text()
    await checkpoint(pulse)
    assert any(
        "postgres" in path.parts for path in found({"planted": secret}, pulse.platform.instance.folder)["planted"]
    )


async def plant(planted: Planted, secret: str) -> None:
    """Write it into every kind of place, each time as it could get there."""
    pulse = planted.pulse
    with pulse.platform.log("reporter").open("a") as log:
        log.write(json.dumps({"event": "order.counted", "note": f"Bearer {secret}"}) + "\n")
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(StoringExporter(planted.store, "reporter")))
    provider.get_tracer("tests").start_span("wb orders", attributes={"http.request.header": secret}).end()
    provider.shutdown()
    connection = await asyncpg.connect(pulse.admin_database_url)
    try:
        basic = base64.b64encode(f"pulse:{secret}".encode())
        await connection.execute("CREATE TABLE reporter.planted (body bytea)")
        await connection.execute("INSERT INTO reporter.planted VALUES ($1)", basic)
    finally:
        await connection.close()
    async with await aio_pika.connect(pulse.rabbitmq_url) as broker:
        exchange = await (await broker.channel()).get_exchange(EVENTS_EXCHANGE)
        await exchange.publish(aio_pika.Message(b"{}", headers={"x-planted": secret}), "planted")
    environment = pulse.platform.environments["gateway"]
    async with redis.asyncio.from_url(environment["REDIS_URL"]) as client:
        await client.hset(f"{environment['REDIS_KEY_PREFIX']}planted", "key", secret.encode().hex())
    # The name of a cabinet is shown to its seller, and told to him.
    (cabinet,) = pulse.api.get(f"{API}/cabinets").json()["data"]
    pulse.api.patch(f"{API}/cabinets/{cabinet['cabinet_id']}", json={"name": secret}).raise_for_status()
    pulse.telegram.control.post("/_sim/webhooks/planted", content=secret).raise_for_status()


@contextmanager
def as_an_argument(secret: str) -> Iterator[None]:
    """Meanwhile there is a process that was called with it."""
    called = subprocess.Popen([sys.executable, "-c", "input()", secret], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        called.communicate(b"\n")


async def checkpoint(pulse: Installation) -> None:
    """What is in PostgreSQL's memory is in its files too, as a backup would copy them."""
    connection = await asyncpg.connect(pulse.admin_database_url)
    try:
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def tracked() -> list[Path]:
    """The files of the repository, documentation too."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in said.split("\0") if name and (path := ROOT / name).is_file()]


def shown(holding: dict[str, set[Path]], folder: Path) -> dict[str, list[str]]:
    """For whoever reads a failure; not the secrets themselves."""
    return {name: sorted(str(path.relative_to(folder)) for path in paths) for name, paths in holding.items()}
