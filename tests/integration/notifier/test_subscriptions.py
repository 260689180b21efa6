"""Webhook subscriptions and preferences in the notifier: what they choose, pauses, and what was missed."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.cabinets import CabinetTokenExpiringV1
from contracts.topics import NOTIFIER_ALERTS
from contracts.webhooks import SealedSecret
from gateway.webhook_secrets import new_secret
from notifier.deliveries.programs import told_to_programs
from notifier.deliveries.schedule import TRIES_BEFORE_PAUSE
from notifier.deliveries.sender import Sender
from notifier.handlers.told_by_rules import told_by_rules
from notifier.jobs import replay_missed as replay_module
from notifier.jobs.pause_webhooks import pause_webhooks
from notifier.jobs.replay_missed import replay_missed
from notifier.jobs.tell_outages import tell_outages
from notifier.settings import Settings
from notifier.waiting import DAYS_BEFORE_PAUSE
from notifier.webhooks import NotEntered
from servicekit import clock
from servicekit.consume import handle_once
from servicekit.db import Database
from servicekit.events import new_event
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError
from support.eventually import eventually
from support.notifying import connected, orders_reported, reported
from support.rows import count, execute, rows
from support.subscriptions import Subscription, hear, off, seal_secret, settings_entered, subscribe, want_nothing
from support.waiting import by_status, until
from tgsim.running import RunningTgsim

DAY = timedelta(days=1)


@pytest.fixture
async def shop(notifier_db: Database, settings: Settings, cabinet_id: UUID, tgsim: RunningTgsim) -> Subscription:
    """A webhook to tgsim's receiver `shop`; the cabinet has no other recipient."""
    await want_nothing(notifier_db, cabinet_id, 7)
    return await subscribe(notifier_db, 7, tgsim.webhook_url("shop"), settings.seal_private_keys)


def expiring(cabinet_id: UUID) -> Any:
    return new_event(CabinetTokenExpiringV1(expires_at=clock.now() + DAY, threshold_days=1), cabinet_id=cabinet_id)


async def told_to(database: Database, subscription: Subscription) -> list[str]:
    found = await rows(
        database, "SELECT kind FROM deliveries WHERE recipient = :id ORDER BY kind", id=subscription.recipient
    )
    return [row["kind"] for row in found]


async def received(tgsim: RunningTgsim, name: str = "shop") -> list[str]:
    """The ids of the messages that the receiver took, as often as it did."""
    return [each["headers"]["webhook-id"] for each in tgsim.webhooks(name=name) if each["status"] < 300]


