"""Records are added at the end of their chains, once each, by however many at a time, in few statements."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from audit import store
from audit.verifying.verify import verify
from contracts.audit import AuditRecordedV1, cabinets_chain
from contracts.envelope import Event
from contracts.topics import AUDIT_RECORDS
from servicekit.batches import handle_batch
from servicekit.db import Database
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from support.auditing import fill, recorded
from support.rows import count, rows, statements

QUEUE = AUDIT_RECORDS.name
ONE, TWO = cabinets_chain(uuid4()), cabinets_chain(uuid4())


async def test_each_tenant_has_a_chain_without_gaps(audit_db: Database) -> None:
    await fill(audit_db, [ONE, TWO], 3)
    await fill(audit_db, [TWO], 2)
    found = await rows(audit_db, "SELECT tenant, array_agg(seq ORDER BY seq) AS seqs FROM records GROUP BY tenant")
    assert {row["tenant"]: row["seqs"] for row in found} == {ONE: [1, 2, 3], TWO: [1, 2, 3, 4, 5]}
    assert await count(audit_db, "personal") == 8
    verified = await verify(audit_db, key=None)
    assert (verified.chains, verified.records, verified.findings) == (2, 8, ())


async def test_statements_do_not_grow_with_records(audit_db: Database) -> None:
    sent = []
    for each in (1, 50):
        with statements(audit_db) as of_these:
            await fill(audit_db, [ONE, TWO], each)
        sent.append(len(of_these))
    assert sent[0] == sent[1] <= 4


async def test_those_who_add_at_the_same_time_make_one_chain(audit_db: Database) -> None:
    both = [ONE, TWO], [TWO, ONE]
    await asyncio.gather(*(fill(audit_db, both[n % 2], 5) for n in range(8)))
    verified = await verify(audit_db, key=None)
    assert (verified.chains, verified.records, verified.findings) == (2, 80, ())


async def test_an_event_that_comes_twice_is_one_record(audit_db: Database) -> None:
    event = recorded(ONE)
    for events in ([event, recorded(ONE, 1), event], [event]):
        assert await handle_batch(audit_db, QUEUE, store.append, events) == [None] * len(events)
    assert await rows(audit_db, "SELECT seq FROM records ORDER BY seq") == [{"seq": 1}, {"seq": 2}]
    assert (await verify(audit_db, key=None)).findings == ()


async def test_a_batch_is_few_statements_and_keeps_its_order(audit_db: Database) -> None:
    with statements(audit_db) as sent:
        await handle_batch(audit_db, QUEUE, store.append, [recorded(ONE, n) for n in range(300)])
    assert len(sent) <= 5
    found = await rows(audit_db, "SELECT at FROM records ORDER BY seq")
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert len(found) == 300


class Failing:
    """Adds records; afterwards fails if a certain one is among them."""

    def __init__(self, at_fault: Event[AuditRecordedV1], error: Exception) -> None:
        self.at_fault, self.error, self.calls = at_fault, error, 0

    async def __call__(self, connection: AsyncConnection, events: Sequence[Event[AuditRecordedV1]]) -> None:
        self.calls += 1
        await store.append(connection, events)
        if self.at_fault in events:
            raise self.error


async def test_one_that_cannot_be_stored_keeps_no_other_back(audit_db: Database) -> None:
    events = [recorded(ONE, n) for n in range(100)]
    failing = Failing(events[41], ValueError("cannot be stored"))
    results = await handle_batch(audit_db, QUEUE, failing, events)
    assert [n for n, error in enumerate(results) if error is failing.error] == [41]
    assert sum(error is None for error in results) == 99
    assert failing.calls <= 2 * 8
    found = await rows(audit_db, "SELECT at FROM records ORDER BY seq")
    assert [row["at"] for row in found] == [event.time for event in events if event is not events[41]]
    assert (await verify(audit_db, key=None)).findings == ()


async def test_while_the_database_is_away_nothing_is_tried_again(audit_db: Database) -> None:
    events = [recorded(ONE, n) for n in range(3)]
    failing = Failing(events[1], ConnectionError("away"))
    assert await handle_batch(audit_db, QUEUE, failing, events) == [failing.error] * 3
    assert failing.calls == 1
    assert await count(audit_db, "records") == await count(audit_db, "inbox") == 0


@pytest.mark.parametrize("statement", ["UPDATE records SET body = ''", "DELETE FROM records"])
async def test_the_service_itself_cannot_change_what_is_there(audit_db: Database, statement: str) -> None:
    await fill(audit_db, [ONE], 1)
    with pytest.raises(DBAPIError, match="only ever added"):
        await rows(audit_db, statement)
