"""Calls that WB refuses because of something they ask about: the rest is read, and what is refused is set aside."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from ingestor.resources import RESOURCES, fbs_orders, fbs_statuses
from ingestor.resources.resource import BrokenRow, Row
from ingestor.sync import log as sync_log
from ingestor.sync import search
from support.ingesting import Ingestor, connect_cabinet
from support.resources import changed
from support.rows import rows
from uuid_utils.compat import uuid7
from wbsim.running import Wbsim
from wbsim.shop import Shop

BUDGETS = "/api/advert/v2/budget"
FULLSTATS = "/adv/v3/fullstats"
FUNNEL = "/api/analytics/v3/sales-funnel/products/history"
SPEND = "/adv/v1/upd"
STATUSES = "/api/v3/orders/status"
TASKS = "/api/v3/orders"
OPEN_TASKS = f"SELECT fbs_order_id AS id FROM fbs_orders WHERE {fbs_orders.OPEN} ORDER BY 1"


@pytest.fixture
async def shop(ingestor: Ingestor, wb: Wbsim) -> Shop:
    """A shop with some weeks of past, connected, of which campaigns, cards and tasks are known."""
    await wb.settings(fbs_share=1)
    sid = await wb.seller(name="past", products=12, history_orders=60, history_days=30)
    await connect_cabinet(ingestor, wb, sid=sid)
    for resource in ("campaigns", "products", "fbs_orders"):
        await ingestor.sync(resource)
    return wb.world.shops[sid]


@pytest.fixture(autouse=True)
def a_line_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked is told run by run, also where nothing new was found."""
    monkeypatch.setattr(sync_log, "_id_of_hour", lambda resource, moment: uuid7())


async def refused(ingestor: Ingestor) -> dict[str, str]:
    found = await rows(ingestor.database, "SELECT subject, reason FROM refused_subjects")
    return {row["subject"]: row["reason"] for row in found}


