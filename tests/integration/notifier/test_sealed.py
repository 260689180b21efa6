"""Secrets of webhooks and addresses are sealed anew to the newest key, and sign and lead where they did."""

import base64
import json
from typing import Any
from uuid import UUID

import pytest
from contracts.audit import NotifierAuditRecordedV1
from contracts.notification_targets import address_belongs_to
from contracts.webhooks import SealedSecret
from gateway.webhook_secrets import new_secret
from nacl.public import PrivateKey
from notifier.settings import Settings
from notifier.webhook_secrets import open_secrets
from pydantic import SecretStr
from servicekit import clock
from servicekit.crypto import generate_keys, key_id, seal, unseal
from servicekit.db import Database
from support.outbox_rows import commands_recorded
from support.rows import execute, rows
from support.subscriptions import Subscription, hear, seal_secret, subscribe

TARGET = UUID(int=7)
NEW_PUBLIC, NEW_PRIVATE = generate_keys()


@pytest.fixture
async def shop(notifier_db: Database, settings: Settings) -> Subscription:
    """A webhook that two secrets sign, and an address, all sealed to the first key."""
    made = await subscribe(notifier_db, 7, "https://93.184.216.34/", settings.seal_private_keys)
    assert settings.seal_private_keys
    newer = SealedSecret(sealed=seal_secret(new_secret(), settings.seal_private_keys, webhook_id=made.id))
    older = made.state.secrets[0].model_copy(update={"until": clock.now()})
    await hear(notifier_db, made.entered(secrets=(newer, older)))
    return made


@pytest.fixture
def rotated(settings: Settings, command: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commands of this test find a newer key before the other; the older."""
    assert command, "its environment is set already"
    assert settings.seal_private_keys
    older = settings.seal_private_keys.get_secret_value()
    monkeypatch.setenv("SEAL_PRIVATE_KEYS", f"{NEW_PRIVATE},{older}")
    return older


async def test_secrets_and_addresses_open_with_the_new_key_alone(
    notifier_db: Database, shop: Subscription, rotated: str, command: Any
) -> None:
    owned = address_belongs_to(TARGET)
    public = _public_of(rotated)
    await execute(
        notifier_db,
        """INSERT INTO targets (id, owner_id, telegram_id, revision, channel, recipient, label, sealed_address,
            is_confirmed) VALUES (:id, :id, 7, 1, 'email', 'somebody', 'me', :sealed, true)""",
        id=TARGET,
        sealed=seal("who@example.org", public_key=public, belongs_to=owned),
    )
    [before] = await rows(notifier_db, "SELECT secrets FROM webhooks")
    done = await command("sealed", "reseal")
    assert done.exit_code == 0, done.output
    assert [json.loads(line)["resealed"] for line in done.stdout.splitlines()] == [1, 1]
    said = [json.loads(line) for line in (await command("sealed", "keys")).stdout.splitlines()]
    assert [(each["column"], each["sealed"], each["state"]) for each in said] == [
        ("webhooks.secrets", 2, "newest"),
        ("targets.sealed_address", 1, "newest"),
    ]
    assert {each["key"] for each in said} == {key_id(NEW_PUBLIC)}
    [after] = await rows(notifier_db, "SELECT secrets FROM webhooks")
    now, was = after["secrets"], before["secrets"]
    new, old = SecretStr(NEW_PRIVATE), SecretStr(rotated)
    assert open_secrets([each["sealed"] for each in now], new, webhook_id=str(shop.id)) == open_secrets(
        [each["sealed"] for each in was], old, webhook_id=str(shop.id)
    )
    assert [each["until"] for each in now] == [each["until"] for each in was]
    [target] = await rows(notifier_db, "SELECT sealed_address FROM targets")
    assert unseal(target["sealed_address"], private_keys=NEW_PRIVATE, belongs_to=owned) == "who@example.org"
    assert await commands_recorded(notifier_db, NotifierAuditRecordedV1) == [
        ("notifier sealed reseal", "begun"),
        ("notifier sealed reseal", "done"),
    ]


def _public_of(private: str) -> str:
    return base64.b64encode(bytes(PrivateKey(base64.b64decode(private)).public_key)).decode()
