"""Finance rows and adverts on real servers: first loads, changes, what is gone, what is broken, several pages."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from ingestor.resources import campaign_ids, campaign_stats, finance
from ingestor.resources.resource import Start
from ingestor.wb.times import moscow_day
from support.ingesting import Ingestor, connect_cabinet, sync_until_it_counts
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim
from wbsim.shop import Shop

DETAILED = "/api/finance/v1/sales-reports/detailed"
ADVERTS = "/api/advert/v2/adverts"


@pytest.fixture
async def sid(wb: Wbsim) -> str:
    """A shop with some weeks of past."""
    return await wb.seller(name="past", history_orders=120, history_days=30)


async def connect(ingestor: Ingestor, wb: Wbsim, sid: str) -> Shop:
    await connect_cabinet(ingestor, wb, sid=sid)
    return wb.world.shops[sid]


async def last_log(ingestor: Ingestor) -> dict[str, Any]:
    *_, line = await rows(ingestor.database, "SELECT * FROM sync_logs ORDER BY started_at")
    return line


async def asked(wb: Wbsim, path: str) -> int:
    return len([request for request in await wb.requests() if request["path"] == path])


class TestFinance:
    async def test_every_row_of_every_report_is_loaded_and_told_as_history(
        self, ingestor: Ingestor, wb: Wbsim, sid: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(finance, "MAX_PAGE_ROWS", 100)
        await connect(ingestor, wb, sid)
        await ingestor.sync("finance")
        truth = {(row["reportId"], row["rrdId"]): row for row in await wb.rows("finance", sid)}
        stored = await rows(ingestor.database, "SELECT * FROM finance")
        assert len(stored) == len(truth) > 100
        for row in stored:
            wb_row = truth[row["report_id"], row["rrd_id"]]
            assert row["for_pay"] == Decimal(wb_row["forPay"])
            assert row["delivery_service"] == Decimal(wb_row["deliveryService"])
            assert row["paid_storage"] == Decimal(wb_row["paidStorage"])
            assert (row["seller_oper_name"], row["srid"] or "") == (wb_row["sellerOperName"], wb_row["srid"])
            assert (row["nm_id"] or 0, row["quantity"]) == (wb_row["nmId"], wb_row["quantity"])
            assert (str(row["rr_date"]), str(row["report_to"])) == (wb_row["rrDate"], wb_row["dateTo"])
        events = await published(ingestor.database, "finance.updated.v1")
        assert {event.origin for event in events} == {"backfill"}
        told = [(line.report_id, line.rrd_id) for event in events for line in event.data.rows]
        assert sorted(told) == sorted(truth)
        assert (await last_log(ingestor))["pages"] == -(-len(truth) // 100) + 1, "204 is the end"

    async def test_an_ordinary_run_asks_once_and_a_sweep_reads_again_what_is_corrected(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        await connect(ingestor, wb, sid)
        await ingestor.sync("finance")
        await ingestor.sync("finance")
        before = await asked(wb, DETAILED)
        await ingestor.sync("finance")
        assert await asked(wb, DETAILED) == before + 1
        await rows(ingestor.database, "UPDATE finance SET for_pay = 1, content_hash = 1 WHERE for_pay > 0 RETURNING 1")
        await rows(ingestor.database, "UPDATE sync_state SET sweep_at = '-infinity' RETURNING 1")
        await ingestor.sync("finance")
        assert (await last_log(ingestor))["rows_changed"] > 0
        *_, event = await published(ingestor.database, "finance.updated.v1")
        line = event.data.rows[0]
        assert (event.origin, line.change, line.previous, line.revision) == ("live", "changed", {"for_pay": "1.00"}, 2)
        newest = (await rows(ingestor.database, "SELECT max(report_to) AS newest FROM finance"))[0]["newest"]
        recent = "SELECT 1 FROM finance WHERE for_pay = 1 AND report_to >= :since"
        assert await rows(ingestor.database, recent, since=newest - finance.OVERLAP) == []

    async def test_a_broken_row_is_set_aside_and_the_others_are_stored(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        await connect(ingestor, wb, sid)
        await wb.fault(DETAILED, "broken_row", times=1)
        await ingestor.sync("finance")
        truth = await wb.rows("finance", sid)
        assert len(await rows(ingestor.database, "SELECT 1 FROM finance")) == len(truth) - 1
        [kept] = await rows(ingestor.database, "SELECT resource FROM quarantine")
        assert kept["resource"] == "finance"


class TestCampaigns:
    async def test_all_of_them_are_loaded_with_their_bids(self, ingestor: Ingestor, wb: Wbsim, sid: str) -> None:
        await connect(ingestor, wb, sid)
        await ingestor.sync("campaigns")
        await ingestor.sync("campaign_bids")
        truth = {row["id"]: row for row in await wb.rows("campaigns", sid)}
        stored = await rows(ingestor.database, "SELECT * FROM campaigns")
        assert {row["advert_id"] for row in stored} == truth.keys()
        for row in stored:
            wb_row = truth[row["advert_id"]]
            assert (row["status"], row["name"]) == (wb_row["status"], wb_row["settings"]["name"])
            assert row["nm_ids"] == sorted(each["nm_id"] for each in wb_row["nm_settings"])
            assert row["updated_at"] == datetime.fromisoformat(wb_row["timestamps"]["updated"])
            assert (row["deleted_at"] is None) == wb_row["timestamps"]["deleted"].startswith("2100")
        bids = await rows(ingestor.database, "SELECT * FROM campaign_bids")
        assert {
            (row["advert_id"], row["nm_id"], row["search_kopecks"], row["recommendations_kopecks"]) for row in bids
        } == {
            (advert_id, each["nm_id"], each["bids_kopecks"]["search"], each["bids_kopecks"]["recommendations"])
            for advert_id, wb_row in truth.items()
            for each in wb_row["nm_settings"]
        }

    async def test_a_new_bid_is_told_and_the_old_one_kept(self, ingestor: Ingestor, wb: Wbsim, sid: str) -> None:
        shop = await connect(ingestor, wb, sid)
        for resource in ("campaigns", "campaign_bids"):
            await ingestor.sync(resource)
        campaign = next(each for each in shop.adverts.campaigns.values() if each.status == 9)
        old = campaign.goods[0]
        campaign.bid(0, old.search + 700, shop.clock.now())
        for resource in ("campaigns", "campaign_bids"):
            await ingestor.sync(resource)
        *_, event = await published(ingestor.database, "campaign_bids.updated.v1")
        [bid] = event.data.bids
        assert (event.origin, bid.change, bid.revision) == ("live", "changed", 2)
        assert (bid.advert_id, bid.nm_id, bid.search_kopecks) == (campaign.advert_id, old.nm_id, old.search + 700)
        assert bid.previous["search_kopecks"] == old.search
        [history] = await rows(ingestor.database, "SELECT * FROM campaign_bids_history")
        assert (history["revision"], history["previous"]) == (2, bid.previous)
        assert len(await published(ingestor.database, "campaigns.updated.v1")) == 1, "its time alone is no change"

    async def test_a_paused_one_is_told_and_one_no_longer_listed_is_gone(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        shop = await connect(ingestor, wb, sid)
        await ingestor.sync("campaigns")
        await ingestor.sync("campaign_bids")
        active, other, *_ = [each for each in shop.adverts.campaigns.values() if each.status == 9]
        active.pause(shop.clock.now())
        del shop.adverts.campaigns[other.advert_id]
        await ingestor.sync("campaigns")
        *_, event = await published(ingestor.database, "campaigns.updated.v1")
        told = {campaign.advert_id: campaign for campaign in event.data.campaigns}
        assert (told[active.advert_id].change, told[active.advert_id].status) == ("changed", 11)
        assert told[active.advert_id].previous["status"] == 9
        assert told[other.advert_id].change == "gone"
        await ingestor.sync("campaign_bids")
        *_, event = await published(ingestor.database, "campaign_bids.updated.v1")
        assert {(bid.advert_id, bid.change) for bid in event.data.bids} == {(other.advert_id, "gone")}

    async def test_a_broken_one_is_set_aside_and_none_is_gone(self, ingestor: Ingestor, wb: Wbsim, sid: str) -> None:
        await connect(ingestor, wb, sid)
        await ingestor.sync("campaigns")
        await wb.fault(ADVERTS, "broken_row", times=1)
        await ingestor.sync("campaigns")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 1
        assert await rows(ingestor.database, "SELECT 1 FROM campaigns WHERE gone") == []


class TestStats:
    async def test_a_month_of_every_campaign_that_was_shown_is_loaded(
        self, ingestor: Ingestor, wb: Wbsim, sid: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(campaign_ids, "MAX_IDS", 2)
        await connect(ingestor, wb, sid)
        await ingestor.sync("campaigns")
        await ingestor.sync("campaign_stats")
        truth = {
            (row["advertId"], row["date"][:10], row["appType"], row["nmId"]): row
            for row in await wb.rows("campaign_stats", sid)
        }
        stored = await rows(ingestor.database, "SELECT * FROM campaign_stats")
        assert len(truth) > 100
        assert {(r["advert_id"], str(r["day"]), r["app_type"], r["nm_id"]): r["views"] for r in stored} == {
            key: row["views"] for key, row in truth.items()
        }
        spent = sum(row["spent"] for row in stored)
        assert spent == sum(Decimal(str(row["sum"])) for row in truth.values())
        events = await published(ingestor.database, "campaign_stats.updated.v1")
        [cabinet] = await rows(ingestor.database, "SELECT connected_at FROM cabinets")
        for event in events:
            for stat in event.data.stats:
                assert (event.origin == "live") == (stat.day >= moscow_day(cabinet["connected_at"]))
        [state] = await rows(ingestor.database, "SELECT cursor FROM sync_state WHERE resource = 'campaign_stats'")
        assert list(state["cursor"]) == ["read_to"]

    async def test_they_wait_until_the_campaigns_are_read(self, ingestor: Ingestor, wb: Wbsim, sid: str) -> None:
        await connect(ingestor, wb, sid)
        await ingestor.sync("campaign_stats")
        line = await last_log(ingestor)
        assert (line["outcome"], line["requests"]) == ("paused", 0)
        assert await rows(ingestor.database, "SELECT 1 FROM sync_state WHERE first_load_done") == []
        await ingestor.sync("campaigns")
        await ingestor.sync("campaign_stats")
        assert (await last_log(ingestor))["outcome"] == "completed"

    async def test_they_do_not_wait_for_campaigns_that_may_not_be_read(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        await connect(ingestor, wb, sid)
        await wb.fault(ADVERTS, "status", status=403)
        await sync_until_it_counts(ingestor, "campaigns")
        await ingestor.sync("campaign_stats")
        assert (await last_log(ingestor))["outcome"] == "completed"

    async def test_what_ended_before_the_days_asked_for_is_not_asked_about(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        shop = await connect(ingestor, wb, sid)
        ended = next(each for each in shop.adverts.campaigns.values() if each.status == 11)
        ended.finish(shop.clock.now() - 20 * 86_400)
        await ingestor.sync("campaigns")
        [cabinet] = await rows(ingestor.database, "SELECT cabinet_id FROM cabinets")
        start = Start(datetime.now(UTC), sweep=False, page_rows=1000)
        for cursor, asks in ((None, True), ({"read_to": moscow_day(start.now).isoformat()}, False)):
            async with ingestor.database.transaction() as connection:
                position = campaign_stats.begin(cursor, start)
                found = await campaign_stats.subjects(connection, cabinet["cabinet_id"], position)
            assert found == sorted(found)
            assert (ended.advert_id in found) is asks
            assert {each.advert_id for each in shop.adverts.campaigns.values() if each.status in {9, 11}} <= set(found)


class TestMoney:
    async def test_what_was_spent_is_loaded_once_and_changes_nothing_when_read_again(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        await connect(ingestor, wb, sid)
        await ingestor.sync("campaign_spend")
        truth = {(row["advertId"], row["updNum"]): row["updSum"] for row in await wb.rows("campaign_spend", sid)}
        stored = await rows(ingestor.database, "SELECT * FROM campaign_spend")
        assert truth
        kept = {(row["advert_id"], row["upd_num"]): row["spent"] for row in stored}
        assert {key: kept[key] for key in truth} == truth
        await ingestor.sync("campaign_spend")
        line = await last_log(ingestor)
        assert (line["outcome"], line["rows_new"], line["rows_changed"]) == ("completed", 0, 0)
        assert line["rows_same"] > 0

    async def test_budgets_follow_the_campaigns(
        self, ingestor: Ingestor, wb: Wbsim, sid: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(campaign_ids, "MAX_IDS", 2)
        shop = await connect(ingestor, wb, sid)
        await ingestor.sync("campaigns")
        await ingestor.sync("campaign_budgets")
        truth = {row["advertId"]: row["total"] for row in await wb.rows("campaign_budgets", sid)}
        stored = await rows(ingestor.database, "SELECT * FROM campaign_budgets")
        assert {row["advert_id"]: row["total"] for row in stored} == truth
        assert len(truth) > 2
        ready = next(each for each in shop.adverts.campaigns.values() if each.status == 4)
        ended = next(each for each in shop.adverts.campaigns.values() if each.status == 11)
        ready.deposited += 1_500
        ended.finish(shop.clock.now())
        await ingestor.sync("campaigns")
        await ingestor.sync("campaign_budgets")
        *_, event = await published(ingestor.database, "campaign_budgets.updated.v1")
        told = {budget.advert_id: budget for budget in event.data.budgets}
        assert event.origin == "live"
        assert told[ready.advert_id].previous == {"total": f"{truth[ready.advert_id]}.00"}
        assert told[ready.advert_id].total == truth[ready.advert_id] + 1_500
        assert (told[ended.advert_id].change, told[ended.advert_id].total) == ("gone", 0)

    async def test_the_account_is_one_row_that_is_told_when_it_changes(
        self, ingestor: Ingestor, wb: Wbsim, sid: str
    ) -> None:
        shop = await connect(ingestor, wb, sid)
        await ingestor.sync("advert_balance")
        [stored] = await rows(ingestor.database, "SELECT * FROM advert_balance")
        [truth] = await wb.rows("advert_balance", sid)
        assert (stored["currency"], stored["bonus"], stored["net"]) == ("RUB", truth["bonus"], truth["net"])
        assert [Decimal(each["sum"]) for each in stored["cashbacks"]] == [each["sum"] for each in truth["cashbacks"]]
        shop.adverts.bonus += 10
        await ingestor.sync("advert_balance")
        *_, event = await published(ingestor.database, "advert_balance.updated.v1")
        [balance] = event.data.balances
        assert (event.origin, balance.change, balance.bonus) == ("live", "changed", truth["bonus"] + 10)
        assert balance.previous["bonus"] == f"{truth['bonus']}.00"
        assert balance.cashbacks[0].sum == truth["cashbacks"][0]["sum"]
