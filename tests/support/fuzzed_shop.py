"""What a fuzz run may try: things of a running shop, those of others that may end, and records of administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from contracts.topics import INGESTOR_SYNCS
from servicekit.db import Database

from support.administration import Admin, bury, deliver, log_sync, quarantine
from support.gateway import Gateway, User
from support.running_shop import RunningShop

EVERYTHING = ("read", "write", "admin")
NOBODY, VICTIM = 4_040_404, 4_040_405
"""Users: to one nothing belongs, the other has keys that may end."""


@dataclass(frozen=True)
class FuzzedShop:
    """A running shop, and who calls it."""

    url: str
    caller: User
    """The shop's owner, who is an administrator too."""
    other: User
    """In whose name is tried what disconnects a cabinet."""
    things: Mapping[str, Sequence[str | int]]
    """Values that exist, by the names of parameters."""
    records: Mapping[str, Sequence[str]]
    """Ids that exist, by the names of administrators' resources; of keys and cabinets those that may end."""
    kept: Sequence[str]
    """Ids of what the run itself stands on: an administrator who ends it would leave nothing to try."""


async def prepare(
    running: RunningShop,
    gateway: Gateway,
    other: User,
    ingestor_db: Database,
    notifier_db: Database,
    rabbitmq_url: str,
) -> FuzzedShop:
    """Store something for every operation, and make the shop's owner an administrator."""
    shop = running.shop
    caller = User(gateway, shop.owner.telegram_id, await gateway.key(shop.owner.telegram_id, scopes=EVERYTHING))
    admin = Admin(gateway, caller.key)
    kept = [str(shop.cabinet_id), *(record["id"] for record in (await admin.get("keys")).json())]
    disposable = [str(await other.connect()) for _ in range(3)]
    things: dict[str, Sequence[str | int]] = {
        name: [value if isinstance(value, int) else str(value)] for name, value in shop.ids.items()
    }
    things["x-telegram-user-id"] = [str(shop.owner.telegram_id)]
    things["cabinet_id"] = [str(shop.cabinet_id), *disposable]
    event_id, cabinet_id = str(uuid4()), shop.cabinet_id
    await bury(rabbitmq_url, INGESTOR_SYNCS, {"id": event_id})
    await quarantine(ingestor_db, cabinet_id)
    records = {
        "cabinets": [str(cabinet_id), *disposable],
        "configuration": ["SYNC_KEEP_DAYS"],
        "dead_letters": [f"{INGESTOR_SYNCS.name}~{event_id}"],
        "deliveries": [f"{cabinet_id}~{await deliver(notifier_db, cabinet_id)}"],
        "keys": [await _made(admin, "keys", {"telegram_id": VICTIM}) for _ in range(3)],
        "quarantine": [f"{cabinet_id}~orders~beef"],
        "replays": [await _made(admin, "replays", {}) for _ in range(2)],
        "sync_logs": [f"{cabinet_id}~{await log_sync(ingestor_db, cabinet_id)}"],
        "users": [await _made(admin, "users", {"id": NOBODY}), str(shop.owner.telegram_id)],
    }
    return FuzzedShop(running.url, caller, other, things, records, kept)


async def _made(admin: Admin, resource: str, body: dict[str, Any]) -> str:
    answer = await admin.call("POST", resource, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
