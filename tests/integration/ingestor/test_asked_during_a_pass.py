"""A requested sync that ended well has read what Wildberries said after it was asked for, whatever was under way then.

Runs end after each page here, as they do where the limits are spent or others wait, so that passes take several.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingestor.resources import campaign_ids, finance, funnel
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet, sync_requested, take
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim

FIRST = ("products", "campaigns", "fbs_orders")
"""What others ask about."""

IN_SEVERAL_CALLS = (
    "campaign_budgets",
    "campaign_stats",
    "claims",
    "fbs_orders",
    "fbs_statuses",
    "feedbacks",
    "finance",
    "funnel",
    "order_feed",
    "orders",
    "prices",
    "products",
    "questions",
    "sales",
    "stocks",
)


async def answered(database: Database) -> list[UUID]:
    """The requests that were told of a sync that ended well, in that order."""
    completed = await published(database, "sync.completed.v1")
    return [event.data.sync_id for event in completed if event.data.sync_id is not None]


async def ask_for(database: Database, cabinet_id: UUID, resource: str) -> UUID:
    """Ask for a resource now; the id of the request."""
    event: Event[SyncRequestedV1] = sync_requested(cabinet_id, resource)
    await take(database, event)
    return event.data.sync_id


async def is_answered(ingestor: Ingestor, resource: str, request: UUID) -> bool:
    """Whether it is, after one more run of what is due."""
    await ingestor.sync(resource)
    return request in await answered(ingestor.database)


async def calls(database: Database, resource: str) -> int:
    """How often WB was asked for a resource."""
    [found] = await rows(
        database, "SELECT coalesce(sum(requests), 0) AS n FROM sync_logs WHERE resource = :resource", resource=resource
    )
    return int(found["n"])


async def read_until_answered(ingestor: Ingestor, resource: str, *requests: UUID) -> int:
    """Read on until all of them are answered; how many calls of WB that took."""
    before = await calls(ingestor.database, resource)
    for _ in range(200):
        if set(requests) <= set(await answered(ingestor.database)):
            return await calls(ingestor.database, resource) - before
        await ingestor.sync(resource)
    raise AssertionError("nobody answers")


@pytest.fixture
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked about takes several calls."""
    monkeypatch.setattr(funnel, "MAX_CARDS", 2)
    monkeypatch.setattr(campaign_ids, "MAX_IDS", 2)
    monkeypatch.setattr(finance, "MAX_PAGE_ROWS", 20)


async def a_shop(ingestor: Ingestor, wb: Wbsim) -> tuple[UUID, str]:
    """A connected cabinet of a shop with a past, and its seller."""
    await wb.settings(fbs_share=1.0)
    sid = await wb.seller(name="asked", products=5, history_orders=30, history_days=20)
    await wb.step(section="claims", sid=sid, count=5)
    return await connect_cabinet(ingestor, wb, sid=sid), sid


