"""Pages with odd rows are asked for again: one before each reading, ever more rarely, and not for ever."""

import json
from typing import Any

import pytest
from ingestor.jobs import retention
from ingestor.resources import campaign_spend, fbs_orders, finance, stocks
from ingestor.resources.resource import Resource
from ingestor.settings import IngestorSettings
from ingestor.sync import odd_pages
from ingestor.sync.again import ask_again
from ingestor.sync.page import take_in
from ingestor.sync.schedule import LeaseLost
from ingestor.wb.client import Reply
from ingestor.wb.errors import BadRequest, MustWait, Unavailable
from servicekit.db import Database
from servicekit.retention import forget_old
from support.ingesting import Ingestor, connect_cabinet, sync_requested, take
from support.rows import count, rows, statements
from support.things import NOW, new_run
from wbsim.running import Wbsim

POSITION = {"newest": None, "first": "2026-08-01", "last": "2026-11-21", "limit": 9, "rrdId": 0, "thorough": True}
ODD = {
    "an odd field": '{"reportId": 1, "rrdId": 7, "forPay": []}',
    "half an emoji": '{"reportId": 1, "rrdId": 7, "brandName": "Shop \\ud83d"}',
    "a number for a text": '{"reportId": 1, "rrdId": 7, "brandName": 5}',
    "no JSON": '{"reportId": 1, "rrdId": 7, "forPay": NaN}',
    "no key": '{"reportId": 1}',
    "an end that is yet to come": '{"reportId": 1, "rrdId": 7, "dateTo": "2099-12-31T23:59:59Z"}',
    "no end": '{"reportId": 1, "rrdId": 7, "dateTo": "0001-01-01T00:00:00Z"}',
}


def a_line(n: int, **fields: Any) -> str:
    return json.dumps({"reportId": 1, "rrdId": n, "forPay": 10, "dateTo": "2026-11-15", **fields})


def an_answer(*lines: str) -> bytes:
    return f"[{','.join(lines)}]".encode()


async def take_in_lines(database: Database, *lines: str, after: int = 0, resource: Resource = finance.RESOURCE) -> None:
    run = await new_run(database, resource)
    await take_in(database, run, {**POSITION, "rrdId": after}, an_answer(*lines), NOW)


async def a_reading_has_ended(database: Database) -> None:
    await rows(database, "UPDATE sync_state SET progress = NULL RETURNING 1")


async def pause(database: Database) -> None:
    """Let so much time pass that the pages are due."""
    await rows(
        database,
        "UPDATE odd_pages SET since = since - (ask_again_at - now()), ask_again_at = now() "
        "WHERE ask_again_at > now() RETURNING 1",
    )


