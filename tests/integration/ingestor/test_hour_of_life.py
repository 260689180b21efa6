"""An hour of a shop's life with everything that WB can do wrong: in the end the tables hold the truth, row by row.

The simulated hour lies within the last two, so that WB's calendar and ours agree. Three cabinets of one shop read it:
one with a personal token, one whose token does not open statistics (it reads the order feed), one with a base token
(it reads the report of remains).
"""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from contracts.wb_token import Category
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet, open_ingestor, sync_requested, take
from support.outbox_rows import published
from support.reading import NOW, parsed
from support.rows import rows
from support.told import SAME_ROWS_AS, TOLD, Told
from wbsim.running import Wbsim, running_wbsim

if TYPE_CHECKING:
    import redis.asyncio

HOUR = 3600
SPEED = 180
STORM: dict[str, Any] = {
    "page_rows": 300,
    "late_share": 0.1,
    "late_seconds": 600,
    "zero_price_share": 0.1,
    "zero_price_seconds": 900,
    "refresh_seconds": 300,
    "retry_header": "none",
    "drift": ["fields", "order"],
    "shuffled": True,
    "repeated_share": 0.1,
    "fbs_share": 0.3,
    "fbs_end": "repeated",
    "unpaid_share": 0.1,
    "unpaid_seconds": 900,
    "report_seconds": 60,
    "report_canceled_share": 0.2,
}
CALM: dict[str, Any] = {"refresh_seconds": 0, "report_seconds": 0.5, "report_canceled_share": 0, "switched_off": []}
FAULTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("/", "status", {"status": 503, "times": 20}),
    ("/api/v1/supplier", "html", {"times": 2}),
    ("/content", "text", {"times": 3}),
    ("/api/v1/supplier/sales", "wrong_type", {"times": 2}),
    ("/api/analytics", "huge", {"times": 1}),
    ("/api/v1/supplier/orders", "status", {"status": 429, "seconds": 0.5, "times": 3}),
    ("/", "broken_row", {"times": 25}),
    ("/", "spoilt_row", {"times": 40}),
    ("/", "empty", {"times": 20}),
    ("/", "renamed", {"times": 15}),
    ("/api/v1/supplier", "status", {"status": 401, "times": 1}),
    ("/api/analytics", "status", {"status": 403, "times": 2}),
    ("/adv", "status", {"status": 402, "times": 8}),
    ("/", "status", {"status": 401, "times": 60}),
    ("/", "cut", {"times": 10}),
    ("/", "poisoned", {"times": 25}),
    ("/adv/v3/fullstats", "nothing", {"times": 6}),
    ("/api/v1/supplier", "nothing", {"times": 6}),
    *(("/api", "status", {"status": 429, "wait": wait, "times": 1}) for wait in ("-5", "0", "soon", "0.25")),
    ("/", "global_limit", {"times": 1}),
    ("/api/v1/feedbacks", "slow", {"seconds": 0.5, "times": 5}),
)

CURRENCY = "KGS"
YEARS_LATER = NOW + timedelta(days=3 * 365)
"""What a row holds of the day on which we looked is not WB's to say: parsed on another one it differs."""


def test_no_resource_is_left_out() -> None:
    assert set(TOLD) | set(SAME_ROWS_AS) == set(RESOURCES)


