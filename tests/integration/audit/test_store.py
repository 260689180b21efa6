"""Records are added at the end of their chains, once each, by however many at a time, in few statements."""

import asyncio
from uuid import uuid4

import pytest
from audit import store
from audit.verifying.verify import verify
from contracts.audit import cabinets_chain
from servicekit.batches import Batches
from servicekit.db import Database
from sqlalchemy.exc import DBAPIError
from support.auditing import fill, recorded
from support.rows import count, rows, statements

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
    batches = Batches(audit_db, "audit.records", store.append)
    event = recorded(ONE)
    await asyncio.gather(*(batches.add(each) for each in (event, recorded(ONE, 1), event)))
    await batches.add(event)
    assert await rows(audit_db, "SELECT seq FROM records ORDER BY seq") == [{"seq": 1}, {"seq": 2}]
    assert (await verify(audit_db, key=None)).findings == ()


async def test_what_comes_while_others_are_stored_goes_together_in_its_order(audit_db: Database) -> None:
    batches = Batches(audit_db, "audit.records", store.append)
    with statements(audit_db) as sent:
        await asyncio.gather(*(batches.add(recorded(ONE, n)) for n in range(300)))
    assert len(sent) <= 3 * 5
    found = await rows(audit_db, "SELECT at FROM records ORDER BY seq")
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert len(found) == 300


async def test_a_batch_that_fails_leaves_nothing_and_is_told_to_all(
    audit_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    async def fail_once(connection: object, events: object) -> None:
        nonlocal calls
        calls += 1
        await store.append(connection, events)  # type: ignore[arg-type]  # handed on
        if calls == 1:
            raise ConnectionError("away")

    batches = Batches(audit_db, "audit.records", fail_once)
    events = [recorded(ONE, n) for n in range(3)]
    results = await asyncio.gather(*map(batches.add, events), return_exceptions=True)
    assert all(isinstance(result, ConnectionError) for result in results[:1])
    stored = await count(audit_db, "records")
    assert stored == sum(result is None for result in results)
    await asyncio.gather(*map(batches.add, events))
    assert await count(audit_db, "records") == 3
    assert (await verify(audit_db, key=None)).findings == ()


@pytest.mark.parametrize("statement", ["UPDATE records SET body = ''", "DELETE FROM records"])
async def test_the_service_itself_cannot_change_what_is_there(audit_db: Database, statement: str) -> None:
    await fill(audit_db, [ONE], 1)
    with pytest.raises(DBAPIError, match="only ever added"):
        await rows(audit_db, statement)
