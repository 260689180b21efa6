"""From a reported order to a message in Telegram, and what is recorded of it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Origin
from notifier.app import make_senders
from notifier.deliveries import record as record_module
from notifier.deliveries import sender as sender_module
from notifier.deliveries.enqueue import CabinetUnknown
from notifier.deliveries.sender import Sender
from notifier.jobs.purge import TABLES, purge
from notifier.settings import Settings
from opentelemetry.sdk.trace import TracerProvider
from servicekit.db import Database
from servicekit.outbox import append
from support.eventually import eventually
from support.notifying import connected, disconnected, orders_reported, reported, verified
from support.rows import count, rows, statements
from tgsim.running import RunningTgsim


async def test_a_live_order_becomes_one_message_and_one_event(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    event = orders_reported(cabinet_id, reported(cabinet_id, srid="srid-1"))
    async with sending():
        await handle(event)
        messages = await tgsim.wait_for_messages(1, timeout_seconds=60)
    assert "Новый заказ" in messages[0]["text"]
    assert "srid-1" in messages[0]["text"]
    assert [button["text"] for row in messages[0]["buttons"] for button in row][:2] == ["Отчёт", "На WB"]
    (delivery,) = await rows(notifier_db, "SELECT * FROM deliveries")
    assert (delivery["status"], delivery["attempts"], delivery["failures"]) == ("delivered", 1, 0)
    assert delivery["message_id"] == str(messages[0]["message_id"])
    (attempt,) = await rows(notifier_db, "SELECT * FROM delivery_attempts")
    assert attempt["outcome"] == "delivered"
    assert attempt["finished_at"] >= attempt["started_at"]
    (published,) = await rows(
        notifier_db,
        "SELECT body #>> '{data,delivery_id}' AS id, body ->> 'correlationid' AS cause "
        "FROM (SELECT type, CAST(convert_from(body, 'UTF8') AS jsonb) AS body FROM outbox) AS events "
        "WHERE type = 'notification.delivered.v1'",
    )
    assert published == {"id": str(delivery["id"]), "cause": str(event.correlationid)}


async def test_the_call_to_telegram_continues_the_orders_trace(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("wb request") as span:
        event = orders_reported(cabinet_id)
    async with sending():
        await handle(event)
        (message,) = await tgsim.wait_for_messages(1, timeout_seconds=60)
    trace_id = format(span.get_span_context().trace_id, "032x")
    assert trace_id in message["traceparent"]
    assert [trace_id in row["traceparent"] for row in await rows(notifier_db, "SELECT traceparent FROM outbox")] == [
        True
    ]


class TestOneMessagePerChange:
    async def test_a_redelivered_event_changes_nothing(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID
    ) -> None:
        event = orders_reported(cabinet_id)
        await handle(event, event)
        assert await count(notifier_db, "deliveries") == 1

    async def test_another_event_with_the_same_change_adds_nothing(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID
    ) -> None:
        order = reported(cabinet_id)
        await handle(orders_reported(cabinet_id, order), orders_reported(cabinet_id, order))
        assert await count(notifier_db, "deliveries") == 1

    async def test_each_revision_and_each_member_gets_its_own(self, notifier_db: Database, handle: Any) -> None:
        cabinet_id = uuid4()
        await handle(connected(cabinet_id, 7, 8))
        orders = [reported(cabinet_id, srid="s", revision=revision) for revision in (1, 2)]
        await handle(orders_reported(cabinet_id, *orders))
        found = await rows(notifier_db, "SELECT recipient, order_revision FROM deliveries ORDER BY 1, 2")
        assert [tuple(row.values()) for row in found] == [("7", 1), ("7", 2), ("8", 1), ("8", 2)]

    @pytest.mark.parametrize("origin", [Origin.BACKFILL, Origin.REPLAY])
    async def test_only_live_events_tell_anyone(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, origin: Origin
    ) -> None:
        await handle(orders_reported(cabinet_id, origin=origin))
        assert await count(notifier_db, "deliveries") == 0

    async def test_two_senders_send_each_once(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        async with sending(senders=7), sending(senders=7):
            events = [orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(20))) for _ in range(5)]
            await asyncio.gather(*(handle(event, event) for event in events))
            await tgsim.wait_for_messages(100, timeout_seconds=60)
        assert len(tgsim.messages()) == 100
        assert await rows(notifier_db, "SELECT DISTINCT status, attempts FROM deliveries") == [
            {"status": "delivered", "attempts": 1}
        ]


class TestCabinets:
    async def test_an_order_of_an_unannounced_cabinet_waits_for_the_news(
        self, notifier_db: Database, handle: Any
    ) -> None:
        cabinet_id = uuid4()
        event = orders_reported(cabinet_id)
        with pytest.raises(CabinetUnknown):
            await handle(event)
        await handle(verified(cabinet_id, "ООО Ветер"))
        with pytest.raises(CabinetUnknown):
            await handle(event)
        await handle(connected(cabinet_id, 7), event)
        assert await count(notifier_db, "deliveries") == 1

    async def test_the_newest_connect_decides_who_is_told(self, notifier_db: Database, handle: Any) -> None:
        cabinet_id = uuid4()
        older, newer = connected(cabinet_id, 1, 2), connected(cabinet_id, 2, 3, 3)
        await handle(newer, older, newer)
        found = await rows(notifier_db, "SELECT telegram_id FROM members ORDER BY 1")
        assert [row["telegram_id"] for row in found] == [2, 3]

    async def test_a_disconnect_forgets_everything_for_good(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID
    ) -> None:
        await handle(orders_reported(cabinet_id))
        async with notifier_db.transaction() as connection:
            await append(connection, [orders_reported(cabinet_id)])
        late = connected(cabinet_id, 7)
        await handle(disconnected(cabinet_id), late, verified(cabinet_id, "x"), orders_reported(cabinet_id))
        assert await purge(notifier_db) == 1
        for table in ("members", "deliveries", "delivery_attempts", "photos", "outbox"):
            assert await count(notifier_db, table) == 0
        (cabinet,) = await rows(notifier_db, "SELECT name, seller_name FROM cabinets")
        assert cabinet == {"name": None, "seller_name": None}

    async def test_what_waits_is_not_sent_once_its_cabinet_is_gone(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        other = uuid4()
        await handle(connected(other, 7), orders_reported(cabinet_id), disconnected(cabinet_id))
        await handle(orders_reported(other, reported(other, srid="kept")))
        async with sending():
            await tgsim.wait_for_messages(1, timeout_seconds=60)

            async def nobody_stands_in_line() -> bool:
                return not await rows(notifier_db, "SELECT 1 FROM receivers WHERE due_at < 'infinity'")

            await eventually(nobody_stands_in_line)
        assert len(tgsim.messages()) == 1
        assert await purge(notifier_db) == 1
        assert [row["cabinet_id"] for row in await rows(notifier_db, "SELECT cabinet_id FROM deliveries")] == [other]

    async def test_a_disconnect_takes_as_many_statements_whatever_there_is_to_delete(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID
    ) -> None:
        few = uuid4()
        await handle(connected(few, 7))
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(50))))
        sent = []
        for each in (few, cabinet_id):
            with statements(notifier_db) as executed:
                await handle(disconnected(each))
            sent.append(len(executed))
        assert sent[0] == sent[1]
        assert await count(notifier_db, "deliveries") == 50

    async def test_every_table_with_rows_of_cabinets_is_purged(self, notifier_db: Database) -> None:
        found = await rows(
            notifier_db,
            """
                SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
                WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p')
                  AND NOT relispartition AND attname = 'cabinet_id'
            """,
        )
        stay = {"cabinets", "disconnected_cabinets", "outbox"}
        assert {row["relname"] for row in found} - stay == {table.name for table in TABLES}

    async def test_a_disconnect_that_comes_first_still_counts(self, notifier_db: Database, handle: Any) -> None:
        cabinet_id = uuid4()
        announced = connected(cabinet_id, 7)
        await handle(disconnected(cabinet_id), announced, orders_reported(cabinet_id))
        assert await count(notifier_db, "members") == await count(notifier_db, "deliveries") == 0

    async def test_the_shop_is_named_by_its_seller_and_else_as_at_wb(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim
    ) -> None:
        named, unnamed = uuid4(), uuid4()
        await handle(connected(named, 1, name="Мой"), verified(named, "ООО Ветер", "ВЕТЕР"))
        await handle(verified(unnamed, "ООО Ветер", "ВЕТЕР"), connected(unnamed, 2, name=None))
        async with sending():
            await handle(orders_reported(named), orders_reported(unnamed))
            await tgsim.wait_for_messages(2, timeout_seconds=60)
        assert "🏬 Мой" in tgsim.messages(chat_id=1)[0]["text"]
        assert "🏬 ВЕТЕР" in tgsim.messages(chat_id=2)[0]["text"]


class TestKilledSender:
    async def test_a_message_answered_but_not_recorded_is_repeated_once_and_shows_it(
        self,
        notifier_db: Database,
        handle: Any,
        sending: Any,
        tgsim: RunningTgsim,
        cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def dies(*_: Any, **__: Any) -> None:
            raise ConnectionError("killed before the record")

        with monkeypatch.context() as patched:
            patched.setattr(sender_module, "record", dies)
            patched.setattr(sender_module, "renew", dies)
            async with sending(lease_seconds=1):
                await handle(orders_reported(cabinet_id))
                await tgsim.wait_for_messages(1, timeout_seconds=60)
        assert await rows(notifier_db, "SELECT status FROM deliveries") == [{"status": "sending"}]
        async with sending(lease_seconds=1):
            await tgsim.wait_for_messages(2, timeout_seconds=60)
            await eventually(lambda: _delivered(notifier_db))
        assert len(tgsim.messages()) == 2
        attempts = await rows(notifier_db, "SELECT attempt, outcome, finished_at FROM delivery_attempts ORDER BY 1")
        assert [(row["attempt"], row["outcome"], row["finished_at"] is None) for row in attempts] == [
            (1, None, True),
            (2, "delivered", False),
        ]
        assert await count(notifier_db, "outbox") == 1

    async def test_a_slow_answer_is_not_a_dead_sender(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="slow", seconds=2.5)
        async with sending(lease_seconds=1), sending(lease_seconds=1):
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: _delivered(notifier_db))
        assert len(tgsim.messages()) == 1
        assert await rows(notifier_db, "SELECT attempts FROM deliveries") == [{"attempts": 1}]

    async def test_a_stopped_sender_waits_for_the_answer_and_records_it(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="slow", seconds=0.5)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: tgsim.stats()["faults"] != {})
        assert len(tgsim.messages()) == 1
        assert await _delivered(notifier_db)

    async def test_no_call_outlives_the_client_that_makes_it(
        self, notifier_db: Database, handle: Any, tgsim: RunningTgsim, cabinet_id: UUID, settings: Settings
    ) -> None:
        tgsim.add_fault(kind="slow", seconds=30)
        await handle(orders_reported(cabinet_id))
        before = asyncio.all_tasks()
        async with make_senders(notifier_db, settings) as senders:
            assert sum([await sender.claim_due() for sender in senders]) == 1
            await eventually(lambda: tgsim.stats()["faults"] != {})
            calls = {task for task in asyncio.all_tasks() - before if "_deliver" in str(task.get_coro())}
            assert calls
        assert all(call.done() for call in calls)

    async def test_results_outlive_a_database_that_fails(
        self,
        notifier_db: Database,
        handle: Any,
        sending: Any,
        tgsim: RunningTgsim,
        cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        failures = 0
        real = record_module.record

        async def record(*arguments: Any, **options: Any) -> None:
            nonlocal failures
            failures += 1
            if failures <= 3:
                raise ConnectionError("the database is away")
            await real(*arguments, **options)

        monkeypatch.setattr(sender_module, "record", record)
        async with sending(lease_seconds=1):
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: _delivered(notifier_db))
        assert len(tgsim.messages()) == 1

    async def test_results_outlive_a_database_that_restarts(
        self,
        notifier_db: Database,
        handle: Any,
        sending: Any,
        tgsim: RunningTgsim,
        cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        is_back = asyncio.Event()
        real = record_module.record

        async def record(*arguments: Any, **options: Any) -> None:
            if not is_back.is_set():
                raise ConnectionError("the database is away")
            await real(*arguments, **options)

        monkeypatch.setattr(sender_module, "record", record)
        async with sending(lease_seconds=30):
            await handle(orders_reported(cabinet_id))
            await tgsim.wait_for_messages(1, timeout_seconds=60)
            ended = await _listeners(notifier_db, "pg_terminate_backend(pid)")
            assert ended
            await eventually(lambda: _listens_anew(notifier_db, ended))
            is_back.set()
            await eventually(lambda: _delivered(notifier_db))
        assert len(tgsim.messages()) == 1

    async def test_a_result_that_cannot_be_recorded_keeps_no_other_from_it(
        self,
        notifier_db: Database,
        handle: Any,
        senders: dict[str, Sender],
        tgsim: RunningTgsim,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cabinet_id = uuid4()
        await handle(connected(cabinet_id, *range(1, 10)), orders_reported(cabinet_id))
        real = record_module.record

        async def record(connection: Any, ended: Any, **options: Any) -> None:
            await real(connection, ended, **options)
            if any(each.delivery.recipient == "5" for each in ended):
                await connection.exec_driver_sql("SELECT CAST('x' AS integer)")

        monkeypatch.setattr(sender_module, "record", record)
        sender = senders["telegram"]
        assert await sender.claim_due() == 9
        await sender.idle()
        await sender.record_ended()
        assert await _delivered(notifier_db, 8)
        assert await rows(notifier_db, "SELECT recipient FROM deliveries WHERE status = 'sending'") == [
            {"recipient": "5"}
        ]

    async def test_a_sender_taken_for_dead_decides_nothing_any_more(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="slow", seconds=2)
        async with sending(lease_seconds=30):
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: tgsim.stats()["faults"] != {})
            async with notifier_db.transaction() as connection:
                await connection.exec_driver_sql("UPDATE deliveries SET attempts = 2, lease_token = gen_random_uuid()")
        assert await rows(notifier_db, "SELECT status FROM deliveries") == [{"status": "sending"}]
        assert await rows(notifier_db, "SELECT outcome FROM delivery_attempts") == [{"outcome": "delivered"}]
        assert await count(notifier_db, "outbox") == 0


@pytest.mark.parametrize("chats", [1, 60])
async def test_statements_do_not_grow_with_deliveries(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, cabinet_id: UUID, chats: int
) -> None:
    await handle(connected(cabinet_id, *range(1, chats + 1)))
    event = orders_reported(cabinet_id)
    with statements(notifier_db) as handling:
        await handle(event)
    with statements(notifier_db) as claiming:
        assert await sender.claim_due() == chats
    await tgsim.wait_for_messages(chats, timeout_seconds=60)
    await sender.idle()
    with statements(notifier_db) as recording:
        await sender.record_ended()
    assert await _delivered(notifier_db, chats)
    # One more each reads and writes which message stands in the chat of an order.
    assert (len(handling), len(claiming), len(recording)) == (3, 4, 4)


async def _delivered(database: Database, deliveries: int = 1) -> bool:
    found = await rows(database, "SELECT count(*) AS n FROM deliveries WHERE status = 'delivered'")
    return bool(found[0]["n"] == deliveries)


async def _listeners(database: Database, columns: str = "") -> set[int]:
    found = await rows(
        database,
        f"SELECT {', '.join(filter(None, ('pid', columns)))} FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = current_user AND query LIKE 'LISTEN %'",
    )
    return {row["pid"] for row in found}


async def _listens_anew(database: Database, ended: set[int]) -> bool:
    return bool(await _listeners(database) - ended)
