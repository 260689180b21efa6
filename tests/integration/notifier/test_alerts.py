"""Sellers are told when data stop, once, and once more when it is over."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.cabinets import CabinetSuspendedV1, CabinetTokenExpiringV1
from contracts.envelope import Event, EventData
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.syncs import SyncFailedV1, SyncResumedV1
from notifier.deliveries.enqueue import CabinetUnknown
from notifier.messages.resource_names import RESOURCES
from servicekit.db import Database
from servicekit.events import new_event
from support.eventually import eventually
from support.notifying import connected, disconnected, verified
from support.rows import rows, statements
from tgsim.running import RunningTgsim

START = datetime(2028, 2, 29, 20, 55, tzinfo=UTC)


def at(minutes: float, event: Event[Any]) -> Event[Any]:
    """The event, so many minutes after the first one."""
    return event.model_copy(update={"time": START + timedelta(minutes=minutes)})


@pytest.fixture
async def cabinet_id(handle: Any) -> UUID:
    """A cabinet with one member, chat 7, connected a day before all that happens here."""
    cabinet_id = uuid4()
    await handle(at(-24 * 60, connected(cabinet_id, 7)))
    return cabinet_id


def told_by_ingestor(cabinet_id: UUID, data: EventData, minutes: float = 0) -> Event[Any]:
    return at(minutes, new_event(data, cabinet_id=cabinet_id))


def suspended(cabinet_id: UUID, minutes: float = 0, reason: str = "token_rejected", **more: Any) -> Event[Any]:
    data = CabinetSuspendedV1.model_validate({"reason": reason, "detail": "401: no", **more})
    return told_by_ingestor(cabinet_id, data, minutes)


def delayed(cabinet_id: UUID, minutes: float, *resources: str) -> Event[Any]:
    data = DataDelayedV1(
        resources=tuple(DelayedResource(resource=name, last_success_at=START, reason="503: x") for name in resources)
    )
    return told_by_ingestor(cabinet_id, data, minutes)


def recovered(cabinet_id: UUID, minutes: float, *resources: str) -> Event[Any]:
    data = DataRecoveredV1(
        resources=tuple(
            RecoveredResource(resource=name, delayed_since=START, recovered_at=START + timedelta(minutes=minutes))
            for name in resources
        )
    )
    return told_by_ingestor(cabinet_id, data, minutes)


async def kinds(database: Database) -> list[str]:
    found = await rows(database, "SELECT kind FROM deliveries ORDER BY reported_at, created_at")
    return [row["kind"] for row in found]


async def test_a_refused_token_is_told_once_and_once_more_when_it_is_accepted(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    first = suspended(cabinet_id)
    await handle(first, first, suspended(cabinet_id, 5), at(60, verified(cabinet_id, "S")))
    await handle(at(90, verified(cabinet_id, "S")))
    assert await kinds(notifier_db) == ["cabinet_suspended", "cabinet_resumed"]


async def test_another_reason_is_news(notifier_db: Database, handle: Any, cabinet_id: UUID) -> None:
    await handle(suspended(cabinet_id), suspended(cabinet_id, 5, "payment_required"))
    assert await kinds(notifier_db) == ["cabinet_suspended", "cabinet_suspended"]


async def test_the_first_check_of_a_cabinet_is_no_recovery(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    await handle(at(1, verified(cabinet_id, "S")))
    assert await kinds(notifier_db) == []


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_whatever_the_order_of_events_the_newest_decides_and_nothing_is_told_twice(
    notifier_db: Database, handle: Any, cabinet_id: UUID, order: tuple[int, ...]
) -> None:
    events = [suspended(cabinet_id, 0), at(10, verified(cabinet_id, "S")), suspended(cabinet_id, 20)]
    await handle(*(events[n] for n in order), *events)
    [trouble] = await rows(notifier_db, "SELECT is_open, changed_at FROM troubles WHERE kind = 'suspended'")
    assert trouble == {"is_open": True, "changed_at": START + timedelta(minutes=20)}
    told = await kinds(notifier_db)
    assert told.count("cabinet_suspended") in (1, 2)
    assert told.count("cabinet_suspended") - told.count("cabinet_resumed") == 1


async def test_resources_of_one_category_make_one_message_and_its_end_another(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    for minutes, resource in enumerate(("orders", "sales")):
        await handle(suspended(cabinet_id, minutes, "scope_refused", resource=resource, category="statistics"))
    await handle(suspended(cabinet_id, 3, "scope_refused", resource="feedbacks", category="feedbacks"))
    for minutes, resource in enumerate(("orders", "sales"), start=10):
        data = SyncResumedV1(resource=resource, category="statistics", resumed_at=START)
        await handle(told_by_ingestor(cabinet_id, data, minutes))
    assert await kinds(notifier_db) == ["scope_refused", "scope_refused", "scope_restored"]


async def test_a_new_token_ends_a_missing_scope_without_a_word(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    refused = {"reason": "scope_refused", "resource": "orders", "category": "statistics"}
    await handle(
        suspended(cabinet_id, 0, **refused), at(5, connected(cabinet_id, 7)), suspended(cabinet_id, 9, **refused)
    )
    assert await kinds(notifier_db) == ["scope_refused", "scope_refused"]


async def test_each_threshold_of_each_token_is_told_once(notifier_db: Database, handle: Any, cabinet_id: UUID) -> None:
    ends = START + timedelta(days=7)
    for minutes, threshold in enumerate((7, 7, 3)):
        data = CabinetTokenExpiringV1(expires_at=ends, threshold_days=threshold)
        await handle(told_by_ingestor(cabinet_id, data, minutes))
    other = CabinetTokenExpiringV1(expires_at=ends + timedelta(days=1), threshold_days=7)
    await handle(told_by_ingestor(cabinet_id, other, 9))
    assert await kinds(notifier_db) == ["token_expiring"] * 3


async def test_late_data_are_told_once_with_what_is_new_and_once_more_with_what_is_over(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    await handle(delayed(cabinet_id, 20, "stocks", "prices"), delayed(cabinet_id, 25, "prices", "sales"))
    await handle(recovered(cabinet_id, 60, "stocks", "prices"), recovered(cabinet_id, 65, "prices", "orders"))
    found = await rows(notifier_db, "SELECT kind, payload FROM deliveries ORDER BY reported_at")
    assert [(row["kind"], [each["resource"] for each in row["payload"]["resources"]]) for row in found] == [
        ("data_delayed", ["stocks", "prices"]),
        ("data_delayed", ["sales"]),
        ("data_recovered", ["stocks", "prices"]),
    ]


async def test_data_that_are_late_or_come_again_take_as_many_statements_however_many_they_are(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    names, taken = list(RESOURCES), []
    for number, resources in enumerate((names[:1], names[1:])):
        for event in (delayed(cabinet_id, 2 * number, *resources), recovered(cabinet_id, 2 * number + 1, *resources)):
            with statements(notifier_db) as sent:
                await handle(event)
            taken.append(len(sent))
    assert taken[:2] == taken[2:]
    assert await kinds(notifier_db) == ["data_delayed", "data_recovered"] * 2


async def test_a_sync_that_was_asked_for_and_failed_is_one_message_however_many_resources_it_had(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    sync_id = uuid4()
    for resource in ("orders", "stocks"):
        data = SyncFailedV1(sync_id=sync_id, resource=resource, reason="503: x", failed_at=START)
        await handle(told_by_ingestor(cabinet_id, data))
    await handle(told_by_ingestor(cabinet_id, SyncFailedV1(resource="orders", reason="503: x", failed_at=START)))
    assert await kinds(notifier_db) == ["sync_failed"]


async def test_an_alert_of_a_cabinet_not_announced_yet_is_tried_again_and_of_one_that_is_gone_told_to_nobody(
    notifier_db: Database, handle: Any
) -> None:
    cabinet_id = uuid4()
    event = suspended(cabinet_id)
    with pytest.raises(CabinetUnknown):
        await handle(event)
    await handle(connected(cabinet_id, 7), event)
    assert await kinds(notifier_db) == ["cabinet_suspended"]
    await handle(disconnected(cabinet_id), suspended(cabinet_id, 5, "payment_required"))
    assert await kinds(notifier_db) == ["cabinet_suspended"]
    assert await rows(notifier_db, "SELECT * FROM troubles") == []


async def test_every_member_reads_it_in_telegram(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim
) -> None:
    cabinet_id = uuid4()
    await handle(connected(cabinet_id, 7, 8), suspended(cabinet_id), delayed(cabinet_id, 20, "orders"))

    async def all_delivered() -> bool:
        found = await rows(notifier_db, "SELECT status, recipient FROM deliveries ORDER BY recipient")
        told = [(row["status"], row["recipient"]) for row in found]
        return told == [("delivered", "7")] * 2 + [("delivered", "8")] * 2

    async with sending():
        await eventually(all_delivered)
    texts = [message["text"] for message in tgsim.messages()]
    assert len([text for text in texts if "не принимает токен" in text]) == 2
    assert len([text for text in texts if "отстают" in text]) == 2
