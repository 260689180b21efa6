"""What Telegram answers, and what becomes of the message."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifier.deliveries.schedule import max_failures
from pydantic import SecretStr
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import connected, orders_reported, reported
from support.photo_host import PhotoHost
from support.rows import count, rows
from tgsim.config import Limits
from tgsim.running import RunningTgsim, running_tgsim


async def ended(database: Database, status: str = "delivered", deliveries: int = 1) -> None:
    """Wait until so many deliveries have the status."""

    async def have() -> bool:
        statement = "SELECT count(*) AS n FROM deliveries WHERE status = :status"
        return bool((await rows(database, statement, status=status))[0]["n"] == deliveries)

    await eventually(have)


class TestPhotos:
    async def test_a_photo_is_fetched_and_uploaded_once_and_then_sent_by_its_id(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost,
        cabinet_id: UUID,
    ) -> None:  # fmt: skip
        url = photo_host.url("hoodie.png")
        async with sending():
            await handle(orders_reported(cabinet_id, *(reported(cabinet_id, photo=url) for _ in range(10))))
            await ended(notifier_db, deliveries=10)
        async with sending():
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await ended(notifier_db, deliveries=11)
        assert photo_host.fetched == {"hoodie.png": 1}
        assert tgsim.stats()["accepted_by_method"] == {"sendPhoto": 11}
        assert len({message["photo"] for message in tgsim.messages()}) == 1
        (photo,) = await rows(notifier_db, "SELECT cabinet_id, url FROM photos")
        assert photo == {"cabinet_id": cabinet_id, "url": url}

    async def test_an_id_telegram_does_not_know_is_replaced(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost,
        cabinet_id: UUID,
    ) -> None:  # fmt: skip
        url = photo_host.url("hoodie.png")
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql(
                "INSERT INTO photos (cabinet_id, url, file_id) VALUES ($1, $2, 'of-another-bot')", (cabinet_id, url)
            )
        async with sending():
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await ended(notifier_db)
        (message,) = tgsim.messages()
        assert await rows(notifier_db, "SELECT file_id FROM photos") == [{"file_id": message["photo"]}]

    @pytest.mark.parametrize("name", ["broken", "huge", "redirect", "missing"])
    async def test_a_photo_that_cannot_be_sent_leaves_the_text(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost,
        cabinet_id: UUID, name: str,
    ) -> None:  # fmt: skip
        async with sending():
            for _ in range(2):
                await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=photo_host.url(name))))
            await ended(notifier_db, deliveries=2)
        assert [message["method"] for message in tgsim.messages()] == ["sendMessage"] * 2
        assert photo_host.fetched == {name: 1}
        assert await count(notifier_db, "photos") == 0

    async def test_an_id_that_went_bad_with_its_photo_is_dropped(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost,
        cabinet_id: UUID,
    ) -> None:  # fmt: skip
        url = photo_host.url("missing")
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql(
                "INSERT INTO photos (cabinet_id, url, file_id) VALUES ($1, $2, 'gone')", (cabinet_id, url)
            )
        async with sending():
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await ended(notifier_db)
        assert tgsim.messages()[0]["method"] == "sendMessage"
        assert await count(notifier_db, "photos") == 0

    async def test_a_photo_at_a_private_address_is_not_fetched(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost,
        cabinet_id: UUID,
    ) -> None:  # fmt: skip
        url = photo_host.url("hoodie.png")
        async with sending(allow_private_urls=False):
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await ended(notifier_db)
        assert tgsim.messages()[0]["method"] == "sendMessage"
        assert not photo_host.fetched


@pytest.mark.usefixtures("at_once")
class TestRefusals:
    @pytest.mark.parametrize(("state", "reason"), [("blocked", "403 Forbidden"), ("unknown", "chat not found")])
    async def test_a_closed_chat_fails_for_good_once_it_was_asked_again_and_says_why(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost,
        cabinet_id: UUID, state: str, reason: str,
    ) -> None:  # fmt: skip
        tgsim.set_chat(7, state)
        async with sending():
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=photo_host.url("a.png"))))
            await ended(notifier_db, "failed")
        (event,) = await rows(
            notifier_db,
            "SELECT type, CAST(convert_from(body, 'UTF8') AS jsonb) #>> '{data,reason}' AS reason FROM outbox",
        )
        assert event["type"] == "notification.failed.v1"
        assert reason in event["reason"]
        assert await rows(notifier_db, "SELECT outcome FROM delivery_attempts") == [{"outcome": "refused"}] * 2

    @pytest.mark.parametrize("failures_before", [0, 3])
    async def test_one_refusal_is_no_verdict(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        failures_before: int,
    ) -> None:  # fmt: skip
        if failures_before:
            tgsim.add_fault(kind="status", status=500, times=failures_before)
        tgsim.add_fault(kind="refusal", refusal="chat_not_found")
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db)
        assert await rows(notifier_db, "SELECT refusing_since, last_error FROM receivers") == [
            {"refusing_since": None, "last_error": None}
        ]

    async def test_a_chat_that_has_refused_everything_for_a_minute_is_asked_once(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="refusal", refusal="topic_closed", times=99)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "failed")
            async with notifier_db.transaction() as connection:
                await connection.exec_driver_sql(
                    "UPDATE receivers SET refusing_since = refusing_since - interval '1 minute'"
                )
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "failed", 2)
        assert await rows(notifier_db, "SELECT attempts FROM deliveries ORDER BY created_at") == [
            {"attempts": 3},
            {"attempts": 1},
        ]

    async def test_a_wrong_token_is_not_the_messages_fault(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="status", status=401, times=3)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db)
        assert await rows(notifier_db, "SELECT attempts, failures FROM deliveries") == [{"attempts": 4, "failures": 3}]


@pytest.mark.usefixtures("at_once")
class TestRetries:
    @pytest.mark.parametrize(
        ("fault", "outcome"),
        [
            ({"kind": "status", "status": 500}, "unavailable"),
            ({"kind": "timeout", "seconds": 0.1}, "unanswered"),
        ],
    )
    async def test_what_was_not_taken_is_sent_again(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID,
        fault: dict[str, Any], outcome: str,
    ) -> None:  # fmt: skip
        tgsim.add_fault(**fault, times=2)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db)
        assert len(tgsim.messages()) == 1
        attempts = await rows(notifier_db, "SELECT outcome FROM delivery_attempts ORDER BY attempt")
        assert [row["outcome"] for row in attempts] == [outcome, outcome, "delivered"]

    async def test_an_answer_lost_on_the_way_may_repeat_the_message_and_shows_it(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="cut_after_accept")
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db)
        assert len(tgsim.messages()) == 2
        attempts = await rows(notifier_db, "SELECT outcome FROM delivery_attempts ORDER BY attempt")
        assert [row["outcome"] for row in attempts] == ["unanswered", "delivered"]

    async def test_a_message_whose_answers_are_all_lost_is_repeated_a_few_times_only(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="cut_after_accept", times=99)
        async with sending():
            await handle(orders_reported(cabinet_id))
            await ended(notifier_db, "failed")
        assert len(tgsim.messages()) == max_failures("telegram", may_have_come=True)

    async def test_where_nobody_is_there_the_message_waits_and_is_not_given_up(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        async with sending(telegram_api_base_url="http://127.0.0.1:9"):
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: _has_failures(notifier_db, 12))
        # A stop in the middle of a claim leaves it to its lease.
        waiting = "SELECT status IN ('pending', 'sending') AS waits, last_error FROM deliveries"
        assert await rows(notifier_db, waiting) == [{"waits": True, "last_error": "ConnectError"}]
        async with sending():
            await ended(notifier_db)
        assert len(tgsim.messages()) == 1

    async def test_a_message_that_cannot_be_made_does_not_stop_the_others(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        await handle(orders_reported(cabinet_id))
        async with notifier_db.transaction() as connection:
            await connection.exec_driver_sql("UPDATE deliveries SET payload = '{}'")
        await handle(orders_reported(cabinet_id))
        async with sending():
            await ended(notifier_db, "delivered")
            await ended(notifier_db, "failed")
        assert len(tgsim.messages()) == 1
        failed = await rows(notifier_db, "SELECT last_error FROM deliveries WHERE status = 'failed'")
        assert failed == [{"last_error": "our own error: ValidationError"}]


class TestLimits:
    async def test_after_a_429_nobody_sends_before_its_time_and_no_failure_is_counted(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="status", status=429, retry_after=3)
        async with sending(), sending():
            await handle(orders_reported(cabinet_id))
            await eventually(lambda: _is_paused(notifier_db))
            await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(20))))
            await ended(notifier_db, deliveries=21)
        assert tgsim.stats()["early_sends"] == 0
        assert tgsim.stats()["refused"] == {"429": 1}
        assert await rows(notifier_db, "SELECT DISTINCT failures FROM deliveries") == [{"failures": 0}]

    async def test_what_waits_for_its_turn_is_given_back_when_a_pause_begins(
        self, notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
    ) -> None:
        tgsim.add_fault(kind="status", status=429, retry_after=4)
        async with sending(telegram_per_second=1.4):
            await handle(orders_reported(cabinet_id, reported(cabinet_id), reported(cabinet_id)))
            await ended(notifier_db, deliveries=2)
        assert tgsim.stats()["early_sends"] == 0
        outcomes = await rows(notifier_db, "SELECT outcome, count(*) AS n FROM delivery_attempts GROUP BY 1")
        assert {row["outcome"]: row["n"] for row in outcomes} == {"rate_limited": 1, "not_sent": 1, "delivered": 2}

    async def test_under_telegrams_own_limits_nothing_is_refused(
        self, notifier_db: Database, handle: Any, sending: Any, cabinet_id: UUID
    ) -> None:
        async with running_tgsim(limits=Limits(per_chat_per_second=4)) as strict:
            limits = {"telegram_per_chat_per_second": 4, "telegram_per_second": 30}
            at = {"telegram_api_base_url": strict.url}
            token = {"telegram_bot_token": SecretStr(strict.token)}
            async with sending(**limits, **at, **token):
                began = time.monotonic()
                await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(14))))
                await ended(notifier_db, deliveries=14)
            assert time.monotonic() - began >= 13 / 4
            assert strict.stats()["refused"] == {}
        assert await rows(notifier_db, "SELECT DISTINCT attempts FROM deliveries") == [{"attempts": 1}]


async def _is_paused(database: Database) -> bool:
    return bool(await rows(database, "SELECT 1 FROM receivers WHERE paused_until > now()"))


async def _has_failures(database: Database, failures: int) -> bool:
    return bool(await rows(database, "SELECT 1 FROM receivers WHERE failures >= :failures", failures=failures))


async def test_one_busy_chat_does_not_hold_up_the_others(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    other = uuid4()
    await handle(connected(other, 8))
    async with sending(telegram_per_chat_per_second=1, senders=8):
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(150))))
        await tgsim.wait_for_messages(1, timeout_seconds=10, chat_id=7)
        await handle(orders_reported(other))
        await tgsim.wait_for_messages(1, timeout_seconds=5, chat_id=8)
        assert len(tgsim.messages(chat_id=7)) < 8
