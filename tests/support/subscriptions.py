"""Webhook subscriptions as the gateway announces them, given to the notifier without a gateway."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Event
from contracts.notification_settings import NotificationSettings, NotificationSettingsEnteredV1, SettingsRule
from contracts.preferences import PreferencesEnteredV1
from contracts.topics import NOTIFIER_ENTERED
from contracts.webhooks import (
    SealedSecret,
    WebhooksEnteredV1,
    WebhooksRemovedV1,
    WebhooksReplayRequestedV1,
    WebhooksTestedV1,
    owner_id,
    secret_belongs_to,
)
from gateway.webhook_secrets import new_secret
from nacl.public import PrivateKey
from notifier.handlers.notification_settings_entered import notification_settings_entered
from notifier.handlers.preferences_entered import preferences_entered
from notifier.handlers.webhooks_entered import webhooks_entered
from notifier.handlers.webhooks_removed import webhooks_removed
from notifier.handlers.webhooks_replay_requested import webhooks_replay_requested
from notifier.handlers.webhooks_tested import webhooks_tested
from pydantic import SecretStr
from servicekit import clock, crypto
from servicekit.consume import handle_once
from servicekit.db import Database
from servicekit.events import new_event

HANDLERS: dict[type[Any], Any] = {
    WebhooksEnteredV1: webhooks_entered,
    WebhooksRemovedV1: webhooks_removed,
    WebhooksTestedV1: webhooks_tested,
    WebhooksReplayRequestedV1: webhooks_replay_requested,
    PreferencesEnteredV1: preferences_entered,
    NotificationSettingsEnteredV1: notification_settings_entered,
}


def seal_secret(secret: str, private_keys: SecretStr, *, webhook_id: object) -> str:
    """As the gateway seals it, to the first of the keys."""
    first = private_keys.get_secret_value().split(",")[0]
    public = base64.b64encode(bytes(PrivateKey(base64.b64decode(first)).public_key)).decode()
    return crypto.seal(secret, public_key=public, belongs_to=secret_belongs_to(webhook_id))


class Subscription:
    """A user's subscription whose states are made one after the other."""

    def __init__(self, telegram_id: int, url: str, private_keys: SecretStr | None, **fields: Any) -> None:
        assert private_keys
        self.id, self.secret, self._keys = uuid4(), new_secret(), private_keys
        sealed = SealedSecret(sealed=seal_secret(self.secret, private_keys, webhook_id=self.id))
        self.state = WebhooksEnteredV1(
            **{
                "webhook_id": self.id,
                "telegram_id": telegram_id,
                "revision": 1,
                "url": url,
                "cabinets": None,
                "event_types": ("*",),
                "state": "active",
                "resumes": 0,
                "secrets": (sealed,),
                **fields,
            }
        )

    @property
    def recipient(self) -> str:
        """As deliveries name it."""
        return str(self.id)

    def entered(self, **changes: Any) -> Event[Any]:
        """The event of its state, after changes, if there are any, as the next revision."""
        if changes:
            revision = self.state.revision + 1
            self.state = self.state.model_copy(update={"revision": revision, **changes})
        return self._event(self.state)

    def removed(self) -> Event[Any]:
        """The event of its end."""
        return self._event(WebhooksRemovedV1(**self._key(), revision=self.state.revision + 1))

    def tested(self, cabinet_id: UUID) -> Event[Any]:
        """The event that asks for a test."""
        data = WebhooksTestedV1(**self._key(), revision=self.state.revision, test_id=uuid4())
        return new_event(data, cabinet_id=cabinet_id)

    def replay_requested(self, since: datetime, until: datetime | None = None) -> Event[Any]:
        """The event that asks for what was missed."""
        data = WebhooksReplayRequestedV1(
            **self._key(),
            revision=self.state.revision,
            replay_id=uuid4(),
            since=since,
            until=until or clock.now(),
        )
        return self._event(data)

    def _key(self) -> dict[str, Any]:
        return {"webhook_id": self.id, "telegram_id": self.state.telegram_id}

    def _event(self, data: Any) -> Event[Any]:
        return new_event(data, cabinet_id=owner_id(self.state.telegram_id))


def preferences(cabinet_id: UUID, telegram_id: int, *off: str, revision: int = 1) -> Event[Any]:
    """The event of what a member does not want to be told, as it was before there were settings."""
    data = PreferencesEnteredV1(telegram_id=telegram_id, channel="telegram", off=off, revision=revision)
    return new_event(data, cabinet_id=cabinet_id)


def settings_entered(telegram_id: int, *rules: SettingsRule, revision: int = 2, **fields: Any) -> Event[Any]:
    """The event of what a user wants to be told; newer than what `support.wanting` put there."""
    settings = NotificationSettings(rules=rules, **fields)
    data = NotificationSettingsEnteredV1(telegram_id=telegram_id, revision=revision, settings=settings)
    return new_event(data, cabinet_id=owner_id(telegram_id))


def off(cabinet_id: UUID, *kinds: str) -> list[SettingsRule]:
    """Rules that switch the kinds off in the cabinet."""
    return [SettingsRule(cabinet_id=cabinet_id, kind=kind, is_on=False) for kind in kinds]


async def hear(database: Database, *events: Event[Any]) -> None:
    """Let the notifier handle them in turn."""
    for event in events:
        await handle_once(database, NOTIFIER_ENTERED, HANDLERS, event)


async def subscribe(
    database: Database, telegram_id: int, url: str, private_keys: SecretStr | None, **fields: Any
) -> Subscription:
    """A subscription that the notifier has heard of."""
    made = Subscription(telegram_id, url, private_keys, **fields)
    await hear(database, made.entered())
    return made


async def want_nothing(database: Database, cabinet_id: UUID, telegram_id: int) -> None:
    """The member is told nothing of the cabinet in Telegram: his webhooks alone are."""
    rule = SettingsRule(cabinet_id=cabinet_id, channel="telegram", is_on=False)
    await hear(database, settings_entered(telegram_id, rule))
