"""Which resources begin for which token, and who stands in for whom."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.wb_token import Category, TokenKind
from ingestor.resources import RESOURCES, orders, stocks
from ingestor.resources.resource import Resource
from ingestor.sync import cabinet_syncs, endings, schedule
from ingestor.sync.page import Run, start_over
from ingestor.sync.schedule import LeaseLost
from ingestor.wb.hosts import Host
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, claim, connect_cabinet, connected, sync_requested, sync_until_it_counts, take
from support.outbox_rows import published
from support.rows import execute, rows
from support.things import new_run
from wbsim.running import Wbsim

ORDERS = METHODS["orders"].path
ANY = replace(METHODS["orders"], host=Host.COMMON)


def resource(name: str, **changes: Any) -> Resource:
    return replace(orders.RESOURCE, name=name, **changes)


MAIN = resource("main", method=replace(METHODS["orders"], closed_to=frozenset({TokenKind.BASE})))
STAND_IN = resource("stand_in", method=replace(METHODS["orders"], host=Host.ANALYTICS), stands_in_for="main")
OPEN = resource("open", method=ANY)
EVERY = (MAIN, STAND_IN, OPEN)


async def cabinet(
    database: Database, kind: str = "personal", categories: list[str] | None = None, status: str = "verified"
) -> UUID:
    cabinet_id = uuid4()
    async with database.transaction() as connection:
        await connection.execute(
            text("""
                INSERT INTO cabinets
                    (cabinet_id, status, seller_id, kind, categories, sealed_token, connected_at, token_at)
                VALUES (:id, :status, :id, :kind, :categories, '', now(), now())
            """),
            {"id": cabinet_id, "kind": kind, "categories": categories, "status": status},
        )
    return cabinet_id


async def begin(database: Database, cabinet_id: UUID, resources: Sequence[Resource] = EVERY) -> None:
    async with database.transaction() as connection:
        await cabinet_syncs.begin(connection, cabinet_id, resources)


async def states(database: Database, cabinet_id: UUID) -> dict[str, str]:
    """Of each resource: due, waiting (for the day it is called in), later, or suspended."""
    found = await rows(
        database,
        """
        SELECT resource, CASE WHEN suspended_reason IS NOT NULL THEN 'suspended' WHEN next_run_at = 'infinity' THEN
            'waiting' WHEN next_run_at <= now() THEN 'due' ELSE 'later' END AS state
        FROM sync_state WHERE cabinet_id = :id
        """,
        id=cabinet_id,
    )
    return {row["resource"]: row["state"] for row in found}


class TestBegin:
    @pytest.mark.parametrize(
        ("kind", "categories", "expected"),
        [
            ("personal", ["statistics", "analytics"], {"main": "due", "stand_in": "waiting", "open": "due"}),
            ("personal", ["statistics"], {"main": "due", "open": "due"}),
            ("personal", ["analytics"], {"stand_in": "due", "open": "due"}),
            ("personal", [], {"open": "due"}),
            ("personal", None, {"main": "due", "stand_in": "waiting", "open": "due"}),
            ("base", ["statistics", "analytics"], {"stand_in": "due", "open": "due"}),
            ("service", ["statistics", "analytics"], {"main": "due", "stand_in": "waiting", "open": "due"}),
        ],
    )
    async def test_what_the_token_opens_is_due_and_a_stand_in_only_without_its_main_one(
        self, ingestor_db: Database, kind: str, categories: list[str] | None, expected: dict[str, str]
    ) -> None:
        cabinet_id = await cabinet(ingestor_db, kind, categories)
        await begin(ingestor_db, cabinet_id)
        assert await states(ingestor_db, cabinet_id) == expected

    async def test_other_cabinets_are_left_alone(self, ingestor_db: Database) -> None:
        first, second = await cabinet(ingestor_db), await cabinet(ingestor_db)
        await begin(ingestor_db, first)
        assert await states(ingestor_db, second) == {}

    async def test_beginning_again_forgives_and_keeps_the_cursor(self, ingestor_db: Database) -> None:
        cabinet_id = await cabinet(ingestor_db)
        await begin(ingestor_db, cabinet_id)
        await execute(
            ingestor_db,
            "UPDATE sync_state SET suspended_reason = 'scope_refused', failures = 4, last_error = 'x',"
            " next_run_at = 'infinity', cursor = '{\"at\": 1}', first_load_done = true",
        )
        await begin(ingestor_db, cabinet_id)
        assert await states(ingestor_db, cabinet_id) == {"main": "due", "stand_in": "waiting", "open": "due"}
        for row in await rows(ingestor_db, "SELECT * FROM sync_state"):
            assert (row["failures"], row["last_error"], row["cursor"], row["first_load_done"]) == (
                0,
                None,
                {"at": 1},
                True,
            )

    async def test_a_token_that_opens_less_leaves_the_rest_halted(self, ingestor_db: Database) -> None:
        cabinet_id = await cabinet(ingestor_db)
        await begin(ingestor_db, cabinet_id)
        async with ingestor_db.transaction() as connection:
            await cabinet_syncs.halt(connection, cabinet_id)
        await execute(ingestor_db, "UPDATE cabinets SET categories = '{analytics}'")
        await begin(ingestor_db, cabinet_id)
        assert await states(ingestor_db, cabinet_id) == {"main": "waiting", "stand_in": "due", "open": "due"}

    @pytest.mark.parametrize("kind", TokenKind)
    async def test_sql_and_python_agree_on_what_is_open(self, ingestor_db: Database, kind: TokenKind) -> None:
        for categories in ([], [Category.STATISTICS], [Category.ANALYTICS, Category.CONTENT], list(Category)):
            cabinet_id = await cabinet(ingestor_db, kind.value, [c.value for c in categories])
            await begin(ingestor_db, cabinet_id, list(RESOURCES.values()))
            expected = {r.name for r in RESOURCES.values() if r.is_open_to(kind, frozenset(categories))}
            assert (await states(ingestor_db, cabinet_id)).keys() == expected


class TestBeginNew:
    async def test_resources_of_a_new_version_begin_for_every_verified_cabinet(self, ingestor_db: Database) -> None:
        known, unchecked = (
            await cabinet(ingestor_db, categories=["statistics"]),
            await cabinet(ingestor_db, status="unchecked"),
        )
        suspended, base = await cabinet(ingestor_db, status="suspended"), await cabinet(ingestor_db, "base")
        await begin(ingestor_db, known, [MAIN])
        await execute(ingestor_db, "UPDATE sync_state SET next_run_at = now() + interval '1 hour'")
        for _ in range(2):
            async with ingestor_db.transaction() as connection:
                await cabinet_syncs.begin_new(connection, EVERY)
        assert await states(ingestor_db, known) == {"main": "later", "open": "due"}
        assert await states(ingestor_db, base) == {"stand_in": "due", "open": "due"}
        assert await states(ingestor_db, unchecked) == await states(ingestor_db, suspended) == {}

    async def test_a_category_that_is_not_known_here_keeps_off_nobody(self, ingestor_db: Database) -> None:
        known = await cabinet(ingestor_db, categories=["statistics", "of a later version"])
        other = await cabinet(ingestor_db, categories=["statistics"])
        async with ingestor_db.transaction() as connection:
            await cabinet_syncs.begin_new(connection, EVERY)
        assert await states(ingestor_db, known) == await states(ingestor_db, other) != {}

    async def test_one_that_was_suspended_stays_so(self, ingestor_db: Database) -> None:
        cabinet_id = await cabinet(ingestor_db)
        await begin(ingestor_db, cabinet_id)
        await execute(
            ingestor_db,
            "UPDATE sync_state SET suspended_reason = 'x', next_run_at = 'infinity' WHERE resource = 'open'",
        )
        async with ingestor_db.transaction() as connection:
            await cabinet_syncs.begin_new(connection, EVERY)
        assert (await states(ingestor_db, cabinet_id))["open"] == "suspended"


class TestCategories:
    @pytest.mark.parametrize("categories", [[], ["statistics"], ["analytics", "content"]])
    async def test_a_token_brings_its_own(self, ingestor: Ingestor, wb: Wbsim, categories: list[str]) -> None:
        event = connected(await wb.token())
        claims = event.data.claims.model_copy(update={"categories": frozenset(map(Category, categories))})
        event = event.model_copy(update={"data": event.data.model_copy(update={"claims": claims})})
        await take(ingestor.database, event)
        [row] = await rows(ingestor.database, "SELECT * FROM cabinets")
        assert row["categories"] == sorted(categories)

    async def test_a_new_token_brings_new_ones(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        event = connected(await wb.token(), cabinet_id=cabinet_id)
        claims = event.data.claims.model_copy(update={"categories": frozenset({Category.CONTENT})})
        await take(
            ingestor.database, event.model_copy(update={"data": event.data.model_copy(update={"claims": claims})})
        )
        await ingestor.check()
        due = {name for name, state in (await states(ingestor.database, cabinet_id)).items() if state == "due"}
        assert due == {
            r.name for r in RESOURCES.values() if r.is_open_to(TokenKind.PERSONAL, frozenset({Category.CONTENT}))
        }
        assert "products" in due
        assert "orders" not in due


@pytest.mark.usefixtures("few_resources")
class TestStandIns:
    """`feed` stands in for orders: it reads stocks, whose method answers when that of orders does not."""

    @pytest.fixture(autouse=True)
    def feed(self, monkeypatch: pytest.MonkeyPatch, few_resources: Any) -> None:
        monkeypatch.setitem(RESOURCES, "feed", replace(stocks.RESOURCE, name="feed", stands_in_for="orders"))

    async def test_it_waits_while_the_main_one_can_be_read(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "waiting"
        assert "feed" not in {lease.resource for lease in await claim(ingestor.database)}

    @pytest.mark.parametrize("fault", [("switched_off", {}), ("status", {"status": 403})])
    async def test_it_is_called_in_when_the_main_one_is_closed(
        self, ingestor: Ingestor, wb: Wbsim, fault: tuple[str, dict[str, Any]]
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, fault[0], **fault[1])
        await ingestor.sync("orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "waiting", "once is no verdict"
        await sync_until_it_counts(ingestor, "orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] != "waiting"
        await ingestor.sync("feed")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "later"
        assert len(await rows(ingestor.database, "SELECT 1 FROM stocks")) > 0

    @pytest.mark.parametrize(
        "fault", [("status", {"status": 500}), ("status", {"status": 429, "seconds": 5}), ("cut", {})]
    )
    async def test_it_stays_away_when_wb_only_fails(
        self, ingestor: Ingestor, wb: Wbsim, fault: tuple[str, dict[str, Any]]
    ) -> None:
        await wb.place_orders(count=1)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, fault[0], **fault[1])
        for _ in range(3):
            await ingestor.sync("orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "waiting"

    async def test_it_is_sent_home_when_the_main_one_completes_and_called_in_again(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        for expected in ("waiting", "due", "waiting", "due", "waiting"):
            if expected == "due":
                await wb.fault(ORDERS, "switched_off")
                await sync_until_it_counts(ingestor, "orders")
            else:
                await ingestor.sync("orders")
            assert (await states(ingestor.database, cabinet_id))["feed"] == expected
            await wb.clear_faults()

    async def test_a_main_one_that_is_still_closed_does_not_hurry_it(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "switched_off")
        await sync_until_it_counts(ingestor, "orders")
        await ingestor.sync("feed")
        await ingestor.sync("orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "later"

    async def test_one_that_is_suspended_itself_keeps_its_own_pace(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await execute(
            ingestor.database,
            "UPDATE sync_state SET suspended_reason = 'scope_refused', next_run_at = now() + interval '5 hours'"
            " WHERE resource = 'feed'",
        )
        await wb.fault(ORDERS, "switched_off")
        await sync_until_it_counts(ingestor, "orders")
        assert "feed" not in {lease.resource for lease in await claim(ingestor.database)}
        await wb.clear_faults()
        await execute(ingestor.database, "UPDATE sync_state SET lease_until = NULL")
        await ingestor.sync("orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "waiting", "sent home, and forgiven"

    async def test_only_the_cabinets_own_is_called_in(self, ingestor: Ingestor, wb: Wbsim) -> None:
        first, second = await connect_cabinet(ingestor, wb), await connect_cabinet(ingestor, wb)
        await execute(
            ingestor.database, "DELETE FROM sync_state WHERE cabinet_id = :id AND resource = 'orders'", id=second
        )
        await wb.fault(ORDERS, "switched_off")
        await sync_until_it_counts(ingestor, "orders")
        assert (await states(ingestor.database, first))["feed"] == "due"
        assert (await states(ingestor.database, second))["feed"] == "waiting"

    async def test_what_a_seller_asked_it_for_it_does_before_it_waits(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "switched_off", times=3)
        await sync_until_it_counts(ingestor, "orders")
        request = sync_requested(cabinet_id, "feed")
        await take(ingestor.database, request)
        await ingestor.sync("orders")
        await ingestor.sync("feed")
        assert request.data.sync_id in {e.data.sync_id for e in await published(ingestor.database, "sync.completed.v1")}
        await ingestor.sync("orders")
        assert (await states(ingestor.database, cabinet_id))["feed"] == "waiting"


class TestStartOver:
    async def test_the_cursor_and_the_counts_are_forgotten(self, ingestor_db: Database) -> None:
        run = await new_run(ingestor_db, orders.RESOURCE)
        run.count_request(sent=True)
        await execute(ingestor_db, "UPDATE sync_state SET cursor = '{\"after\": 5}', progress = '{\"pages\": 1}'")
        await start_over(ingestor_db, run)
        [row] = await rows(ingestor_db, "SELECT * FROM sync_state")
        assert (row["cursor"], row["progress"]) == ({}, None)

    async def test_not_by_a_run_that_lost_its_lease(self, ingestor_db: Database) -> None:
        run = await new_run(ingestor_db, orders.RESOURCE)
        await execute(ingestor_db, "UPDATE sync_state SET cursor = '{\"after\": 5}', lease_token = NULL")
        with pytest.raises(LeaseLost):
            await start_over(ingestor_db, run)
        [row] = await rows(ingestor_db, "SELECT cursor FROM sync_state")
        assert row["cursor"] == {"after": 5}


async def test_a_run_that_lost_its_lease_ends_nothing(ingestor_db: Database) -> None:
    run = await new_run(ingestor_db, orders.RESOURCE)
    await execute(ingestor_db, "UPDATE sync_state SET lease_token = gen_random_uuid(), failures = 3")
    before = await rows(ingestor_db, "SELECT * FROM sync_state")
    async with ingestor_db.transaction() as connection:
        with pytest.raises(LeaseLost):
            await schedule.finish(connection, run.lease, endings.paused(run.lease), accepted=True)
    assert await rows(ingestor_db, "SELECT * FROM sync_state") == before


async def test_a_run_that_an_earlier_process_began_counts_on(ingestor_db: Database) -> None:
    from ingestor.sync.run import _begin

    run: Run = await new_run(ingestor_db, orders.RESOURCE)
    began = datetime.now(UTC) - timedelta(minutes=3)
    progress = {"started_at": began.isoformat(), **run.totals.as_dict(), "pages": 4, "rows_new": 9}
    await execute(ingestor_db, "UPDATE sync_state SET progress = CAST(:p AS jsonb)", p=json.dumps(progress))
    lease = (await new_run(ingestor_db, orders.RESOURCE)).lease
    taken_up = _begin(lease, datetime.now(UTC))
    assert (taken_up.started_at, taken_up.totals.pages, taken_up.totals.rows_new, taken_up.counts.pages) == (
        began,
        4,
        9,
        0,
    )