class TestStates:
    async def test_the_newest_counts_in_whatever_order_and_however_often_they_come(
        self, notifier_db: Database, settings: Settings
    ) -> None:
        for removed in (False, True):
            found = []
            for order in permutations(range(3)):
                made = Subscription(7, "https://a.example/", settings.seal_private_keys)
                states = [
                    made.entered(),
                    made.entered(url="https://b.example/", resumes=1),
                    made.entered(state="paused"),
                ]
                states = [*states[:2], made.removed()] if removed else states
                await hear(notifier_db, *(states[n] for n in order), states[order[0]])
                found += await rows(
                    notifier_db,
                    "SELECT url, is_active, revision, removed_at IS NOT NULL AS is_removed FROM webhooks "
                    "WHERE id = :id",
                    id=made.id,
                )
            assert len(found) == 6
            assert all(state == found[0] for state in found)
            assert found[0]["is_removed"] == removed
            assert found[0]["url"] == (None if removed else "https://b.example/")

    async def test_types_and_cabinets_are_chosen(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
    ) -> None:
        handlers: dict[type[Any], Any] = {
            type(expiring(cabinet_id).data): told_by_rules,
            type(orders_reported(cabinet_id).data): told_by_rules,
        }
        chosen: dict[tuple[str, ...], list[str]] = {
            ("*",): ["order_cancelled", "order_new", "token_expiring"],
            ("order.*",): ["order_cancelled", "order_new"],
            ("order.cancelled",): ["order_cancelled"],
            ("token.expiring", "order.new"): ["order_new", "token_expiring"],
            ("orders.reported.v1",): ["orders.reported.v1"],
            ("cabinet.token_expiring.v1", "token.*"): ["cabinet.token_expiring.v1", "token_expiring"],
            ("data.*",): [],
        }
        made = {
            types: await subscribe(notifier_db, 7, "https://a.example/", settings.seal_private_keys, event_types=types)
            for types in chosen
        }
        keys = settings.seal_private_keys
        here = await subscribe(notifier_db, 7, "https://a.example/", keys, cabinets=(uuid4(), cabinet_id))
        elsewhere = await subscribe(notifier_db, 7, "https://a.example/", keys, cabinets=(uuid4(),))
        strangers = await subscribe(notifier_db, 8, "https://a.example/", keys, cabinets=(cabinet_id,))
        cancelled = reported(cabinet_id, change="cancelled", is_cancel=True)
        for event in (orders_reported(cabinet_id, reported(cabinet_id), cancelled), expiring(cabinet_id)):
            await handle_once(notifier_db, NOTIFIER_ALERTS, told_to_programs(handlers), event)
        for types, kinds in chosen.items():
            assert await told_to(notifier_db, made[types]) == kinds
        assert len(await told_to(notifier_db, here)) == 3
        assert await told_to(notifier_db, elsewhere) == await told_to(notifier_db, strangers) == []

    async def test_who_left_the_cabinet_is_told_nothing_more_not_even_what_was_waiting(
        self,
        notifier_db: Database,
        handle: Any,
        sending: Any,
        tgsim: RunningTgsim,
        cabinet_id: UUID,
        shop: Subscription,
    ) -> None:
        await handle(orders_reported(cabinet_id), connected(cabinet_id, 8), orders_reported(cabinet_id))
        async with sending():
            await until(notifier_db, "channel = 'webhook' AND status = 'failed'", 1)
        assert await told_to(notifier_db, shop) == ["order_new"]
        assert tgsim.webhooks() == []

    async def test_old_and_new_secret_sign_until_the_old_ones_time_is_over(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        shop: Subscription, settings: Settings,
    ) -> None:  # fmt: skip
        (older,) = shop.state.secrets
        newer = new_secret()
        assert settings.seal_private_keys
        sealed = SealedSecret(sealed=seal_secret(newer, settings.seal_private_keys, webhook_id=shop.id))
        ended = older.model_copy(update={"until": clock.now() - DAY})
        lasting = older.model_copy(update={"until": clock.now() + DAY})
        for secrets, verifying in (((sealed, lasting), {newer, shop.secret}), ((sealed, ended), {newer})):
            tgsim.clear()
            await hear(notifier_db, shop.entered(secrets=secrets))
            await handle(orders_reported(cabinet_id))
            async with sending():
                await eventually(lambda: bool(tgsim.webhooks()))
            (message,) = tgsim.webhooks()
            assert {secret for secret in (newer, shop.secret) if _verifies(secret, message)} == verifying


def _verifies(secret: str, message: dict[str, Any]) -> bool:
    try:
        Webhook(secret).verify(message["body"], message["headers"])
    except WebhookVerificationError:
        return False
    return True


