"""A rebuild from the log is the state in use, byte for byte; where it is not, it says what differs."""

import asyncio
import random
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from reporter import tables
from reporter.rebuild import building, comparing, copies, differences, keeping
from reporter.rebuild.building import CannotCount, build
from reporter.rebuild.folding import Window, fold
from reporter.rebuild.shadow import SHADOW, VIEWS, ShadowInUse
from reporter.subscribers import row_handlers
from servicekit.db import Database
from sqlalchemy import text
from support.rebuilding import Reporter
from support.reporting import NOON, TODAY, a_stock, an_order, orders_updated, products_updated, stocks_updated
from support.rows import all_rows, execute, rows
from support.shop_histories import history


async def lived(reporter: Reporter, cabinet_id: UUID, seed: int) -> None:
    """A history as it happens: what is published comes late, twice and in another order; days turn; all is counted."""
    chance = random.Random(seed)
    events = list(history(cabinet_id, seed))
    await reporter.log(*events)
    deliveries = [*events, *chance.sample(events, 5)]
    chance.shuffle(deliveries)
    for n, event in enumerate(deliveries):
        await reporter.handle(event)
        if n % 9 == 0:
            await reporter.count()
        if n == 30:
            await reporter.turn(TODAY + timedelta(days=1))
    await reporter.count()


@pytest.mark.parametrize("seed", range(6))
async def test_a_rebuild_is_the_state_in_use_byte_for_byte(reporter: Reporter, cabinet_id: UUID, seed: int) -> None:
    other = uuid4()
    await lived(reporter, other, seed + 100)
    await lived(reporter, cabinet_id, seed)
    in_use = await reporter.everything(cabinet_id)
    assert len(in_use) > 20
    async with reporter.shadow() as shadow:
        built, comparison = await reporter.rebuilt(shadow, cabinet_id)
        assert await reporter.in_shadow(cabinet_id) == in_use
        assert await reporter.in_shadow(other) == []
    assert (comparison.total, comparison.all_counted) == (0, True)
    assert built.events >= 40  # the newest ones are folded again
    assert (built.unreadable, built.unhandled, built.kept) == (0, 0, {})
    assert await reporter.everything(cabinet_id) == in_use


async def test_the_shadow_tells_and_asks_nobody(reporter: Reporter, cabinet_id: UUID) -> None:
    await lived(reporter, cabinet_id, 1)
    before = await rows(reporter.database, "SELECT count(*) AS n FROM outbox")
    async with reporter.shadow() as shadow:
        await reporter.rebuilt(shadow, cabinet_id)
        assert await all_rows(shadow, "outbox") == []
    assert await rows(reporter.database, "SELECT count(*) AS n FROM outbox") == before


