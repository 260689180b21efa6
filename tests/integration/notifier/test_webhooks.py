"""Webhooks from their subscription to the program that verifies them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.audit import NotifierAuditRecordedV1
from notifier.deliveries import schedule
from notifier.deliveries.sender import Sender
from notifier.settings import Settings
from servicekit import clock
from servicekit.db import Database
from standardwebhooks import Webhook
from support.eventually import eventually
from support.notifying import orders_reported
from support.outbox_rows import commands_recorded, published
from support.rows import count, rows
from support.subscriptions import Subscription, hear, subscribe, want_nothing
from support.waiting import by_status
from tgsim.running import RunningTgsim


@pytest.fixture
async def subscription(
    notifier_db: Database, settings: Settings, cabinet_id: UUID, tgsim: RunningTgsim
) -> Subscription:
    """A webhook to tgsim's receiver `shop`; the cabinet has no other recipient."""
    await want_nothing(notifier_db, cabinet_id, 7)
    return await subscribe(notifier_db, 7, tgsim.webhook_url("shop"), settings.seal_private_keys)


@pytest.fixture
def secret(subscription: Subscription) -> str:
    """The secret of `subscription`."""
    return subscription.secret


async def ended(database: Database, status: str, deliveries: int = 1) -> None:
    async def have() -> bool:
        statement = "SELECT count(*) AS n FROM deliveries WHERE status = :status"
        return bool((await rows(database, statement, status=status))[0]["n"] == deliveries)

    await eventually(have)


def verify(secret: str, received: dict[str, Any]) -> Any:
    return Webhook(secret).verify(base64.b64decode(received["body_base64"]), received["headers"])


class TestDelivery:
    async def test_a_webhook_arrives_signed_with_the_deliverys_id(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str
    ) -> None:
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "delivered")
        (received,) = tgsim.webhooks()
        assert verify(secret, received)["type"] == "order.new"
        (delivery,) = await rows(notifier_db, "SELECT id FROM deliveries WHERE channel = 'webhook'")
        assert received["headers"]["webhook-id"] == str(delivery["id"])

    @pytest.mark.parametrize("ahead_seconds", [600.0, -600.0])
    async def test_what_is_signed_written_and_told_of_it_has_the_time_of_the_clock_that_all_share(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str,
        monkeypatch: pytest.MonkeyPatch, ahead_seconds: float,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(clock, "_difference_seconds", ahead_seconds)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "delivered")
        (received,) = tgsim.webhooks()
        (event,) = await published(notifier_db, "notification.delivered.v1")
        (written,) = await rows(
            notifier_db,
            "SELECT d.finished_at, a.finished_at AS attempt_finished_at FROM deliveries d "
            "JOIN delivery_attempts a ON a.delivery_id = d.id AND d.channel = 'webhook'",
        )
        signed_at = datetime.fromtimestamp(int(received["headers"]["webhook-timestamp"]), UTC)
        for moment in (signed_at, event.time, event.data.delivered_at, *written.values()):
            assert abs(moment - clock.now()) < timedelta(minutes=5)

    @pytest.mark.parametrize("status", [301, 404, 429, 500])
    async def test_anything_but_2xx_is_tried_again_under_the_same_id(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str,
        status: int, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(schedule, "DELAYS_SECONDS", (0.01,) * 7)
        tgsim.answer_webhooks("shop", status, times=2)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "delivered")
        assert [received["status"] for received in tgsim.webhooks()] == [status, status, 204]
        assert len({received["headers"]["webhook-id"] for received in tgsim.webhooks()}) == 1
        assert len({received["body"] for received in tgsim.webhooks()}) == 1
        assert await count(notifier_db, "pauses") == 0

    @pytest.mark.usefixtures("at_once")
    async def test_410_pauses_it_once_it_was_said_again(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str
    ) -> None:
        tgsim.answer_webhooks("shop", 410)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "failed")
            await handle(orders_reported(cabinet_id))
        assert await by_status(notifier_db, "channel = 'webhook'") == {"failed": 1, "held": 1}
        assert await rows(notifier_db, "SELECT paused_because FROM webhooks") == [{"paused_because": "gone"}]

    @pytest.mark.usefixtures("at_once")
    async def test_one_410_is_no_verdict(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str
    ) -> None:
        tgsim.answer_webhooks("shop", 410, times=1)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "delivered")
        assert await rows(notifier_db, "SELECT paused_at FROM webhooks") == [{"paused_at": None}]

    @pytest.mark.usefixtures("at_once")
    async def test_one_410_after_other_failures_is_no_verdict(
        self, notifier_db: Database, handle: Any, senders: dict[str, Sender], tgsim: RunningTgsim, cabinet_id: UUID,
        secret: str,
    ) -> None:  # fmt: skip
        sender = senders["webhook"]
        await handle(orders_reported(cabinet_id))
        for status in (503, 503, 410, 204):
            tgsim.answer_webhooks("shop", status, times=1)
            await eventually(sender.claim_due)
            await sender.idle()
            await sender.record_ended()
        assert await rows(notifier_db, "SELECT status, attempts FROM deliveries WHERE channel = 'webhook'") == [
            {"status": "delivered", "attempts": 4}
        ]
        assert await rows(notifier_db, "SELECT paused_at FROM webhooks") == [{"paused_at": None}]

    @pytest.mark.usefixtures("at_once")
    async def test_a_private_address_is_never_called(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str
    ) -> None:
        async with sending(allow_private_urls=False):
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "failed")
        assert tgsim.webhooks() == []

    async def test_without_its_key_a_delivery_waits(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, secret: str
    ) -> None:
        async with sending(seal_private_keys=None):
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: _has_failed_once(notifier_db))
        assert await rows(notifier_db, "SELECT status FROM deliveries WHERE channel = 'webhook'") == [
            {"status": "pending"}
        ]

    async def test_a_removed_webhook_gets_nothing_more(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        subscription: Subscription,
    ) -> None:  # fmt: skip
        await handle(orders_reported(cabinet_id))
        await hear(notifier_db, subscription.removed())
        await handle(orders_reported(cabinet_id))
        async with sending():
            await ended(notifier_db, "failed")
        assert tgsim.webhooks() == []