@pytest.mark.timeout(420)
async def test_after_an_hour_of_every_misbehaviour_the_tables_hold_the_truth(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    async with running_wbsim(
        seed=5,
        currency=CURRENCY,
        products=25,
        history_orders=400,
        speed=SPEED,
        behind_seconds=2 * HOUR,
        limits_factor=3600,
    ) as wb:
        await wb.settings(**STORM)
        async with open_ingestor(
            ingestor_db, redis_client, redis_prefix, wb.url, wb_rate_limit=3600, sync_interval=1 / 60, wb_api_timeout=5
        ) as ingestor:
            without_statistics = sorted(set(Category) - {Category.STATISTICS})
            cabinets = {
                "personal": await connect_cabinet(ingestor, wb),
                "feed": await connect_cabinet(ingestor, wb, categories=without_statistics),
                "base": await connect_cabinet(ingestor, wb, kind="base"),
            }
            async with ingestor.running():
                await _live_through_the_storm(wb)
                await _settle(ingestor, wb, cabinets)
        await _everything_was_told_once(ingestor_db)


async def _refused(wb: Wbsim) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Ids and days of the shop that WB does not let us ask about, until the storm is over."""
    campaigns = [row["id"] for row in await wb.rows("campaigns")]
    cards = [row["nmID"] for row in await wb.rows("cards")]
    day = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    return (
        ("/adv/v3/fullstats", "refused_ids", {"ids": campaigns[:3]}),
        ("/api/advert/v2/budget", "refused_ids", {"ids": campaigns[-2:]}),
        ("/api/analytics/v3/sales-funnel", "refused_ids", {"ids": [cards[0], cards[-1]]}),
        ("/adv/v1/upd", "refused_days", {"days": [day]}),
        ("/api/v3/orders", "refused_days", {"days": [day]}),
    )


async def _live_through_the_storm(wb: Wbsim) -> None:
    await wb.life(orders_per_day=3000, steps_per_day=4000)
    for path, kind, what in await _refused(wb):
        await wb.fault(path, kind, **what)
    for path, kind, what in FAULTS:
        await wb.fault(path, kind, **what)
        await asyncio.sleep(HOUR / SPEED / (len(FAULTS) + 2))
    await wb.settings(switched_off=["/api/v1/feedbacks", "/api/v1/supplier/orders"])
    await asyncio.sleep(HOUR / SPEED / (len(FAULTS) + 2))
    await wb.settings(**CALM)
    await wb.clear_faults()
    await wb.life(orders_per_day=0, steps_per_day=0)
    # What shows late, and money that comes late, has come by then.
    await asyncio.sleep(2000 / SPEED)
    await wb.clock(1)


async def _settle(ingestor: Ingestor, wb: Wbsim, cabinets: dict[str, UUID]) -> None:
    """Ask for everything until nothing differs; what was under way may have been older than the request."""
    differences: dict[str, Any] = {}
    for _ in range(4):
        await _let_all_be_read(ingestor.database)
        await _read_everything(ingestor, cabinets.values())
        differences.clear()
        for name, told in TOLD.items():
            found = await _differences(ingestor.database, wb, RESOURCES[name], told, cabinets[told.cabinet])
            if found:
                differences[name] = found
        if not differences:
            return
    pytest.fail("\n".join(f"{name}: {found}" for name, found in differences.items()))


async def _let_all_be_read(database: Database) -> None:
    """Each time: a run that was under way writes its own position over this."""
    # Old feedbacks and questions that were answered are found once a day: let it be a day later.
    async with database.transaction() as connection:
        await connection.execute(
            text("""
                UPDATE sync_state SET cursor = jsonb_set(cursor, '{whole_at}', to_jsonb(CAST(:then AS text)))
                WHERE cursor ? 'whole_at'
            """),
            {"then": (datetime.now(UTC) - timedelta(days=2)).isoformat()},
        )


async def _read_everything(ingestor: Ingestor, cabinets: Any) -> None:
    waited_for = []
    for cabinet_id in cabinets:
        known = await rows(
            ingestor.database,
            """SELECT resource FROM sync_state
            WHERE cabinet_id = :id AND next_run_at < 'infinity' AND suspended_reason IS NULL""",
            id=cabinet_id,
        )
        asked = sync_requested(cabinet_id, *[row["resource"] for row in known])
        await take(ingestor.database, asked)
        waited_for += [(str(asked.data.sync_id), row["resource"]) for row in known]
    ingestor.parts.engine.pool.wake()

    async def answered() -> bool:
        left = await rows(
            ingestor.database,
            "SELECT asked ->> 'sync_id' AS id FROM sync_state, jsonb_array_elements(requests) AS asked",
        )
        return not {row["id"] for row in left} & {sync_id for sync_id, _ in waited_for}

    # The limit over all methods that WB spoke of last takes 45 s of them.
    await eventually(answered, seconds=90)


async def _differences(database: Database, wb: Wbsim, resource: Resource, told: Told, cabinet_id: UUID) -> list[str]:
    answer = json.dumps(told.answer(await wb.rows(told.section))).encode()
    truth, later = parsed(resource, answer), parsed(resource, answer, YEARS_LATER)
    assert not truth.broken, (resource.name, truth.broken[:1])
    ours = {
        name
        for row, other in zip(truth.rows, later.rows, strict=True)
        for name, value, another in zip(resource.storage.names, row, other, strict=True)
        if value != another
    }
    compared = [n for n, name in enumerate(resource.storage.names) if name not in ours | told.unsaid]
    at = [resource.storage.names.index(key) for key in resource.storage.keys]
    expected = {tuple(row[n] for n in at): tuple(_plain(row[n]) for n in compared) for row in truth.rows}
    stored = await rows(
        database,
        f"SELECT {', '.join(resource.storage.names)} FROM {resource.storage.table.name} "
        f"WHERE cabinet_id = :id AND NOT gone AND {resource.storage.digest} IS NOT NULL",
        id=cabinet_id,
    )
    found = {
        tuple(row[key] for key in resource.storage.keys): tuple(
            _plain(row[resource.storage.names[n]]) for n in compared
        )
        for row in stored
    }
    names = [resource.storage.names[n] for n in compared]
    missing = [f"missing {key}" for key in expected.keys() - found.keys()]
    too_many = [] if told.older else [f"should be gone: {key}" for key in found.keys() - expected.keys()]
    other = [
        f"{key}: {_unlike(names, found[key], expected[key])}"
        for key in expected.keys() & found.keys()
        if found[key] != expected[key]
    ]
    differ = [*missing, *too_many, *other]
    assert expected, f"the truth of {resource.name} is empty: nothing was tried"
    if not differ:
        return []
    summary = f"{len(expected)} rows, {len(missing)} missing, {len(too_many)} too many, {len(other)} differ"
    return [summary, *missing[:2], *too_many[:2], *other[:2]]


def _unlike(names: list[str], found: tuple[Any, ...], expected: tuple[Any, ...]) -> list[tuple[str, Any, Any]]:
    return [(name, have, want) for name, have, want in zip(names, found, expected, strict=True) if have != want]


def _plain(value: Any) -> Any:
    """JSON as its value, however it is spelt."""
    return (
        json.loads(value)
        if isinstance(value, str) and value.startswith(("[", "{")) and value.endswith(("]", "}"))
        else value
    )


async def _everything_was_told_once(database: Database) -> None:
    """Each revision of each row was published exactly once, and the last one is the table's."""
    by_type = {resource.publishing.event.TYPE: resource for resource in RESOURCES.values()}
    revisions: dict[tuple[Any, ...], list[int]] = {}
    for event in await published(database):
        resource = by_type.get(event.type)
        if resource is None:
            continue
        for row in getattr(event.data, resource.publishing.rows):
            key = (
                resource.storage.table.name,
                event.cabinetid,
                *(getattr(row, name) for name in resource.storage.keys),
            )
            revisions.setdefault(key, []).append(row.revision)
            # Statistics states no currency, and messages must not name another all the same.
            assert not resource.publishing.in_sellers_currency or row.currency == CURRENCY, key
    wrong = {key: told for key, told in revisions.items() if sorted(told) != list(range(1, len(told) + 1))}
    assert not wrong, f"{len(wrong)} rows were told twice or not at all, such as {next(iter(wrong.items()))}"
    stored: Counter[str] = Counter()
    for resource in {resource.storage.table.name: resource for resource in RESOURCES.values()}.values():
        found = await rows(
            database,
            f"SELECT cabinet_id, revision, {', '.join(resource.storage.keys)} FROM {resource.storage.table.name}",
        )
        for row in found:
            key = (resource.storage.table.name, row["cabinet_id"], *(row[name] for name in resource.storage.keys))
            assert len(revisions[key]) == row["revision"], key
            stored[resource.storage.table.name] += 1
    assert all(stored[resource.storage.table.name] for resource in RESOURCES.values()), stored