class TestReport:
    async def test_what_differs_is_counted_by_table_and_figure_with_the_largest(
        self, reporter: Reporter, cabinet_id: UUID
    ) -> None:
        await reporter.see(*(orders_updated(cabinet_id, an_order(cabinet_id, srid)) for srid in "abc"))
        await reporter.count()
        for column, change in (("orders", "orders + 1"), ("orders_sum", "orders_sum + period_days")):
            await execute(reporter.database, f"UPDATE analytics_cache SET {column} = {change} WHERE nm_id = 1")
        await execute(reporter.database, "DELETE FROM day_totals WHERE nm_id = 0")
        await execute(
            reporter.database,
            "INSERT INTO analytics_cache SELECT * FROM json_populate_record("
            "(SELECT a FROM analytics_cache AS a WHERE nm_id = 1 AND period_days = 7), '{\"nm_id\": 77}')",
        )
        async with reporter.shadow() as shadow:
            _, comparison = await reporter.rebuilt(shadow, cabinet_id)
        found = comparison.differences["analytics_cache"]
        assert (found.differing, found.only_live, found.only_shadow) == (5, 1, 0)
        assert found.figures["orders"].rows == 5
        assert found.figures["orders"].largest == 1
        assert found.figures["orders_sum"].largest == Decimal(90)
        assert found.figures["orders_sum"].example.startswith("1 90")
        assert comparison.differences["day_totals"].only_shadow == 1
        assert comparison.total == 7
        said = "\n".join(differences.lines(comparison.differences))
        assert "analytics_cache: 11 rows in use, 5 differ, 1 that the rebuild has not" in said
        assert "  orders: 5 rows, by 1 at most; 1 " in said
        assert "order_facts: 3 rows in use, the same" in said

    def test_figures_within_a_section_are_named(self) -> None:
        found: dict[str, differences.Difference] = {}
        live: dict[str, Any] = {"days": {"7": "1.5", "14": "x"}, "list": [1]}
        differences._add(found, "body", "1", live, {"days": {"7": "3", "14": "y"}, "list": [2]})
        assert {path: (each.rows, each.largest) for path, each in found.items()} == {
            "body.days.7": (1, Decimal("1.5")),
            "body.days.14": (1, 0),
            "body.list": (1, 0),
        }

    async def test_a_formula_of_the_code_at_hand_is_compared_with_what_is_in_use(
        self, reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        orders = [an_order(cabinet_id), an_order(cabinet_id, "b", is_cancel=True), an_order(cabinet_id, "c")]
        await reporter.see(orders_updated(cabinet_id, *orders))
        await reporter.count()
        from reporter.figures import totals

        changed = totals._COUNT_ITEMS.text.replace("(WHERE is_cancel)", "(WHERE NOT is_cancel)")
        assert changed != totals._COUNT_ITEMS.text
        monkeypatch.setattr(totals, "_COUNT_ITEMS", text(changed))
        in_use = await reporter.everything(cabinet_id)
        async with reporter.shadow() as shadow:
            _, comparison = await reporter.rebuilt(shadow, cabinet_id)
        assert comparison.differences["day_totals"].figures.keys() <= {"cancelled", "cancelled_sum"}
        assert comparison.differences["analytics_cache"].figures["cancelled"].largest == 1
        assert comparison.differences["order_facts"].total == 0
        assert await reporter.everything(cabinet_id) == in_use

    async def test_columns_that_are_not_in_use_yet_are_named(
        self, reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
        await reporter.count()
        known = differences.live_columns

        async def without_open(connection: Any, table: Any) -> list[str]:
            if table.name in {"day_totals", "offices"}:
                return []
            return [name for name in await known(connection, table) if name != "open"]

        for module in (differences, keeping):
            monkeypatch.setattr(module, "live_columns", without_open)
        async with reporter.shadow() as shadow:
            _, comparison = await reporter.rebuilt(shadow, cabinet_id)
        assert comparison.differences["analytics_cache"].not_live == ["open"]
        said = "\n".join(differences.lines(comparison.differences))
        assert "analytics_cache: 10 rows in use, not in use yet: open" in said
        assert "open" in comparison.differences["day_totals"].not_live


class TestWhatTheLogHasNot:
    async def test_facts_older_than_the_log_are_kept_and_counted(self, reporter: Reporter, cabinet_id: UUID) -> None:
        await reporter.handle(
            orders_updated(cabinet_id, an_order(cabinet_id, "old", nm_id=5, days_ago=60)),
            products_updated(cabinet_id, 5),
            stocks_updated(cabinet_id, a_stock(3, nm_id=5)),
        )
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, "new")))
        await reporter.count()
        in_use = await reporter.everything(cabinet_id)
        async with reporter.shadow() as shadow:
            built, comparison = await reporter.rebuilt(shadow, cabinet_id)
            assert await reporter.in_shadow(cabinet_id) == in_use
        assert comparison.total == 0
        assert {name: built.kept[name] for name in ("order_facts", "products", "stocks")} == {
            "order_facts": 1, "products": 1, "stocks": 1,
        }  # fmt: skip

    async def test_a_newer_state_that_the_log_has_not_is_kept(self, reporter: Reporter, cabinet_id: UUID) -> None:
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
        newer = an_order(cabinet_id, revision=2, is_cancel=True, change="changed")
        await reporter.handle(orders_updated(cabinet_id, newer))
        await reporter.count()
        async with reporter.shadow() as shadow:
            built, comparison = await reporter.rebuilt(shadow, cabinet_id)
        assert built.kept == {"order_facts": 1}
        # Of which nothing is counted: the time of the newest event.
        assert comparison.total == comparison.differences["sources"].total == 1

    async def test_events_that_cannot_be_read_are_counted_and_stop_nothing(
        self, reporter: Reporter, cabinet_id: UUID
    ) -> None:
        bad, good = (orders_updated(cabinet_id, an_order(cabinet_id, srid)) for srid in "ab")
        await reporter.see(bad, good)
        await execute(
            reporter.logs["ingestor"], "UPDATE outbox SET body = CAST('{}' AS bytea) WHERE id = :id", id=bad.id
        )
        async with reporter.shadow() as shadow:
            built = await build(shadow, cabinet_id, NOON)
        assert (built.events, built.unreadable, built.kept) == (1, 1, {"order_facts": 1})