async def test_a_pass_that_stands_behind_its_last_card_answers_nobody_who_asks_then(
    ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sid = await wb.seller(name="cards", products=5)
    cabinet_id = await connect_cabinet(ingestor, wb, sid=sid)
    await ingestor.sync("products")
    monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
    await ingestor.sync("funnel")
    await wb.place_orders(count=5, sid=sid)
    request = await ask_for(ingestor.database, cabinet_id, "funnel")
    [next_in] = await ingestor.sync("funnel")
    assert await answered(ingestor.database) == []
    assert next_in is not None
    assert next_in <= 0.1, "the next pass is due"
    assert await read_until_answered(ingestor, "funnel", request) == 1
    [stored] = await rows(ingestor.database, "SELECT sum(order_count) AS n FROM funnel")
    assert stored["n"] == 5


@pytest.mark.usefixtures("_few_at_once")
@pytest.mark.parametrize("resource", IN_SEVERAL_CALLS)
async def test_who_asks_during_a_pass_is_answered_by_the_next_one_all_of_them_together(
    paging: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch, resource: str
) -> None:
    database = paging.database
    cabinet_id, _ = await a_shop(paging, wb)
    for name in (*FIRST, resource):
        await read_until_answered(paging, name, await ask_for(database, cabinet_id, name))
    whole = await read_until_answered(paging, resource, await ask_for(database, cabinet_id, resource))
    assert whole > 1
    monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
    known = await answered(database)
    first = await ask_for(database, cabinet_id, resource)
    await paging.sync(resource)
    others = [await ask_for(database, cabinet_id, resource) for _ in range(3)]
    assert await read_until_answered(paging, resource, first) == whole - 1
    assert (await answered(database))[len(known) :] == [first]
    assert await read_until_answered(paging, resource, *others) == whole
    assert (await answered(database))[len(known) :] == [first, *others]
    [state] = await rows(database, "SELECT requests FROM sync_state WHERE resource = :resource", resource=resource)
    assert state["requests"] == []


async def test_a_report_that_was_ordered_before_answers_nobody_who_asks_then(ingestor: Ingestor, wb: Wbsim) -> None:
    database, create = ingestor.database, METHODS["remains-create"].path
    cabinet_id = await connect_cabinet(ingestor, wb, kind="base")
    first = await ask_for(database, cabinet_id, "stock_remains")
    await ingestor.sync("stock_remains")
    second = await ask_for(database, cabinet_id, "stock_remains")

    async def ordered() -> int:
        return sum(request["path"] == create for request in await wb.requests())

    await eventually(lambda: is_answered(ingestor, "stock_remains", first))
    assert (await answered(database), await ordered()) == ([first], 1)
    await eventually(lambda: is_answered(ingestor, "stock_remains", second))
    assert (await answered(database), await ordered()) == ([first, second], 2)


@dataclass(frozen=True, repr=False)
class Cards:
    """A cabinet and its seller, whose five cards a pass over the funnel reads in three runs of a call each."""

    ingestor: Ingestor
    wb: Wbsim
    cabinet_id: UUID
    sid: str

    async def ordered_at_wb(self) -> Counter[tuple[int, date]]:
        told = await self.wb.rows("funnel", self.sid)
        return Counter({(row["nmId"], date.fromisoformat(row["date"])): row["orderCount"] for row in told})

    async def ordered_here(self) -> Counter[tuple[int, date]]:
        stored = await rows(self.ingestor.database, "SELECT nm_id, day, order_count FROM funnel")
        return Counter({(row["nm_id"], row["day"]): row["order_count"] for row in stored})


@pytest.fixture
async def cards(ingestor: Ingestor, wb: Wbsim, _few_at_once: None, monkeypatch: pytest.MonkeyPatch) -> Cards:
    sid = await wb.seller(name="cards", products=5)
    cabinet_id = await connect_cabinet(ingestor, wb, sid=sid)
    await ingestor.sync("products")
    monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
    return Cards(ingestor, wb, cabinet_id, sid)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=st.lists(st.sampled_from(("read", "read", "order", "ask")), min_size=4, max_size=20))
async def test_whoever_is_answered_has_all_that_was_true_when_they_asked(cards: Cards, doings: list[str]) -> None:
    database = cards.ingestor.database
    truth: dict[UUID, Counter[tuple[int, date]]] = {}

    async def check() -> None:
        there = await cards.ordered_here()
        for request in set(await answered(database)) & truth.keys():
            assert truth.pop(request) <= there

    for doing in doings:
        if doing == "order":
            await cards.wb.place_orders(count=1, sid=cards.sid)
        elif doing == "ask":
            known = await cards.ordered_at_wb()
            truth[await ask_for(database, cards.cabinet_id, "funnel")] = known
        else:
            await cards.ingestor.sync("funnel")
            await check()
    took = await read_until_answered(cards.ingestor, "funnel", *truth)
    await check()
    assert not truth
    assert took <= 2 * 3, "the rest of a pass, and one more for all who asked meanwhile"
