"""Targets as the gateway announces them, given to the notifier without a gateway."""

import base64
from typing import Any
from uuid import uuid4

from contracts.envelope import Event
from contracts.model import Model
from contracts.notification_targets import (
    Confirmation,
    EmailAddress,
    NotificationTargetEnteredV1,
    NotificationTargetRemovedV1,
    NotificationTargetTestedV1,
    address_belongs_to,
)
from contracts.topics import NOTIFIER_ENTERED
from contracts.webhooks import owner_id
from nacl.public import PrivateKey
from notifier.handlers.notification_target_entered import notification_target_entered
from notifier.handlers.notification_target_removed import notification_target_removed
from notifier.handlers.notification_target_tested import notification_target_tested
from pydantic import SecretStr
from servicekit import clock, crypto
from servicekit.consume import handle_once
from servicekit.db import Database
from servicekit.events import new_event

HANDLERS: dict[type[Any], Any] = {
    NotificationTargetEnteredV1: notification_target_entered,
    NotificationTargetRemovedV1: notification_target_removed,
    NotificationTargetTestedV1: notification_target_tested,
}


class EnteredTarget:
    """A user's target whose states are made one after the other."""

    def __init__(
        self, telegram_id: int, channel: str, private_keys: SecretStr | None, address: Model | None, **fields: Any
    ) -> None:
        self.id, self._keys = uuid4(), private_keys
        self.state = NotificationTargetEnteredV1(
            **{
                "target_id": self.id,
                "telegram_id": telegram_id,
                "revision": 1,
                "channel": channel,
                "label": "a label",
                "cabinets": None,
                "sealed_address": address and self.sealed(address.model_dump_json()),
                "state": "active",
                **fields,
            }
        )

    @property
    def recipient(self) -> str:
        """As deliveries name it, but for groups in Telegram."""
        return str(self.id)

    def sealed(self, secret: str) -> str:
        """As the gateway seals it, to the first of the keys."""
        assert self._keys
        first = self._keys.get_secret_value().split(",")[0]
        public = base64.b64encode(bytes(PrivateKey(base64.b64decode(first)).public_key)).decode()
        return crypto.seal(secret, public_key=public, belongs_to=address_belongs_to(self.id))

    def entered(self, **changes: Any) -> Event[Any]:
        """The event of its state, after changes, if there are any, as the next revision."""
        if changes:
            revision = self.state.revision + 1
            self.state = self.state.model_copy(update={"revision": revision, **changes})
        return self._event(self.state)

    def code_sent(self, code: str) -> Event[Any]:
        """The event that has a code sent, as the next revision."""
        confirmation = Confirmation(sealed=self.sealed(code), expires_at=clock.now())
        event = self.entered(state="unconfirmed", confirmation=confirmation)
        self.state = self.state.model_copy(update={"confirmation": None})
        return event

    def removed(self) -> Event[Any]:
        """The event of its end."""
        return self._event(NotificationTargetRemovedV1(**self._key(), revision=self.state.revision + 1))

    def tested(self) -> Event[Any]:
        """The event that asks for a test message."""
        return self._event(NotificationTargetTestedV1(**self._key(), revision=self.state.revision, test_id=uuid4()))

    def _key(self) -> dict[str, Any]:
        return {"target_id": self.id, "telegram_id": self.state.telegram_id}

    def _event(self, data: Any) -> Event[Any]:
        return new_event(data, cabinet_id=owner_id(self.state.telegram_id))


def an_email(address: str = "maria@example.ru", unsubscribe: str = "Un5ubscribe-token") -> EmailAddress:
    """What is sealed of an e-mail."""
    return EmailAddress(address=address, unsubscribe=unsubscribe)


async def hear_targets(database: Database, *events: Event[Any]) -> None:
    """Let the notifier handle them in turn."""
    for event in events:
        await handle_once(database, NOTIFIER_ENTERED, HANDLERS, event)


async def enter_target(
    database: Database, telegram_id: int, channel: str, keys: SecretStr | None, address: Model | None, **fields: Any
) -> EnteredTarget:
    """A target that the notifier has heard of."""
    made = EnteredTarget(telegram_id, channel, keys, address, **fields)
    await hear_targets(database, made.entered())
    return made
