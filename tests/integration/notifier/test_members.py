"""Who is told of a cabinet, and how it is called: as the newest event says, whatever order they come in."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notifier.deliveries.enqueue import CabinetUnknown
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import connected, disconnected, members_changed, orders_reported, renamed, reported
from support.rows import rows
from tgsim.running import RunningTgsim


async def members(database: Database, cabinet_id: UUID) -> list[int]:
    found = await rows(
        database, "SELECT telegram_id FROM members WHERE cabinet_id = :id ORDER BY telegram_id", id=cabinet_id
    )
    return [row["telegram_id"] for row in found]


async def recipients(database: Database, cabinet_id: UUID) -> set[str]:
    found = await rows(
        database, "SELECT recipient FROM deliveries WHERE cabinet_id = :id AND kind NOT LIKE 'member_%'", id=cabinet_id
    )
    return {row["recipient"] for row in found}


def later(event: Event[Any], seconds: float) -> Event[Any]:
    return event.model_copy(update={"time": event.time + timedelta(seconds=seconds)})


async def test_who_joined_is_told_and_who_left_is_not(notifier_db: Database, handle: Any, cabinet_id: UUID) -> None:
    await handle(members_changed(cabinet_id, 7, 8))
    await handle(orders_reported(cabinet_id, reported(cabinet_id)))
    assert await recipients(notifier_db, cabinet_id) == {"7", "8"}
    await handle(members_changed(cabinet_id, 8, 9))
    # What waits for who left is not sent to him any more.
    assert await recipients(notifier_db, cabinet_id) == {"8"}
    await handle(orders_reported(cabinet_id, reported(cabinet_id)))
    assert await recipients(notifier_db, cabinet_id) == {"8", "9"}


async def test_other_cabinets_of_who_left_go_on(notifier_db: Database, handle: Any, cabinet_id: UUID) -> None:
    other = uuid4()
    await handle(connected(other, 7), orders_reported(other, reported(other)))
    await handle(members_changed(cabinet_id, 8))
    assert await recipients(notifier_db, other) == {"7"}
    assert await members(notifier_db, other) == [7]


async def test_members_that_are_heard_of_before_their_cabinet_stay(notifier_db: Database, handle: Any) -> None:
    cabinet_id = uuid4()
    connect = connected(cabinet_id, 7)
    await handle(later(members_changed(cabinet_id, 7, 8), 1), later(renamed(cabinet_id, "Юг"), 1))
    try:
        await handle(orders_reported(cabinet_id, reported(cabinet_id)))
    except CabinetUnknown:
        pass
    else:
        raise AssertionError("told of a cabinet that is not connected yet")
    await handle(connect, orders_reported(cabinet_id, reported(cabinet_id)))
    assert await recipients(notifier_db, cabinet_id) == {"7", "8"}
    [cabinet] = await rows(notifier_db, "SELECT name FROM cabinets")
    assert cabinet["name"] == "Юг"


async def test_nothing_brings_back_who_was_told_of_a_disconnected_cabinet(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    late = later(members_changed(cabinet_id, 7, 8), 60), later(renamed(cabinet_id, "Юг"), 60)
    await handle(disconnected(cabinet_id), *late)
    assert await members(notifier_db, cabinet_id) == []
    [cabinet] = await rows(notifier_db, "SELECT name FROM cabinets")
    assert cabinet["name"] is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_the_newest_list_and_the_newest_name_stand_in_any_order_and_however_often(
    notifier_db: Database, handle: Any, data: st.DataObject
) -> None:
    cabinet_id = uuid4()
    lists = data.draw(st.lists(st.lists(st.integers(1, 5), unique=True), min_size=1, max_size=4))
    events = [later(members_changed(cabinet_id, *each), n) for n, each in enumerate(lists)]
    events.append(later(renamed(cabinet_id, "Юг"), data.draw(st.sampled_from([-1, 1]))))
    events.append(connected(cabinet_id, 6, name="Север"))
    newest = {event.type: event for event in sorted(events, key=lambda event: event.time)}
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=3))
    for event in data.draw(st.permutations(events + repeats)):
        await handle(event)
    lists_told = [event for event in events if event.type != "cabinet.renamed.v1"]
    expected = max(lists_told, key=lambda event: event.time).data.members
    assert await members(notifier_db, cabinet_id) == sorted(expected)
    is_renamed = newest["cabinet.renamed.v1"].time > newest["cabinet.connected.v1"].time
    [cabinet] = await rows(notifier_db, "SELECT name FROM cabinets WHERE cabinet_id = :id", id=cabinet_id)
    assert cabinet["name"] == ("Юг" if is_renamed else "Север")


async def test_people_leave_while_messages_are_sent_and_recorded(
    notifier_db: Database, handle: Any, cabinet_id: UUID, sending: Any, tgsim: RunningTgsim
) -> None:
    """Whoever records, whoever enqueues and whoever removes hold rows of the same three tables."""
    told = set(range(7, 15))
    await handle(members_changed(cabinet_id, *told))
    async with sending():
        for n in range(20):
            order = orders_reported(cabinet_id, reported(cabinet_id))
            left = members_changed(cabinet_id, *(told if n % 2 else sorted(told)[: n % 5 + 1]))
            await asyncio.gather(handle(order), handle(left))
        last = reported(cabinet_id, srid="the-last")
        await handle(members_changed(cabinet_id, *told), orders_reported(cabinet_id, last))

        async def all_are_told() -> bool:
            return sum("the-last" in message["text"] for message in tgsim.messages()) == len(told)

        await eventually(all_are_told)
