"""One receiver that is limited, slow, broken or gone, and all the others."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifier.channels import webhook as webhook_module
from notifier.deliveries import look as look_module
from notifier.deliveries import plan as plan_module
from notifier.deliveries.schedule import FAILURES_IN_A_ROW
from notifier.deliveries.sender import Sender
from notifier.settings import Settings
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.notifying import connected, orders_reported, reported
from support.rows import rows, statements
from support.subscriptions import subscribe, want_nothing
from support.waiting import by_status, many_deliveries, other_cabinet, until
from tgsim.running import RunningTgsim


@pytest.fixture
async def shop(notifier_db: Database, settings: Settings, cabinet_id: UUID, tgsim: RunningTgsim) -> str:
    """The cabinet's webhook to tgsim's receiver `shop`, by its id; the cabinet has no other recipient."""
    await want_nothing(notifier_db, cabinet_id, 7)
    return (await subscribe(notifier_db, 7, tgsim.webhook_url("shop"), settings.seal_private_keys)).recipient


async def receiver(database: Database, recipient: str) -> dict[str, Any]:
    (found,) = await rows(
        database,
        "SELECT failures, paused_until > clock_timestamp() AS is_paused, failing_since IS NOT NULL AS is_failing, "
        "CAST(extract(epoch FROM paused_until - clock_timestamp()) AS integer) AS seconds "
        "FROM receivers WHERE recipient = :recipient",
        recipient=recipient,
    )
    return found


async def is_paused(database: Database, recipient: str) -> bool:
    return bool((await receiver(database, recipient))["is_paused"])


class TestLimited:
    async def test_a_chat_that_is_limited_for_hours_stops_nobody_else(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        other = await other_cabinet(handle, connected)
        tgsim.add_fault(kind="status", status=429, retry_after=10_072, chat_id=7)
        async with sending(), sending():
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: is_paused(notifier_db, "7"))
            await many_deliveries(notifier_db, cabinet_id, 500, prefix="", recipients=1)  # chat 1, a member of no one
            await many_deliveries(notifier_db, cabinet_id, 1000, prefix="7", recipients=1, age_seconds=60)  # chat 71
            await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(50))))
            await handle(orders_reported(other))
            await tgsim.wait_for_messages(1, timeout_seconds=60, chat_id=8)
        assert await rows(notifier_db, "SELECT 1 FROM pauses") == []
        assert 10_000 < (await receiver(notifier_db, "7"))["seconds"] <= 10_072
        found = await rows(
            notifier_db, "SELECT DISTINCT status, failures, attempts FROM deliveries WHERE recipient = '7' ORDER BY 3"
        )
        # Waiting costs the chat's deliveries no attempt and brings none of them nearer to being given up.
        assert found == [
            {"status": "pending", "failures": 0, "attempts": 0},
            {"status": "pending", "failures": 0, "attempts": 1},
        ]
        assert tgsim.stats()["early_sends"] == 0

    async def test_a_pause_outlives_the_process_and_holds_every_other(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="status", status=429, retry_after=600, chat_id=7)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: is_paused(notifier_db, "7"))
        other = await other_cabinet(handle, connected)
        async with sending():
            await handle(orders_reported(cabinet_id), orders_reported(other))
            await tgsim.wait_for_messages(1, timeout_seconds=60, chat_id=8)
        assert tgsim.messages(chat_id=7) == []
        assert tgsim.stats()["early_sends"] == 0

    async def test_several_chats_limited_at_once_slow_the_bot_for_seconds_only(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim
    ) -> None:
        cabinet_id = uuid4()
        await handle(connected(cabinet_id, *range(1, 10)))
        tgsim.add_fault(kind="status", status=429, retry_after=3, whole_bot=True)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await until(notifier_db, "status = 'delivered'", 9)
        (pause,) = await rows(notifier_db, "SELECT channel, until <= clock_timestamp() AS is_over FROM pauses")
        assert pause == {"channel": "telegram", "is_over": True}
        assert await rows(notifier_db, "SELECT DISTINCT failures FROM deliveries") == [{"failures": 0}]

    async def test_a_pause_of_the_bot_outlives_the_process_and_holds_every_chat_until_it_ends(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        settings: Settings,
    ) -> None:  # fmt: skip
        other = await other_cabinet(handle, connected)
        await subscribe(notifier_db, 8, tgsim.webhook_url("shop"), settings.seal_private_keys)
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql("INSERT INTO pauses VALUES ('telegram', now() + interval '1 hour')")
        async with sending():
            for number in range(1, 4):
                await handle(orders_reported(cabinet_id), orders_reported(other))
                await until(notifier_db, "status = 'delivered'", number)  # the endpoint's
            assert tgsim.messages() == []
            async with notifier_db.transaction() as connection:
                await connection.exec_driver_sql("UPDATE pauses SET until = now()")
            await until(notifier_db, "status = 'delivered'", 9)
        assert [len(tgsim.messages(chat_id=chat_id)) for chat_id in (7, 8)] == [3, 3]
        assert await rows(notifier_db, "SELECT DISTINCT failures, attempts FROM deliveries") == [
            {"failures": 0, "attempts": 1}
        ]

    async def test_a_pause_of_the_bot_holds_no_webhook(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: str
    ) -> None:
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql("INSERT INTO pauses VALUES ('telegram', now() + interval '1 hour')")
        async with sending():
            await handle(orders_reported(cabinet_id))
            await until(notifier_db, "status = 'delivered'", 1)
        assert len(tgsim.webhooks()) == 1


class TestSlow:
    async def test_a_slow_endpoint_takes_a_few_slots_and_no_turn_of_another(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: str,
        settings: Settings,
    ) -> None:  # fmt: skip
        other = await other_cabinet(handle, connected)
        await subscribe(notifier_db, 8, tgsim.webhook_url("quick"), settings.seal_private_keys)
        tgsim.answer_webhooks("shop", 204, seconds=60)
        await handle(*(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(250))) for _ in range(4)))
        async with sending():
            await eventually(lambda: len(tgsim.webhooks(name="shop")) == plan_module.SLOTS_PER_RECEIVER)
            await handle(*(orders_reported(other) for _ in range(20)))
            await until(notifier_db, "status = 'delivered'", 40)
            assert len(tgsim.webhooks(name="shop")) == plan_module.SLOTS_PER_RECEIVER
        assert len(tgsim.messages(chat_id=8)) == len(tgsim.webhooks(name="quick")) == 20

    async def test_everyone_in_line_is_served_before_anyone_a_second_time(
        self, notifier_db: Database, cabinet_id: UUID, senders: dict[str, Sender], tgsim: RunningTgsim
    ) -> None:
        sender = senders["telegram"]
        await many_deliveries(notifier_db, cabinet_id, 300, prefix="1", recipients=3, age_seconds=600)
        await many_deliveries(notifier_db, cabinet_id, 60, prefix="2", recipients=60, age_seconds=1)
        for _ in range(2):
            await sender.claim_due()
            await sender.idle()
            await sender.record_ended()
        assert await by_status(notifier_db, "length(recipient) = 2 AND recipient LIKE '2%'") == {"delivered": 9}
        assert await by_status(notifier_db, "recipient LIKE '2%'") == {"delivered": 60}

    async def test_a_chat_with_old_deliveries_does_not_come_first_each_time(
        self, notifier_db: Database, cabinet_id: UUID, settings: Settings, tgsim: RunningTgsim, sending: Any
    ) -> None:
        await many_deliveries(notifier_db, cabinet_id, 50, prefix="1", age_seconds=600)
        await many_deliveries(notifier_db, cabinet_id, 1, prefix="2", age_seconds=1)
        async with sending(senders=1):
            await tgsim.wait_for_messages(3, timeout_seconds=60)
        assert 21 in [message["chat_id"] for message in tgsim.messages()[:3]]

    async def test_endpoints_of_one_host_share_its_slots(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, settings: Settings
    ) -> None:
        port = tgsim.url.rpartition(":")[2]
        for number in range(8):
            cabinet_id = uuid4()
            host = "127.0.0.1" if number else "localhost"
            await handle(connected(cabinet_id, 100 + number))
            await want_nothing(notifier_db, cabinet_id, 100 + number)
            url = f"http://{host}:{port}/_sim/webhooks/{host}"
            await subscribe(notifier_db, 100 + number, url, settings.seal_private_keys)
            if number:
                await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(5))))
        tgsim.answer_webhooks("127.0.0.1", 204, seconds=60)
        async with sending():
            await eventually(lambda: len(tgsim.webhooks(name="127.0.0.1")) == plan_module.SLOTS_PER_HOST)
            (quick,) = await rows(notifier_db, "SELECT cabinet_id FROM members WHERE telegram_id = 100")
            await handle(orders_reported(quick["cabinet_id"]))
            await until(notifier_db, "status = 'delivered'", 1)
            assert len(tgsim.webhooks(name="127.0.0.1")) == plan_module.SLOTS_PER_HOST

    async def test_as_many_as_have_slots_are_called_at_a_time(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        slots = 120
        monkeypatch.setattr(plan_module, "SLOTS_PER_RECEIVER", slots)
        monkeypatch.setattr(plan_module, "SLOTS_PER_HOST", slots)
        monkeypatch.setattr(webhook_module, "ANSWER_TIMEOUT_SECONDS", 60)
        tgsim.answer_webhooks("shop", 204, seconds=60)
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(slots))))
        async with sending(senders=4 * slots):
            await eventually(lambda: len(tgsim.webhooks()) == slots)


async def pause_is_over(database: Database, recipient: str) -> None:
    async with database.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE receivers SET paused_until = now(), due_at = now() WHERE recipient = $1", (recipient,)
        )


class TestFailing:
    @pytest.mark.usefixtures("slow_probes")
    async def test_an_endpoint_that_fails_is_paused_and_its_deliveries_wait_together(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: str
    ) -> None:
        tgsim.answer_webhooks("shop", 500)
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(100))))
        async with sending():
            await eventually(lambda: is_paused(notifier_db, shop))
            await handle(orders_reported(cabinet_id))
        assert len(tgsim.webhooks()) <= FAILURES_IN_A_ROW + plan_module.SLOTS_PER_RECEIVER
        assert await by_status(notifier_db, "channel = 'webhook'") == {"pending": 101}
        found = await receiver(notifier_db, shop)
        assert (found["failures"], found["is_failing"]) == (FAILURES_IN_A_ROW, True)
        assert 2800 < found["seconds"] <= 4320

    @pytest.mark.usefixtures("slow_probes")
    async def test_one_probe_asks_again_and_burns_no_attempt_of_a_delivery(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: str
    ) -> None:
        tgsim.answer_webhooks("shop", 500)
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(20))))
        async with sending():
            await eventually(lambda: is_paused(notifier_db, shop))
            for probes in range(1, 4):
                asked = len(tgsim.webhooks())
                before = await rows(notifier_db, "SELECT sum(failures) AS n FROM deliveries")
                await pause_is_over(notifier_db, shop)
                await eventually(lambda: is_paused(notifier_db, shop))
                assert len(tgsim.webhooks()) == asked + 1
                assert (await receiver(notifier_db, shop))["failures"] == FAILURES_IN_A_ROW + probes
                assert await rows(notifier_db, "SELECT sum(failures) AS n FROM deliveries") == before
        # Another one each time: one that the endpoint cannot take must not keep it shut.
        last = [received["headers"]["webhook-id"] for received in tgsim.webhooks()[-3:]]
        assert len(set(last)) == 3
        assert await by_status(notifier_db, "channel = 'webhook'") == {"pending": 20}

    @pytest.mark.usefixtures("slow_probes")
    async def test_once_a_probe_is_taken_all_that_waited_goes(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: str
    ) -> None:
        tgsim.answer_webhooks("shop", 500)
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(40))))
        async with sending():
            await eventually(lambda: is_paused(notifier_db, shop))
            tgsim.answer_webhooks("shop", 204)
            await pause_is_over(notifier_db, shop)
            await until(notifier_db, "status = 'delivered'", 40)
        assert await receiver(notifier_db, shop) == {
            "failures": 0, "is_paused": None, "is_failing": False, "seconds": None
        }  # fmt: skip

    async def test_a_paused_endpoint_gets_nothing_that_comes_meanwhile(
        self, notifier_db: Database, handle: Any, sending: Any, cabinet_id: UUID, shop: str, tgsim: RunningTgsim
    ) -> None:
        other = await other_cabinet(handle, connected)
        await handle(orders_reported(cabinet_id))
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql(
                "UPDATE receivers SET paused_until = now() + interval '1 hour', due_at = now() + interval '1 hour'"
            )
        async with sending():
            for number in range(1, 4):
                await handle(orders_reported(cabinet_id), orders_reported(other))
                await until(notifier_db, "status = 'delivered'", number)
        assert tgsim.webhooks() == []
        assert len(tgsim.messages(chat_id=8)) == 3

    @pytest.mark.usefixtures("at_once")
    async def test_a_delivery_that_breaks_us_fails_alone(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        await many_deliveries(notifier_db, cabinet_id, 10, prefix="7", age_seconds=60)
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql("UPDATE deliveries SET payload = '{}'")
        await many_deliveries(notifier_db, cabinet_id, 1, prefix="7")
        async with sending():
            await until(notifier_db, "status = 'failed'", 10)
            await until(notifier_db, "status = 'delivered'", 1)
        assert (await receiver(notifier_db, "71"))["failures"] == 0
        outcomes = await rows(notifier_db, "SELECT DISTINCT outcome FROM delivery_attempts ORDER BY 1")
        assert [row["outcome"] for row in outcomes] == ["broken", "delivered"]


class TestLine:
    async def test_a_look_costs_three_statements_however_many_wait(
        self, notifier_db: Database, cabinet_id: UUID, sender: Sender
    ) -> None:
        await many_deliveries(notifier_db, cabinet_id, 5000, recipients=50)
        with statements(notifier_db) as sent:
            assert await sender.claim_due() == 64
        assert len(sent) == 3

    async def test_a_receiver_with_a_hundred_thousand_waiting_costs_a_look_no_more_than_another(
        self, notifier_db: Database, cabinet_id: UUID, sender: Sender
    ) -> None:
        await many_deliveries(notifier_db, cabinet_id, 100_000, prefix="1", age_seconds=60, payload="{}")
        await many_deliveries(notifier_db, cabinet_id, 100, prefix="2", recipients=100, payload="{}")
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql("ANALYZE deliveries, receivers")
            look = {"channel": "telegram", "receivers": 64, "rows": 4, "full": []}
            (row,) = await connection.execute(
                text(f"EXPLAIN (ANALYZE, BUFFERS OFF, FORMAT json) {look_module._LOOK.text}"), look
            )
        nodes = list(_nodes(row[0][0]["Plan"]))
        assert {node["Index Name"] for node in nodes if "Index Name" in node} >= {"deliveries_due", "receivers_due"}
        read = [node["Actual Rows"] * node["Actual Loops"] for node in nodes if node.get("Relation Name")]
        # To know that many wait a hundred are counted.
        assert max(read) <= 64 * 4 + 100
        removed = [node.get("Rows Removed by Filter", 0) * node["Actual Loops"] for node in nodes]
        assert max(removed) <= 64

    async def test_whoever_adds_while_a_receiver_leaves_the_line_is_not_forgotten(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        async with sending(), sending():
            for _ in range(4):
                await asyncio.gather(*(handle(orders_reported(cabinet_id)) for _ in range(25)))
            await until(notifier_db, "status = 'delivered'", 100)
        late = await rows(
            notifier_db,
            "SELECT 1 FROM receivers r WHERE due_at > (SELECT min(next_attempt_at) FROM deliveries d "
            "WHERE d.recipient = r.recipient AND d.status IN ('pending', 'sending'))",
        )
        assert late == []


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
