"""Feedbacks, questions, claims and the funnel: from WB's answers to the tables and the outbox."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from ingestor.jobs.purge import purge
from ingestor.resources import feedbacks, questions
from ingestor.wb.times import moment, moscow_day
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, connect_cabinet, disconnected, open_ingestor, take
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim
from wbsim.shop import Shop

if TYPE_CHECKING:
    import redis.asyncio


@pytest.fixture
def page_rows() -> int:
    return 4


async def a_shop(ingestor: Ingestor, wb: Wbsim, *, orders: int = 120, products: int = 5) -> Shop:
    """A connected cabinet of a shop with a past of two months."""
    sid = await wb.seller(name="voices", products=products, history_orders=orders, history_days=60)
    await connect_cabinet(ingestor, wb, sid=sid)
    return wb.world.shops[sid]


async def sweep(ingestor: Ingestor, resource: str, *, whole: bool = False) -> None:
    """Sync as if an hour had gone by, or a day."""
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET sweep_at = now()"))
        if whole:
            at = json.dumps({"whole_at": (datetime.now(UTC) - timedelta(days=1)).isoformat()})
            await connection.execute(text("UPDATE sync_state SET cursor = CAST(:at AS jsonb)"), {"at": at})
    await ingestor.sync(resource)


async def calls(wb: Wbsim, path: str) -> int:
    return sum(request["path"] == path for request in await wb.requests())


class TestFeedbacks:
    async def test_the_first_load_has_every_feedback_of_many_pages(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, orders=300)
        truth = {row["id"]: row for row in await wb.rows("feedbacks", shop.sid)}
        assert len(truth) > 12
        await paging.sync("feedbacks")
        stored = {row["id"]: row for row in await rows(paging.database, "SELECT * FROM feedbacks")}
        assert stored.keys() == truth.keys()
        for key, row in stored.items():
            wb_row = truth[key]
            answer = wb_row["answer"] or {}
            assert (row["text"] or "", row["valuation"], row["nm_id"], row["size"]) == (
                wb_row["text"],
                wb_row["productValuation"],
                wb_row["productDetails"]["nmId"],
                wb_row["productDetails"]["size"],
            )
            assert (row["answer_text"], row["answer_state"]) == (answer.get("text"), answer.get("state"))
            assert [photo["full_size"] for photo in row["photos"]] == [
                photo["fullSize"] for photo in wb_row["photoLinks"] or ()
            ]
            assert row["bables"] == (wb_row["bables"] or [])
            assert row["created_at"] == moment(wb_row["createdDate"])
        events = await published(paging.database, "feedbacks.updated.v1")
        assert sorted(row.id for event in events for row in event.data.feedbacks) == sorted(truth)
        assert {event.origin for event in events} == {"backfill"}
        assert "Покупатель" not in str(stored) + str(events), "nobody's name"

    async def test_what_cannot_be_skipped_to_is_found_by_date(
        self, paging: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feedbacks, "MAX_SKIP", 4)
        shop = await a_shop(paging, wb, orders=600)
        processed = [feedback for feedback in shop.feedbacks if feedback.processed]
        assert len(processed) > 16
        await paging.sync("feedbacks")
        stored = {row["id"] for row in await rows(paging.database, "SELECT id FROM feedbacks")}
        assert stored >= {feedback.id for feedback in processed}

    async def test_one_that_got_answered_is_found_by_a_sweep(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("feedbacks")
        asked = next(
            feedback
            for feedback in reversed(shop.feedbacks)
            if not feedback.processed and feedback.created_at > datetime.now(UTC).timestamp() - 25 * 86_400
        )
        asked.rewrite(
            {"answer": {"text": "Спасибо", "state": "wbRu", "editable": True}, "state": "wbRu", "wasViewed": True},
            processed=True,
        )
        before = len(await published(ingestor.database, "feedbacks.updated.v1"))
        await ingestor.sync("feedbacks")
        assert len(await published(ingestor.database, "feedbacks.updated.v1")) == before, "it left the list"
        await sweep(ingestor, "feedbacks")
        *_, event = await published(ingestor.database, "feedbacks.updated.v1")
        [row] = event.data.feedbacks
        assert (row.id, row.answer_text, row.answer_state, row.state) == (asked.id, "Спасибо", "wbRu", "wbRu")
        assert (row.change, row.revision, event.origin) == ("changed", 2, "live")
        assert row.previous == {
            "state": "none",
            "answer_text": None,
            "answer_state": None,
            "answer_editable": None,
            "was_viewed": False,
        }
        await sweep(ingestor, "feedbacks")
        assert len(await published(ingestor.database, "feedbacks.updated.v1")) == before + 1, "it is told once"

    async def test_an_old_one_that_got_answered_is_found_within_a_day(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, orders=300)
        await ingestor.sync("feedbacks")
        asked = min((f for f in shop.feedbacks if not f.processed), key=lambda feedback: feedback.created_at)
        assert asked.created_at < datetime.now(UTC).timestamp() - 31 * 86_400
        asked.rewrite({"answer": {"text": "Поздно", "state": "wbRu", "editable": True}}, processed=True)
        await sweep(ingestor, "feedbacks")
        [row] = await rows(ingestor.database, "SELECT answer_text FROM feedbacks WHERE id = :id", id=asked.id)
        assert row["answer_text"] is None
        await sweep(ingestor, "feedbacks", whole=True)
        [row] = await rows(ingestor.database, "SELECT answer_text FROM feedbacks WHERE id = :id", id=asked.id)
        assert row["answer_text"] == "Поздно"

    async def test_a_new_one_is_news_and_one_that_was_only_looked_at_is_none(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("feedbacks")
        events = len(await published(ingestor.database, "feedbacks.updated.v1"))
        waiting = next(feedback for feedback in shop.feedbacks if not feedback.processed)
        waiting.rewrite({"wasViewed": True}, processed=False)
        await ingestor.sync("feedbacks")
        [row] = await rows(ingestor.database, "SELECT * FROM feedbacks WHERE id = :id", id=waiting.id)
        assert (row["was_viewed"], row["revision"]) == (True, 1)
        assert len(await published(ingestor.database, "feedbacks.updated.v1")) == events
        known = {feedback.id for feedback in shop.feedbacks}
        while known >= {feedback.id for feedback in shop.feedbacks}:
            await wb.step(section="feedbacks", sid=shop.sid)
        [new] = [feedback for feedback in shop.feedbacks if feedback.id not in known]
        await sweep(ingestor, "feedbacks")
        told = [
            (row.id, row.change, event.origin)
            for event in (await published(ingestor.database, "feedbacks.updated.v1"))[events:]
            for row in event.data.feedbacks
        ]
        assert (new.id, "new", "live") in told

    async def test_a_row_that_cannot_be_read_breaks_only_itself(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await wb.fault("/api/v1/feedbacks", "broken_row", times=1)
        await ingestor.sync("feedbacks")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 1
        await sweep(ingestor, "feedbacks", whole=True)
        assert len(await rows(ingestor.database, "SELECT 1 FROM feedbacks")) == len(shop.feedbacks)

    async def test_an_ordinary_run_asks_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        await ingestor.sync("feedbacks")
        before = await calls(wb, "/api/v1/feedbacks"), await calls(wb, "/api/v1/feedbacks/archive")
        await ingestor.sync("feedbacks")
        after = await calls(wb, "/api/v1/feedbacks"), await calls(wb, "/api/v1/feedbacks/archive")
        assert after == (before[0] + 1, before[1])


async def test_what_shares_a_bucket_gets_its_part_of_it(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim
) -> None:
    # 5 calls an hour for both: each has its turn every 24 minutes, a thousand times faster here.
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, sync_interval=0.0001) as ingestor:
        await connect_cabinet(ingestor, wb, kind="base")
        async with ingestor_db.transaction() as connection:
            await connection.execute(
                text("UPDATE sync_state SET sweep_at = 'infinity', cursor = CAST(:at AS jsonb)"),
                {"at": json.dumps({"whole_at": datetime.now(UTC).isoformat()})},
            )
        [seconds] = await ingestor.sync("questions")
    assert seconds is not None
    assert 0.72 < seconds <= 1.44


class TestQuestions:
    async def test_the_first_load_has_every_question_of_many_pages(
        self, paging: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(questions, "MAX_ROWS", 6)
        shop = await a_shop(paging, wb, orders=0, products=12)
        truth = {row["id"]: row for row in await wb.rows("questions", shop.sid)}
        assert len(truth) == 24
        await paging.sync("questions")
        stored = {row["id"]: row for row in await rows(paging.database, "SELECT * FROM questions")}
        assert stored.keys() == truth.keys()
        for key, row in stored.items():
            wb_row = truth[key]
            answer = wb_row["answer"] or {}
            assert (row["text"], row["state"], row["nm_id"], row["is_warned"], row["answer_text"]) == (
                wb_row["text"],
                wb_row["state"],
                wb_row["productDetails"]["nmId"],
                wb_row["isWarned"],
                answer.get("text"),
            )
            assert row["created_at"] == moment(wb_row["createdDate"])
            assert row["answered_at"] == (moment(answer["createDate"]) if answer else None)

    async def test_news_and_answers_are_told(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, orders=0)
        await ingestor.sync("questions")
        before = {row["id"]: row for row in await wb.rows("questions", shop.sid)}
        told = len(await published(ingestor.database, "questions.updated.v1"))
        await wb.step(section="questions", sid=shop.sid, count=12)
        await sweep(ingestor, "questions", whole=True)
        after = {row["id"]: row for row in await wb.rows("questions", shop.sid)}
        events = (await published(ingestor.database, "questions.updated.v1"))[told:]
        changes = {row.id: row for event in events for row in event.data.questions}
        assert {key for key, row in changes.items() if row.change == "new"} == after.keys() - before.keys()
        answered = {key for key in before if (after[key]["answer"], before[key]["answer"]) != (None, None)}
        answered = {key for key in answered if after[key]["answer"] != before[key]["answer"]}
        assert {key for key, row in changes.items() if row.change == "changed"} == answered
        for key in answered:
            assert changes[key].answer_text == after[key]["answer"]["text"]
            assert changes[key].previous["answer_text"] is None
        assert {event.origin for event in events} == {"live"}
        stored = {row["id"]: row["was_viewed"] for row in await rows(ingestor.database, "SELECT * FROM questions")}
        assert stored == {key: row["wasViewed"] for key, row in after.items()}


class TestClaims:
    async def test_the_first_load_has_every_claim_and_a_decision_is_told(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb)
        await wb.step(section="claims", sid=shop.sid, count=20)
        truth = {row["id"]: row for row in await wb.rows("claims", shop.sid)}
        assert {row["status"] for row in truth.values()} >= {0, 2}
        await paging.sync("claims")
        stored = {row["id"]: row for row in await rows(paging.database, "SELECT * FROM claims")}
        assert stored.keys() == truth.keys()
        for key, row in stored.items():
            wb_row = truth[key]
            same = ("claim_type", "status", "status_ex", "nm_id", "srid", "user_comment", "wb_comment", "photos")
            assert [row[name] for name in same] == [wb_row[name] for name in same]
            assert (row["claimed_at"], row["updated_at"]) == (moment(wb_row["dt"]), moment(wb_row["dt_update"]))
            assert (row["actions"], row["videos"]) == (wb_row["actions"], wb_row["video_paths"])
            assert row["price"] == (Decimal(str(wb_row["price"])) or None)
        await wb.step(section="claims", sid=shop.sid, count=20)
        told = len(await published(paging.database, "claims.updated.v1"))
        await paging.sync("claims")
        after = {row["id"]: row for row in await wb.rows("claims", shop.sid)}
        events = (await published(paging.database, "claims.updated.v1"))[told:]
        changes = {row.id: row for event in events for row in event.data.claims}
        decided = {key for key in truth.keys() & after.keys() if after[key]["status"] != truth[key]["status"]}
        assert decided
        assert {key for key, row in changes.items() if row.change == "changed"} == decided
        for key in decided:
            assert (changes[key].status, changes[key].previous["status"]) == (after[key]["status"], 0)
        assert {event.origin for event in events} == {"live"}

    async def test_one_that_wb_does_not_list_any_more_stays(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await wb.step(section="claims", sid=shop.sid, count=3)
        await ingestor.sync("claims")
        stored = await rows(ingestor.database, "SELECT * FROM claims ORDER BY id")
        events = len(await published(ingestor.database, "claims.updated.v1"))
        shop.claims.of.clear()
        await ingestor.sync("claims")
        assert await rows(ingestor.database, "SELECT * FROM claims ORDER BY id") == stored
        assert not any(row["gone"] for row in stored)
        assert len(await published(ingestor.database, "claims.updated.v1")) == events

    async def test_a_claim_that_cannot_be_read_breaks_only_itself(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await wb.step(section="claims", sid=shop.sid, count=6)
        await wb.fault("/api/v1/claims", "broken_row", times=1)
        await ingestor.sync("claims")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 1
        await ingestor.sync("claims")
        truth = await wb.rows("claims", shop.sid)
        assert len(await rows(ingestor.database, "SELECT 1 FROM claims")) == len(truth)


FIGURES = {
    "open_count": "openCount",
    "cart_count": "cartCount",
    "order_count": "orderCount",
    "order_sum": "orderSum",
    "buyout_count": "buyoutCount",
    "buyout_sum": "buyoutSum",
    "buyout_percent": "buyoutPercent",
    "add_to_cart_conversion": "addToCartConversion",
    "cart_to_order_conversion": "cartToOrderConversion",
    "add_to_wishlist_count": "addToWishlistCount",
}


async def funnel_of(wb: Wbsim, shop: Shop) -> dict[tuple[int, date], dict[str, Any]]:
    return {
        (row["nmId"], date.fromisoformat(row["date"])): {ours: row[theirs] for ours, theirs in FIGURES.items()}
        for row in await wb.rows("funnel", shop.sid)
    }


async def stored_funnel(database: Database) -> dict[tuple[int, date], dict[str, Any]]:
    stored = await rows(database, "SELECT * FROM funnel")
    return {(row["nm_id"], row["day"]): {name: row[name] for name in FIGURES} for row in stored}


class TestFunnel:
    async def test_seven_days_of_every_card_are_read_twenty_cards_a_call(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, products=45)
        await ingestor.sync("products")
        await ingestor.sync("funnel")
        truth = await funnel_of(wb, shop)
        assert len(truth) == 45 * 7
        assert await stored_funnel(ingestor.database) == truth
        assert await calls(wb, "/api/analytics/v3/sales-funnel/products/history") == 3
        [line] = await rows(ingestor.database, "SELECT * FROM sync_logs WHERE resource = 'funnel'")
        assert (line["outcome"], line["pages"], line["rows_new"]) == ("completed", 3, 45 * 7)
        [cabinet] = await rows(ingestor.database, "SELECT connected_at FROM cabinets")
        connected_on = moscow_day(cabinet["connected_at"])
        for event in await published(ingestor.database, "funnel.updated.v1"):
            assert {row.day >= connected_on for row in event.data.days} == {event.origin == "live"}
            for row in event.data.days:
                assert row.order_sum == truth[row.nm_id, row.day]["order_sum"]
                assert (row.change, row.currency) == ("new", "RUB")

    async def test_a_day_that_moved_is_told_and_one_that_wb_tells_no_more_stays(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("products")
        await ingestor.sync("funnel")
        old = date(2026, 1, 1)
        async with ingestor.database.transaction() as connection:
            await connection.execute(
                text("""
                    INSERT INTO funnel (cabinet_id, nm_id, day, open_count)
                    SELECT cabinet_id, nm_id, CAST(:day AS date), 7 FROM funnel LIMIT 1
                """),
                {"day": old},
            )
        before = await funnel_of(wb, shop)
        told = len(await published(ingestor.database, "funnel.updated.v1"))
        [placed] = await wb.place_orders(count=1, sid=shop.sid)
        await ingestor.sync("funnel")
        after = await funnel_of(wb, shop)
        [moved] = [key for key in after if after[key] != before.get(key)]
        events = (await published(ingestor.database, "funnel.updated.v1"))[told:]
        [row] = [row for event in events for row in event.data.days]
        assert (row.nm_id, row.day) == moved == (placed["nm_id"], moscow_day(moment(placed["row"]["date"])))
        assert (row.change, row.revision, events[0].origin) == ("changed", 2, "live")
        assert row.order_count == row.previous["order_count"] + 1
        stored = await stored_funnel(ingestor.database)
        assert {key: value for key, value in stored.items() if key[1] != old} == after
        assert [value["open_count"] for key, value in stored.items() if key[1] == old] == [7]

    async def test_cards_that_are_not_there_yet_are_looked_for_soon(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        [before] = await ingestor.sync("funnel")
        await ingestor.sync("products")
        [after] = await ingestor.sync("funnel")
        assert before is not None
        assert after is not None
        assert before <= 0.3 < 1 < after
        assert await rows(ingestor.database, "SELECT 1 FROM funnel")

    async def test_a_day_that_cannot_be_read_breaks_only_itself(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("products")
        await wb.fault("/api/analytics/v3/sales-funnel/products/history", "broken_row", times=1)
        await ingestor.sync("funnel")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine WHERE resource = 'funnel'")) >= 1
        assert await rows(ingestor.database, "SELECT 1 FROM funnel")
        await ingestor.sync("funnel")
        assert await stored_funnel(ingestor.database) == await funnel_of(wb, shop)


async def test_a_disconnected_cabinet_leaves_nothing(ingestor: Ingestor, wb: Wbsim) -> None:
    shop = await a_shop(ingestor, wb)
    await wb.step(section="claims", sid=shop.sid, count=3)
    tables = ("products", "feedbacks", "questions", "claims", "funnel")
    for resource in tables:
        await ingestor.sync(resource)
        assert await rows(ingestor.database, f"SELECT 1 FROM {resource}")
    [cabinet] = await rows(ingestor.database, "SELECT cabinet_id FROM cabinets")
    await take(ingestor.database, disconnected(UUID(str(cabinet["cabinet_id"])), ago=timedelta(seconds=-1)))
    await purge(ingestor.database)
    for table in tables:
        assert await rows(ingestor.database, f"SELECT 1 FROM {table}") == []