async def read(ingestor: Ingestor, resource: str, *, runs: int = 40) -> list[dict[str, Any]]:
    """Run until the reading is complete; the log of its runs."""
    before = len(await rows(ingestor.database, "SELECT 1 FROM sync_logs"))
    log: list[dict[str, Any]] = []
    for _ in range(runs):
        await ingestor.sync(resource)
        log = (await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY started_at"))[before:]
        if log[-1]["outcome"] == "completed":
            return log
    pytest.fail(f"not complete after {runs} runs: {log[-1]}")


async def ids(ingestor: Ingestor, query: str) -> list[int]:
    return [row["id"] for row in await rows(ingestor.database, query)]


IDS: tuple[tuple[str, str, str, str], ...] = (
    (
        "campaign_stats",
        FULLSTATS,
        "SELECT advert_id AS id FROM campaigns WHERE status IN (9, 11) ORDER BY 1",
        "SELECT DISTINCT advert_id AS id FROM campaign_stats ORDER BY 1",
    ),
    (
        "campaign_budgets",
        BUDGETS,
        "SELECT advert_id AS id FROM campaigns WHERE status IN (4, 9, 11) ORDER BY 1",
        "SELECT advert_id AS id FROM campaign_budgets ORDER BY 1",
    ),
    (
        "funnel",
        FUNNEL,
        "SELECT nm_id AS id FROM products ORDER BY 1",
        "SELECT DISTINCT nm_id AS id FROM funnel ORDER BY 1",
    ),
    (
        "fbs_statuses",
        STATUSES,
        f"SELECT fbs_order_id AS id FROM fbs_orders WHERE {fbs_orders.OPEN} ORDER BY 1",
        "SELECT fbs_order_id AS id FROM fbs_orders WHERE wb_status IS NOT NULL ORDER BY 1",
    ),
)


@pytest.mark.parametrize(("resource", "path", "known", "stored"), IDS, ids=[each[0] for each in IDS])
class TestIds:
    async def test_all_but_those_that_wb_refuses_are_read(
        self, ingestor: Ingestor, wb: Wbsim, shop: Shop, resource: str, path: str, known: str, stored: str
    ) -> None:
        everything = await ids(ingestor, known)
        bad = {everything[0], everything[-1]}
        await wb.fault(path, "refused_ids", ids=sorted(bad))
        await read(ingestor, resource)
        read_of = set(await ids(ingestor, stored))
        assert read_of
        assert not read_of & bad
        assert set(await refused(ingestor)) == set(map(str, bad))
        await wb.clear_faults()
        await rows(ingestor.database, "UPDATE refused_subjects SET ask_again_at = now() RETURNING 1")
        await read(ingestor, resource)
        assert set(await ids(ingestor, stored)) >= read_of
        assert await refused(ingestor) == {}, "what is answered again is refused no more"

    async def test_what_refuses_everything_is_no_ids_fault_and_is_asked_a_few_times_only(
        self, ingestor: Ingestor, wb: Wbsim, shop: Shop, resource: str, path: str, known: str, stored: str
    ) -> None:
        await wb.fault(path, "status", status=400, shape="promotion")
        for _ in range(5):
            before = len(await wb.requests())
            await ingestor.sync(resource)
            *_, line = await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY started_at")
            assert line["outcome"] in {"failed", "paused"}
            assert len(await wb.requests()) - before <= search.IN_A_ROW
        assert await refused(ingestor) == {}
        await wb.clear_faults()
        await read(ingestor, resource)
        await read(ingestor, resource)
        assert await ids(ingestor, stored)
        assert await refused(ingestor) == {}

    async def test_one_id_costs_a_logarithm_of_the_batch(
        self,
        ingestor: Ingestor,
        wb: Wbsim,
        shop: Shop,
        resource: str,
        path: str,
        known: str,
        stored: str,
    ) -> None:
        await read(ingestor, resource)
        everything = await ids(ingestor, known)
        bad = everything[len(everything) // 2]
        usual = len([each for each in await wb.requests() if each["path"] == path])
        await wb.fault(path, "refused_ids", ids=[bad])
        await read(ingestor, resource)
        asked = len([each for each in await wb.requests() if each["path"] == path]) - usual
        assert asked <= usual + 2 * len(everything).bit_length() + 1
        assert set(await refused(ingestor)) == {str(bad)}
        await read(ingestor, resource)
        again = len([each for each in await wb.requests() if each["path"] == path]) - usual - asked
        assert again <= usual, "it is not asked about again in every run"


async def test_a_budget_that_cannot_be_asked_for_is_not_gone(ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
    await read(ingestor, "campaign_budgets")
    [budget, *_] = await rows(ingestor.database, "SELECT * FROM campaign_budgets WHERE total > 0")
    await wb.fault(BUDGETS, "refused_ids", ids=[budget["advert_id"]])
    for _ in range(3):
        await read(ingestor, "campaign_budgets")
    query = "SELECT total, gone FROM campaign_budgets WHERE advert_id = :id"
    [now] = await rows(ingestor.database, query, id=budget["advert_id"])
    assert now == {"total": budget["total"], "gone": False}


async def test_campaigns_beside_one_that_wb_refuses_are_read_for_all_their_days(
    ingestor: Ingestor, wb: Wbsim, shop: Shop
) -> None:
    bad, *others = await ids(ingestor, IDS[0][2])
    query = "SELECT DISTINCT advert_id, day FROM campaign_stats WHERE advert_id <> :bad ORDER BY 1, 2"
    await wb.fault(FULLSTATS, "refused_ids", ids=[bad])
    await read(ingestor, "campaign_stats")
    beside = await rows(ingestor.database, query, bad=bad)
    await wb.clear_faults()
    await rows(ingestor.database, "UPDATE sync_state SET cursor = NULL, progress = NULL RETURNING 1")
    await read(ingestor, "campaign_stats")
    assert others
    assert beside == await rows(ingestor.database, query, bad=bad)


async def test_two_ids_of_one_batch_that_never_answer_hold_up_no_other(
    ingestor: Ingestor, wb: Wbsim, shop: Shop
) -> None:
    everything = await ids(ingestor, IDS[2][2])
    bad = {everything[3], everything[8]}
    await wb.fault(FUNNEL, "refused_ids", ids=sorted(bad), status=500)
    await read(ingestor, "funnel")
    assert set(await ids(ingestor, IDS[2][3])) == set(everything) - bad
    assert set(await refused(ingestor)) == set(map(str, bad))


async def test_an_outage_sets_nothing_aside(ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
    await wb.fault(FUNNEL, "status", status=503)
    for _ in range(12):
        await ingestor.sync("funnel")
    await wb.clear_faults()
    await read(ingestor, "funnel")
    assert await refused(ingestor) == {}
    await read(ingestor, "funnel")
    assert await ids(ingestor, IDS[2][3]) == await ids(ingestor, IDS[2][2])


class TestDays:
    async def test_a_day_of_spending_that_wb_refuses_holds_up_no_other(
        self, ingestor: Ingestor, wb: Wbsim, shop: Shop
    ) -> None:
        bad = (datetime.now(UTC) - timedelta(days=10)).date()
        await wb.fault(SPEND, "refused_days", days=[bad.isoformat()])
        await read(ingestor, "campaign_spend")
        found = await rows(ingestor.database, "SELECT DISTINCT written_off_at::date AS day FROM campaign_spend")
        days = {row["day"] for row in found}
        assert min(days) < bad < max(days)
        assert 1 <= len(await refused(ingestor)) <= 3
        await wb.clear_faults()
        await rows(ingestor.database, "UPDATE sync_state SET sweep_at = '-infinity' RETURNING 1")
        await read(ingestor, "campaign_spend")
        assert await refused(ingestor) == {}

    async def test_a_day_of_tasks_that_wb_refuses_holds_up_no_other(
        self, ingestor: Ingestor, wb: Wbsim, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fbs_orders, "MAX_PAGE_ROWS", 10)
        everything = set(await ids(ingestor, "SELECT fbs_order_id AS id FROM fbs_orders"))
        await rows(ingestor.database, "DELETE FROM fbs_orders RETURNING 1")
        await rows(
            ingestor.database,
            "UPDATE sync_state SET cursor = NULL, progress = NULL WHERE resource = 'fbs_orders' RETURNING 1",
        )
        bad = (datetime.now(UTC) - timedelta(days=10)).date()
        await wb.fault(TASKS, "refused_days", days=[bad.isoformat()])
        await read(ingestor, "fbs_orders")
        found = await rows(ingestor.database, "SELECT fbs_order_id AS id, created_at FROM fbs_orders")
        assert 0 < len(found) < len(everything)
        missing = everything - {row["id"] for row in found}
        assert len(missing) < len(everything) / 3
        assert min(row["created_at"] for row in found).date() < bad < max(row["created_at"] for row in found).date()
        assert 1 <= len(await refused(ingestor)) <= 3
        await rows(ingestor.database, "UPDATE sync_state SET sweep_at = '-infinity', cursor = NULL RETURNING 1")
        await read(ingestor, "fbs_orders")
        assert len(await refused(ingestor)) <= 3, "it is the same day, whenever it is asked about"
        await wb.clear_faults()
        await rows(ingestor.database, "UPDATE sync_state SET sweep_at = '-infinity', cursor = NULL RETURNING 1")
        await read(ingestor, "fbs_orders")
        assert await refused(ingestor) == {}


class TestABatchThatCannotBeRead:
    @pytest.fixture
    def unreadable(self, monkeypatch: pytest.MonkeyPatch) -> set[int]:
        """Tasks of which no status can be read; calls are about six tasks each."""
        tasks: set[int] = set()

        def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
            row = fbs_statuses.parse(raw, observed_at)
            if row[0] in tasks:
                raise BrokenRow("it cannot be read")
            return row

        monkeypatch.setattr(fbs_statuses, "MAX_IDS", 6)
        monkeypatch.setitem(RESOURCES, "fbs_statuses", changed(fbs_statuses.RESOURCE, parse=parse))
        return tasks

    async def test_the_batches_behind_it_are_read(self, ingestor: Ingestor, shop: Shop, unreadable: set[int]) -> None:
        tasks = await ids(ingestor, OPEN_TASKS)
        assert len(tasks) > 12
        unreadable |= set(tasks[:6])
        await ingestor.sync("fbs_statuses")
        known = await ids(ingestor, "SELECT fbs_order_id AS id FROM fbs_orders WHERE status_hash IS NOT NULL")
        assert set(known) == set(tasks[6:])
        [line] = await rows(ingestor.database, "SELECT * FROM sync_logs WHERE resource = 'fbs_statuses'")
        assert (line["outcome"], line["rows_quarantined"]) == ("completed", 6)

    async def test_if_most_of_all_batches_is_broken_the_run_has_failed(
        self, ingestor: Ingestor, shop: Shop, unreadable: set[int]
    ) -> None:
        tasks = await ids(ingestor, OPEN_TASKS)
        unreadable |= set(tasks[:-2])
        await ingestor.sync("fbs_statuses")
        [line] = await rows(ingestor.database, "SELECT * FROM sync_logs WHERE resource = 'fbs_statuses'")
        assert line["outcome"] == "failed"
        assert f"{len(tasks) - 2} of {len(tasks)} rows of WB cannot be read" in line["error"]
        unreadable.clear()
        await ingestor.sync("fbs_statuses")
        known = await ids(ingestor, "SELECT fbs_order_id AS id FROM fbs_orders WHERE status_hash IS NOT NULL")
        assert set(known) == set(tasks)

    async def test_each_reading_is_judged_by_its_own_rows(
        self, ingestor: Ingestor, shop: Shop, unreadable: set[int]
    ) -> None:
        tasks = await ids(ingestor, OPEN_TASKS)
        unreadable |= set(tasks)
        for _ in range(3):
            await ingestor.sync("fbs_statuses")
        unreadable.clear()
        await ingestor.sync("fbs_statuses")
        log = await rows(
            ingestor.database,
            "SELECT outcome, error FROM sync_logs WHERE resource = 'fbs_statuses' ORDER BY started_at",
        )
        assert [line["outcome"] for line in log] == ["failed", "failed", "failed", "completed"]
        assert log[2]["error"].startswith(f"{len(tasks)} of {len(tasks)} rows of WB cannot be read")