class TestWhatIsUnderWay:
    async def test_what_the_reporter_has_yet_to_handle_is_left_to_it(
        self, reporter: Reporter, cabinet_id: UUID
    ) -> None:
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
        waiting = [
            orders_updated(cabinet_id, an_order(cabinet_id, "b")),
            stocks_updated(cabinet_id, a_stock(1)),
        ]
        await reporter.log(*waiting)
        async with reporter.shadow() as shadow:
            built = await build(shadow, cabinet_id, NOON)
            assert (built.events, built.unhandled) == (1, 2)
            assert await rows(shadow, "SELECT srid FROM order_facts") == [{"srid": "a"}]
            await reporter.handle(*waiting)
            await reporter.count()
            comparison = await comparing.compared(reporter.database, shadow, built, NOON)
            assert (built.unhandled, comparison.total) == (0, 0)

    async def test_what_comes_while_it_is_built_is_caught_up(
        self, reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(building, "SMALL_TAIL", 0)
        await reporter.see(*(orders_updated(cabinet_id, an_order(cabinet_id, srid)) for srid in "abc"))
        passes = 0
        fold_once = fold

        async def counted_fold(*arguments: Any) -> Any:
            nonlocal passes
            passes += 1
            return await fold_once(*arguments)

        monkeypatch.setattr("reporter.rebuild.building.fold", counted_fold)
        async with reporter.shadow() as shadow:
            # The log's last ten seconds are read again each time, so that no transaction is missed.
            built = await build(shadow, cabinet_id, NOON)
            assert passes == building.PASSES
            await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, "d")))
            await reporter.count()
            comparison = await comparing.compared(reporter.database, shadow, built, NOON)
        assert comparison.total == 0

    async def test_an_event_whose_transaction_was_open_is_not_missed(
        self, reporter: Reporter, cabinet_id: UUID
    ) -> None:
        from servicekit import outbox

        slow, quick = (orders_updated(cabinet_id, an_order(cabinet_id, srid)) for srid in "sq")
        async with reporter.shadow() as shadow:
            async with reporter.logs["ingestor"].transaction() as open_one:
                await outbox.append(open_one, [slow])
                await reporter.see(quick)
                built = await build(shadow, cabinet_id, NOON)
                assert built.events == 1
            await reporter.handle(slow)
            await reporter.count()
            comparison = await comparing.compared(reporter.database, shadow, built, NOON)
        assert comparison.total == 0

    async def test_figures_that_are_yet_to_be_counted_are_waited_for(
        self, reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "LOOK_SECONDS", 0.05)
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=3)))
        async with reporter.shadow() as shadow:
            built = await build(shadow, cabinet_id, NOON)
            comparing_now = asyncio.create_task(comparing.compared(reporter.database, shadow, built, NOON))
            await asyncio.sleep(0.2)
            await reporter.count()
            comparison = await comparing_now
            assert (comparison.total, comparison.all_counted) == (0, True)

    async def test_and_not_for_ever(
        self, reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(comparing, "LOOKS", 2)
        monkeypatch.setattr(comparing, "LOOK_SECONDS", 0.01)
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=3)))
        async with reporter.shadow() as shadow:
            _, comparison = await reporter.rebuilt(shadow, cabinet_id)
        assert not comparison.all_counted
        assert comparison.total > 0

    async def test_what_cannot_be_counted_is_said(
        self, reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from reporter.figures import totals

        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
        async with reporter.shadow() as shadow:
            await fold(shadow, cabinet_id, row_handlers(lambda: NOON), Window())
            monkeypatch.setattr(totals, "_COUNT_ITEMS", text("SELECT 1 / 0"))
            with pytest.raises(CannotCount):
                await building.count(shadow, NOON)


class TestShadow:
    async def test_it_has_every_table_and_view_that_is_in_use(self, reporter: Reporter) -> None:
        named = """
            SELECT relname, relkind FROM pg_class WHERE relnamespace = CAST(CAST(:schema AS text) AS regnamespace)
                AND relkind IN ('r', 'v', 'p') AND NOT relispartition
        """
        async with reporter.shadow():
            found = {row["relname"] for row in await rows(reporter.database, named, schema=SHADOW)}
        in_use = {row["relname"] for row in await rows(reporter.database, named, schema="reporter")}
        assert in_use - found == {"alembic_version", "replays"}
        assert {name for name in found if name in VIEWS} == VIEWS.keys()
        left = await rows(reporter.database, named, schema=SHADOW)
        assert left == []

    def test_every_table_is_a_fact_a_figure_or_left_alone_for_a_reason(self) -> None:
        facts, figures = ({str(table.name) for table in some} for some in (copies.facts(), copies.figures()))
        every = {str(table.name) for table in tables.metadata.sorted_tables}
        left = every - facts - figures
        assert left == {name for name in every if name.startswith("stale_")} | copies.LEFT_ALONE.keys()
        assert {
            str(table.name) for table in copies.facts() if "revision" not in table.columns
        } == copies.WITHOUT_REVISION
        assert {"order_facts", "products", "stocks", "costs"} <= facts
        assert {"day_totals", "analytics_cache", "item_figures"} <= figures

    async def test_there_is_one(self, reporter: Reporter) -> None:
        async with reporter.shadow():
            with pytest.raises(ShadowInUse, match="another rebuild is under way"):
                async with reporter.shadow():
                    pass
        async with reporter.shadow():
            pass

    async def test_what_a_killed_one_left_is_gone(self, reporter: Reporter, cabinet_id: UUID) -> None:
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))

        async def killed() -> None:
            async with reporter.shadow() as shadow:
                await build(shadow, cabinet_id, NOON)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await killed()
        assert await rows(reporter.database, f"SELECT srid FROM {SHADOW}.order_facts") == [{"srid": "a"}]
        async with reporter.shadow() as shadow:
            assert await all_rows(shadow, "order_facts") == []

    async def test_it_holds_up_nothing_of_the_cabinet_in_use(
        self, reporter: Reporter, cabinet_id: UUID, reporter_db: Database
    ) -> None:
        from reporter import cabinets

        async with reporter.shadow() as shadow, shadow.transaction() as connection:
            await cabinets.hold(connection, cabinet_id)
            async with asyncio.timeout(60):
                await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, ordered_at=NOON)))