class TestPauses:
    async def test_an_endpoint_that_takes_nothing_is_tried_for_7_days_and_then_paused_and_its_user_told(
        self, notifier_db: Database, handle: Any, senders: dict[str, Sender], tgsim: RunningTgsim, cabinet_id: UUID,
        shop: Subscription,
    ) -> None:  # fmt: skip
        await hear(
            notifier_db, settings_entered(7, *off(cabinet_id, "order_new", "order_big", "webhook_failing"), revision=3)
        )
        tgsim.answer_webhooks("shop", 503)
        await handle(orders_reported(cabinet_id, reported(cabinet_id), reported(cabinet_id)))
        days, sender = 0.0, senders["webhook"]
        while not await rows(notifier_db, "SELECT 1 FROM webhooks WHERE paused_at IS NOT NULL"):
            assert days < DAYS_BEFORE_PAUSE + 1
            await sender.claim_due()
            await sender.idle()
            await sender.record_ended()
            days += await until_the_next_try(notifier_db)
            await pause_webhooks(notifier_db)
        tries = len(tgsim.webhooks(name="shop"))
        assert tries >= TRIES_BEFORE_PAUSE
        assert days >= DAYS_BEFORE_PAUSE
        assert await by_status(notifier_db, "channel = 'webhook'") == {"held": 2}
        for _ in range(2):
            await tell_outages(notifier_db)
        told = await rows(
            notifier_db, "SELECT recipient, kind FROM deliveries WHERE channel = 'telegram' AND kind LIKE 'webhook%'"
        )
        assert told == [{"recipient": "7", "kind": "webhook_paused"}]
        await handle(orders_reported(cabinet_id))
        assert await by_status(notifier_db, "channel = 'webhook'") == {"held": 3}
        assert await rows(notifier_db, "SELECT removed_at, paused_because FROM webhooks") == [
            {"removed_at": None, "paused_because": "unavailable"}
        ]

    async def test_a_few_tries_over_many_days_or_many_over_a_few_pause_nothing(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, shop: Subscription
    ) -> None:
        await handle(orders_reported(cabinet_id))
        for failures, days in ((TRIES_BEFORE_PAUSE - 1, 30), (1_000, DAYS_BEFORE_PAUSE - 1)):
            await execute(
                notifier_db,
                "UPDATE receivers SET failures = :failures, failing_since = now() - make_interval(days => :days)",
                failures=failures,
                days=days,
            )
            await pause_webhooks(notifier_db)
        assert await rows(notifier_db, "SELECT paused_at FROM webhooks") == [{"paused_at": None}]

    async def test_what_is_under_way_when_it_is_paused_is_kept_too(
        self, notifier_db: Database, handle: Any, senders: dict[str, Sender], tgsim: RunningTgsim, cabinet_id: UUID,
        shop: Subscription,
    ) -> None:  # fmt: skip
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(3))))
        # As if it had been claimed just before, or enqueued by somebody who saw it active.
        await execute(notifier_db, "UPDATE webhooks SET paused_at = now()")
        sender = senders["webhook"]
        assert await sender.claim_due() == 3
        await sender.idle()
        await sender.record_ended()
        assert await by_status(notifier_db, "channel = 'webhook'") == {"held": 3}
        assert tgsim.webhooks() == []
        assert await count(notifier_db, "outbox") == 0


async def until_the_next_try(database: Database) -> float:
    """Let the time until the next try pass, as rows see it; in days."""
    (due,) = await rows(
        database,
        "SELECT CAST(extract(epoch FROM greatest(r.paused_until, min(d.next_attempt_at)) - clock_timestamp()) "
        "AS float) AS seconds FROM receivers r JOIN deliveries d USING (channel, recipient) WHERE channel = 'webhook' "
        "AND d.status = 'pending' GROUP BY r.paused_until",
    )
    seconds: float = max(0.0, due["seconds"]) + 0.001
    passes = "- make_interval(secs => :seconds)"
    async with database.transaction() as connection:
        await connection.execute(
            text(f"UPDATE deliveries SET next_attempt_at = next_attempt_at {passes}"), {"seconds": seconds}
        )
        await connection.execute(
            text(
                f"UPDATE receivers SET paused_until = paused_until {passes}, due_at = now(), "
                f"failing_since = failing_since {passes}"
            ),
            {"seconds": seconds},
        )
    return seconds / 86_400