class Wb:
    """Answers every call alike, and counts them."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.asked: list[int] = []

    async def __call__(self, asked: dict[str, Any]) -> Reply:
        self.asked.append(asked["json"]["rrdId"])
        if isinstance(self.answer, Exception):
            raise self.answer
        return Reply(self.answer, 0, None)


PAST = {
    "finance": ("/api/finance/v1/sales-reports/detailed", ()),
    "fbs_orders": ("/api/v3/orders", ()),
    "campaign_spend": ("/adv/v1/upd", ("campaigns",)),
    "campaign_stats": ("/adv/v3/fullstats", ("campaigns",)),
    "order_feed": ("/api/analytics/v1/order-feed", ()),
    "orders": ("/api/v1/supplier/orders", ()),
    "sales": ("/api/v1/supplier/sales", ()),
}


@pytest.mark.parametrize("name", PAST)
async def test_what_was_odd_in_a_first_load_is_read_by_one_call_however_old_it_is(
    ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path, before = PAST[name]
    monkeypatch.setattr(finance, "MAX_PAGE_ROWS", 100)
    monkeypatch.setattr(fbs_orders, "MAX_PAGE_ROWS", 10)
    await wb.settings(fbs_share=0.5)
    sid = await wb.seller(name="past", products=6, history_orders=60, history_days=85)
    await connect_cabinet(ingestor, wb, sid=sid)
    for each in before:
        await ingestor.sync(each)
    await wb.fault(path, "broken_row", times=1)
    await ingestor.sync(name)
    odd = await count(ingestor.database, "odd_pages")
    assert odd >= 1
    await pause(ingestor.database)
    asked = len(await wb.requests())
    for _ in range(odd):
        await ingestor.sync(name)
    assert await count(ingestor.database, "odd_pages") == 0
    assert len(await wb.requests()) - asked <= 3 * odd, "the page, and what an ordinary run asks for"
    await rows(ingestor.database, "UPDATE sync_state SET cursor = NULL RETURNING 1")
    await ingestor.sync(name)
    *_, all_of_it = await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY started_at")
    assert (all_of_it["outcome"], all_of_it["rows_new"], all_of_it["rows_changed"]) == ("completed", 0, 0)
    assert all_of_it["rows_same"] > 20


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_every_odd_row_has_its_page_asked_for_until_it_is_mended(ingestor_db: Database, odd: str) -> None:
    sound = [a_line(n) for n in range(9)]
    await take_in_lines(ingestor_db, *sound)
    assert await count(ingestor_db, "odd_pages") == 0
    await take_in_lines(ingestor_db, odd, *sound[8:], after=6)
    await take_in_lines(ingestor_db, odd, *sound[8:], after=5)
    [page] = await rows(ingestor_db, "SELECT position ->> 'rrdId' AS after FROM odd_pages")
    assert page["after"] == "6", "a row that is met again has its page"
    for answer, left in ((an_answer(odd, sound[8]), 1), (b"", 1), (an_answer(*sound[7:]), 0)):
        await pause(ingestor_db)
        await a_reading_has_ended(ingestor_db)
        wb = Wb(answer)
        assert not await ask_again(ingestor_db, await new_run(ingestor_db, finance.RESOURCE), wb)
        assert (wb.asked, await count(ingestor_db, "odd_pages")) == ([6], left)
    [line] = await rows(ingestor_db, "SELECT * FROM finance WHERE rrd_id = 7")
    assert (line["for_pay"], line["brand"]) == (10, None)
    assert await rows(ingestor_db, "SELECT 1 FROM finance WHERE rrd_id = 6") != [], "no other row has changed"


@pytest.mark.parametrize(
    "answer",
    [an_answer(ODD["an odd field"]), an_answer(ODD["no key"]), b"", BadRequest("400"), Unavailable("500"), b"[{]"],
    ids=["odd field", "broken", "nothing", "refused", "unavailable", "unreadable"],
)
async def test_a_page_that_is_odd_for_good_is_asked_for_14_times_in_30_days(
    ingestor_db: Database, answer: bytes | Exception
) -> None:
    settings = IngestorSettings.model_construct()
    await take_in_lines(ingestor_db, ODD["an odd field"], ODD["no key"], *map(a_line, range(8, 12)))
    wb = Wb(answer)
    while await rows(ingestor_db, "SELECT 1 FROM odd_pages"):
        run = await new_run(ingestor_db, finance.RESOURCE)
        await ask_again(ingestor_db, run, wb)
        await a_reading_has_ended(ingestor_db)
        await pause(ingestor_db)
        await forget_old(ingestor_db, retention.rules(settings))
    assert len(wb.asked) == 14


async def two_odd_pages(database: Database) -> None:
    for after in (0, 10):
        await take_in_lines(database, a_line(after), a_line(after + 1, forPay=[]), after=after)
    await a_reading_has_ended(database)
    await pause(database)


class TestTurns:
    async def test_one_page_is_asked_for_before_each_reading(self, ingestor_db: Database) -> None:
        await two_odd_pages(ingestor_db)
        wb = Wb(b"")
        for calls in (1, 1, 1):
            run = await new_run(ingestor_db, finance.RESOURCE)
            assert not await ask_again(ingestor_db, run, wb)
            assert (len(wb.asked), run.totals.pages) == (calls, 0), "a reading is under way"
        await a_reading_has_ended(ingestor_db)
        assert not await ask_again(ingestor_db, await new_run(ingestor_db, finance.RESOURCE), wb)
        assert sorted(wb.asked) == [0, 10]

    async def test_before_a_manual_sync_all_are_asked_for(self, ingestor_db: Database) -> None:
        await two_odd_pages(ingestor_db)
        await rows(ingestor_db, "UPDATE odd_pages SET ask_again_at = now() + interval '9 days' RETURNING 1")
        [state] = await rows(ingestor_db, "SELECT cabinet_id FROM sync_state")
        await take(ingestor_db, sync_requested(state["cabinet_id"], "finance"))
        run = await new_run(ingestor_db, finance.RESOURCE)
        wb = Wb(an_answer(*map(a_line, (0, 1, 10, 11))))
        while await ask_again(ingestor_db, run, wb):
            pass
        assert sorted(wb.asked) == [0, 10]
        assert await count(ingestor_db, "odd_pages") == 0
        run = await new_run(ingestor_db, finance.RESOURCE)
        assert run.lease.progress
        assert (run.lease.progress["rows_changed"], run.lease.progress["pages"]) == (2, 0), "the seller is told"

    async def test_no_page_is_asked_for_while_wb_wants_no_call(self, ingestor_db: Database) -> None:
        await two_odd_pages(ingestor_db)
        before = await rows(ingestor_db, "SELECT * FROM odd_pages ORDER BY id")
        with pytest.raises(MustWait):
            await ask_again(ingestor_db, await new_run(ingestor_db, finance.RESOURCE), Wb(MustWait("later", 60)))
        assert await rows(ingestor_db, "SELECT * FROM odd_pages ORDER BY id") == before

    @pytest.mark.parametrize("answer", [an_answer(a_line(1)), BadRequest("400")])
    async def test_who_lost_the_lease_writes_nothing(self, ingestor_db: Database, answer: bytes | Exception) -> None:
        await two_odd_pages(ingestor_db)
        run = await new_run(ingestor_db, finance.RESOURCE)
        await new_run(ingestor_db, finance.RESOURCE)
        before = await rows(ingestor_db, "SELECT * FROM odd_pages ORDER BY id")
        with pytest.raises(LeaseLost):
            await ask_again(ingestor_db, run, Wb(answer))
        assert await rows(ingestor_db, "SELECT * FROM odd_pages ORDER BY id") == before

    async def test_a_page_whose_position_nobody_understands_any_more_is_forgotten(self, ingestor_db: Database) -> None:
        await two_odd_pages(ingestor_db)
        await rows(ingestor_db, "UPDATE odd_pages SET position = '{}' RETURNING 1")
        wb = Wb(b"")
        await ask_again(ingestor_db, await new_run(ingestor_db, finance.RESOURCE), wb)
        assert (wb.asked, await count(ingestor_db, "odd_pages")) == ([], 1)

    async def test_a_manual_sync_that_asks_for_many_gives_others_their_turn(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await wb.place_orders(count=3)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault("/api/v1/supplier/orders", "broken_row", times=1)
        await ingestor.sync("orders")
        assert await count(ingestor.database, "odd_pages") == 1
        await take(ingestor.database, sync_requested(cabinet_id, "orders"))
        for turn_seconds, outcome in ((0, "paused"), (10, "completed")):
            monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", turn_seconds)
            await ingestor.sync("orders")
            assert await count(ingestor.database, "odd_pages") == 0
            *_, line = await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY started_at")
            assert (line["outcome"], line["trigger"]) == (outcome, "manual")
        assert await count(ingestor.database, "orders") == 3


class TestWhatIsKept:
    async def test_no_more_than_so_many_pages(self, ingestor_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(odd_pages, "_NOTE", odd_pages._NOTE.bindparams(most=2))
        for after in (0, 10, 20):
            await take_in_lines(ingestor_db, a_line(after, forPay=[]), after=after)
        assert await count(ingestor_db, "odd_pages") == 2

    async def test_no_page_that_every_sweep_reads(self, ingestor_db: Database) -> None:
        run = await new_run(ingestor_db, stocks.RESOURCE)
        body = b'{"data": {"items": [{"nmId": 1, "chrtId": 2, "warehouseId": 1, "quantity": 5, "regionName": []}]}}'
        await take_in(ingestor_db, run, {"offset": 0, "limit": 9, "complete": True}, body, NOW)
        assert (await count(ingestor_db, "stocks"), await count(ingestor_db, "odd_pages")) == (1, 0)

    async def test_as_many_statements_for_many_odd_rows_as_for_one(self, ingestor_db: Database) -> None:
        sent = []
        for first, many in ((0, 1), (10, 1), (100, 500)):
            with statements(ingestor_db) as log:
                await take_in_lines(ingestor_db, *(a_line(first + n, forPay=[]) for n in range(many)), after=first)
                await pause(ingestor_db)
                await a_reading_has_ended(ingestor_db)
                await ask_again(ingestor_db, await new_run(ingestor_db, finance.RESOURCE), Wb(b""))
                await a_reading_has_ended(ingestor_db)
            sent.append(len(log))
        assert sent[1] == sent[2]

    async def test_a_day_that_wb_refused_is_asked_about_again_however_old_it_is(self, ingestor_db: Database) -> None:
        run = await new_run(ingestor_db, campaign_spend.RESOURCE)
        run.search.accepted = True
        day = {"read_to": None, "first": "2026-09-01", "until": "2026-11-21", "thorough": True, "at_most": 1}
        await take_in(ingestor_db, run, day, b"", NOW, unasked=BadRequest("not that day"))
        assert await count(ingestor_db, "refused_subjects") == 1
        await pause(ingestor_db)
        await a_reading_has_ended(ingestor_db)
        spent = b'[{"advertId": 1, "updTime": "2026-09-01T10:00:00+03:00", "updNum": 1, "updSum": 5}]'

        async def call(asked: dict[str, Any]) -> Reply:
            assert asked["params"] == {"from": "2026-09-01", "to": "2026-09-02"}
            return Reply(spent, 0, None)

        await ask_again(ingestor_db, await new_run(ingestor_db, campaign_spend.RESOURCE), call)
        for table, left in (("campaign_spend", 1), ("refused_subjects", 0), ("odd_pages", 0)):
            assert await count(ingestor_db, table) == left
        assert await rows(ingestor_db, "SELECT 1 FROM sync_state WHERE rows = 1")
