"""A token that ends soon is told of at 30, 14, 7, 3 and 1 days, once each, whoever looks and however often."""

import asyncio
import random
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from contracts.cabinets import CabinetConnectedV1
from contracts.envelope import Event
from contracts.model import MOSCOW
from contracts.wb_token import TokenClaims, TokenKind
from ingestor import cabinets
from ingestor.jobs.token_expiry import THRESHOLDS_DAYS, tell_expiring
from servicekit.db import Database
from support.outbox_rows import published
from support.rows import rows

ENDS = datetime(2028, 3, 1, 12, 0, tzinfo=MOSCOW)


async def connect(database: Database, cabinet_id: UUID, ends: datetime, at: datetime) -> None:
    claims = TokenClaims(
        kind=TokenKind.PERSONAL, seller_id=uuid4(), categories=frozenset(), read_only=True, expires_at=ends
    )
    data = CabinetConnectedV1(sealed_token="sealed", claims=claims, members=(1,))
    event: Event[CabinetConnectedV1] = Event.new(data, cabinet_id=cabinet_id)
    async with database.transaction() as connection:
        await cabinets.connect(connection, event.model_copy(update={"time": at}))


async def told(database: Database) -> list[int]:
    return [
        event.data.threshold_days for event in await published(database) if event.type == "cabinet.token_expiring.v1"
    ]


@pytest.fixture
async def cabinet_id(ingestor_db: Database) -> UUID:
    cabinet_id = uuid4()
    await connect(ingestor_db, cabinet_id, ENDS, ENDS - timedelta(days=90))
    return cabinet_id


@pytest.mark.usefixtures("cabinet_id")
@pytest.mark.parametrize("seed", range(5))
async def test_each_threshold_is_told_once_and_in_order_however_the_looks_fall(
    ingestor_db: Database, seed: int
) -> None:
    moves = random.Random(seed)
    now = ENDS - timedelta(days=40)
    while now < ENDS + timedelta(days=2):
        await tell_expiring(ingestor_db, now)
        await tell_expiring(ingestor_db, now - timedelta(minutes=10))
        now += timedelta(hours=moves.randint(1, 40))
    seen = await told(ingestor_db)
    assert seen == sorted(set(seen), reverse=True)
    assert set(seen) >= set(THRESHOLDS_DAYS) - {1}
    assert set(seen) <= set(THRESHOLDS_DAYS)


@pytest.mark.usefixtures("cabinet_id")
async def test_several_processes_tell_it_once(ingestor_db: Database) -> None:
    now = ENDS - timedelta(days=6)
    assert sorted(await asyncio.gather(*(tell_expiring(ingestor_db, now) for _ in range(4)))) == [0, 0, 0, 1]
    assert await told(ingestor_db) == [7]


async def test_a_new_token_begins_anew_and_only_the_nearest_threshold_is_told(
    ingestor_db: Database, cabinet_id: UUID
) -> None:
    now = ENDS - timedelta(days=2)
    await tell_expiring(ingestor_db, now)
    await connect(ingestor_db, cabinet_id, ENDS + timedelta(days=3), now)
    await tell_expiring(ingestor_db, now)
    assert await told(ingestor_db) == [3, 7]


@pytest.mark.usefixtures("cabinet_id")
async def test_a_token_that_has_ended_is_not_told_to_end_soon(ingestor_db: Database) -> None:
    assert await tell_expiring(ingestor_db, ENDS + timedelta(seconds=1)) == 0


async def test_the_end_is_forgotten_with_the_cabinet(ingestor_db: Database, cabinet_id: UUID) -> None:
    from contracts.cabinets import CabinetDisconnectedV1

    event: Event[CabinetDisconnectedV1] = Event.new(CabinetDisconnectedV1(requested_by=1), cabinet_id=cabinet_id)
    async with ingestor_db.transaction() as connection:
        await cabinets.disconnect(connection, event.model_copy(update={"time": ENDS}))
    assert await rows(ingestor_db, "SELECT expires_at, expiry_told_days FROM cabinets") == [
        {"expires_at": None, "expiry_told_days": None}
    ]
    assert await tell_expiring(ingestor_db, ENDS - timedelta(days=1)) == 0
