"""A cabinet's webhooks: added, listed, rotated and removed by whoever runs the installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from notifier.webhook_secrets import new_secret, seal_secret

ROTATION_HOURS = 24
"""How long a replaced secret goes on signing beside the new one."""

_INSERT = text("""
INSERT INTO webhooks (cabinet_id, id, url, sealed_secret)
SELECT :cabinet_id, :id, :url, :sealed_secret FROM cabinets
WHERE cabinet_id = :cabinet_id AND connected_at IS NOT NULL AND disconnected_at IS NULL
FOR SHARE
RETURNING id
""")
_LIST = text("""
SELECT w.cabinet_id, w.id, w.url, w.created_at, w.disabled_at, coalesce(r.failures, 0) AS failures, r.failing_since,
       CASE WHEN r.paused_until > now() THEN r.paused_until END AS paused_until, r.last_error,
       (SELECT count(*) FROM deliveries d WHERE d.channel = 'webhook' AND d.recipient = CAST(w.id AS text)
        AND d.status IN ('pending', 'sending')) AS waiting
FROM webhooks w LEFT JOIN receivers r ON (r.channel, r.recipient) = ('webhook', CAST(w.id AS text))
ORDER BY w.cabinet_id, w.id
""")
_ROTATE = text("""
UPDATE webhooks SET sealed_previous_secret = sealed_secret, sealed_secret = :sealed_secret,
    previous_until = now() + make_interval(hours => :hours), disabled_at = NULL, told_failing_since = NULL
WHERE id = :id RETURNING id
""")
_REMOVE = text("DELETE FROM webhooks WHERE id = :id RETURNING id")
_ASK_NOW = text("""
UPDATE receivers SET paused_until = NULL, failures = 0, failing_since = NULL, refusing_since = NULL,
    due_at = LEAST(due_at, now())
WHERE channel = 'webhook' AND recipient = :id
""")


@dataclass(frozen=True)
class StoredWebhook:
    """A webhook without its secret; since when and why it fails, and how many deliveries wait for it."""

    cabinet_id: UUID
    id: UUID
    url: str
    created_at: datetime
    disabled_at: datetime | None
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    last_error: str | None
    waiting: int


class NoSuchCabinet(Exception):
    """The cabinet is not connected."""


class NoSuchWebhook(Exception):
    """There is no webhook of that id."""


async def add(connection: AsyncConnection, *, cabinet_id: UUID, url: str, private_keys: SecretStr) -> tuple[UUID, str]:
    """Tell `url` of the cabinet's orders from now on; the webhook's id and its secret, which is never shown again.

    Raises:
        NoSuchCabinet: it is unknown or disconnected.
    """
    webhook_id, secret = uuid7(), new_secret()
    row = {
        "cabinet_id": cabinet_id,
        "id": webhook_id,
        "url": url,
        "sealed_secret": seal_secret(secret, private_keys, belongs_to=str(webhook_id)),
    }
    if (await connection.execute(_INSERT, row)).first() is None:
        raise NoSuchCabinet(f"cabinet {cabinet_id} is not connected")
    return webhook_id, secret


async def all_webhooks(connection: AsyncConnection) -> Sequence[StoredWebhook]:
    """Every webhook of this installation."""
    return [StoredWebhook(**row) for row in (await connection.execute(_LIST)).mappings()]


async def rotate(connection: AsyncConnection, webhook_id: UUID, private_keys: SecretStr) -> str:
    """A new secret, shown once; the one before signs too for `ROTATION_HOURS`. Switches a disabled webhook on again,
    and asks a paused one at once.

    Raises:
        NoSuchWebhook
    """
    secret = new_secret()
    sealed = seal_secret(secret, private_keys, belongs_to=str(webhook_id))
    row = {"id": webhook_id, "sealed_secret": sealed, "hours": ROTATION_HOURS}
    if (await connection.execute(_ROTATE, row)).first() is None:
        raise NoSuchWebhook(f"there is no webhook {webhook_id}")
    await connection.execute(_ASK_NOW, {"id": str(webhook_id)})
    return secret


async def remove(connection: AsyncConnection, webhook_id: UUID) -> None:
    """Tell it nothing more; what is still to be delivered to it fails.

    Raises:
        NoSuchWebhook
    """
    if (await connection.execute(_REMOVE, {"id": webhook_id})).first() is None:
        raise NoSuchWebhook(f"there is no webhook {webhook_id}")
    await connection.execute(_ASK_NOW, {"id": str(webhook_id)})