class TestReplay:
    async def test_what_failed_or_was_kept_is_sent_once_and_nothing_else_is(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        shop: Subscription, monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(replay_module, "BATCH", 2)
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(4))))
        async with sending():
            await until(notifier_db, "channel = 'webhook' AND status = 'delivered'", 4)
        await execute(
            notifier_db,
            "UPDATE deliveries SET status = 'failed', failures = 17 "
            "WHERE id IN (SELECT id FROM deliveries WHERE channel = 'webhook' ORDER BY id LIMIT 2)",
        )
        tgsim.clear()
        await hear(notifier_db, shop.entered(state="paused"))
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(3))))
        await handle(orders_reported(cabinet_id, reported(cabinet_id)))
        await execute(
            notifier_db,
            "UPDATE deliveries SET created_at = now() - interval '30 days' WHERE event_id = "
            "(SELECT event_id FROM deliveries WHERE channel = 'webhook' ORDER BY created_at DESC LIMIT 1)",
        )
        assert await by_status(notifier_db, "channel = 'webhook'") == {"delivered": 2, "failed": 2, "held": 4}
        await hear(notifier_db, shop.entered(state="active", resumes=1))
        missed = {str(row["id"]) for row in await rows(
            notifier_db, "SELECT id FROM deliveries WHERE channel = 'webhook' AND status IN ('failed', 'held') "
            "AND created_at > now() - interval '1 day'")}  # fmt: skip
        again = shop.replay_requested(clock.now() - DAY)
        await hear(notifier_db, again, again, shop.replay_requested(clock.now() - DAY))
        await replay_missed(notifier_db)
        async with sending():
            await until(notifier_db, "channel = 'webhook' AND status = 'delivered'", 7)
        assert sorted(await received(tgsim)) == sorted(missed)
        assert await by_status(notifier_db, "channel = 'webhook'") == {
            "delivered": 7,
            "held": 1,
        }  # that one is of another month
        replays = await rows(
            notifier_db, "SELECT resent, done_at IS NOT NULL AS is_done FROM webhook_replays ORDER BY 1"
        )
        assert replays == [{"resent": 0, "is_done": True}, {"resent": 5, "is_done": True}]

    async def test_what_fails_again_is_not_sent_a_third_time_by_the_same_request(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, shop: Subscription, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(replay_module, "BATCH", 1)
        await handle(orders_reported(cabinet_id, reported(cabinet_id), reported(cabinet_id)))
        await execute(notifier_db, "UPDATE deliveries SET status = 'failed'")
        # Both fail the moment they are due.
        await execute(notifier_db, "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.status := 'failed'; RETURN NEW; END $$")  # fmt: skip
        await execute(notifier_db, "CREATE TRIGGER fails BEFORE UPDATE ON deliveries FOR EACH ROW "
            "WHEN (NEW.status = 'pending') EXECUTE FUNCTION fails()")  # fmt: skip
        try:
            await hear(notifier_db, shop.replay_requested(clock.now() - DAY))
            await replay_missed(notifier_db)
        finally:
            await execute(notifier_db, "DROP TRIGGER fails ON deliveries")
            await execute(notifier_db, "DROP FUNCTION fails()")
        assert await rows(notifier_db, "SELECT resent, done_at IS NOT NULL AS is_done FROM webhook_replays") == [
            {"resent": 2, "is_done": True}
        ]

    async def test_requests_wait_for_the_state_that_they_follow(
        self, notifier_db: Database, cabinet_id: UUID, shop: Subscription
    ) -> None:
        resumed = shop.entered(resumes=1)
        asked = [shop.replay_requested(clock.now() - DAY), shop.tested(cabinet_id)]
        for event in asked:
            with pytest.raises(NotEntered):
                await hear(notifier_db, event)
        await hear(notifier_db, resumed, *asked)
        assert await count(notifier_db, "webhook_replays") == 1
        assert await told_to(notifier_db, shop) == ["webhook_test"]
        await hear(notifier_db, shop.removed(), shop.replay_requested(clock.now() - DAY))
        assert await count(notifier_db, "webhook_replays") == 1