async def _is_paused(database: Database) -> bool:
    return bool(await rows(database, "SELECT 1 FROM receivers WHERE paused_until > now() + interval '2 seconds'"))


async def _has_failed_once(database: Database) -> bool:
    return (await rows(database, "SELECT failures FROM deliveries WHERE channel = 'webhook'")) == [{"failures": 1}]


class TestCommands:
    async def test_a_webhook_that_fails_is_shown_to_fail_and_asked_at_once_when_its_user_changes_it(
        self, command: Any, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        subscription: Subscription, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(schedule, "DELAYS_SECONDS", (0.01,) * 7)
        tgsim.answer_webhooks("shop", 500)
        async with sending():
            await handle(orders_reported(cabinet_id), orders_reported(cabinet_id))
            await eventually(lambda: _is_paused(notifier_db))
            listed = (await command("webhook", "list")).stdout
            shown = json.loads(listed)
            assert (shown["failures"] >= 5, shown["last_error"], shown["waiting"]) == (True, "answered 500", 2)
            assert shown["failing_since"] < shown["asked_again_at"]
            assert "secret" not in listed
            await hear(notifier_db, subscription.entered(url=tgsim.webhook_url("mended")))
            await ended(notifier_db, "delivered", 2)
        assert len(tgsim.webhooks(name="mended")) == 2

    async def test_missing_settings_are_named(self, command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "")
        result = await command("serve")
        assert (result.exit_code, "TELEGRAM_BOT_TOKEN" in result.stderr) == (2, True)

    @pytest.mark.usefixtures("at_once")
    async def test_failed_deliveries_are_listed_and_tried_again(
        self, command: Any, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.set_chat(7, "blocked")
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "failed")
            listed = json.loads((await command("deliveries", "failed")).stdout)
            assert "blocked" in listed["last_error"]
            tgsim.set_chat(7, "ok")
            assert json.loads((await command("deliveries", "retry", listed["id"])).stdout) == {"retried": 1}
            recorded = await commands_recorded(notifier_db, NotifierAuditRecordedV1)
            assert recorded == [("notifier deliveries retry", "done")]
            await ended(notifier_db, "delivered")
        assert len(tgsim.messages()) == 1
