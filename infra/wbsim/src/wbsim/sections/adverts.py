"""Adverts as the promotion service answers them: campaigns, statistics, budgets, spending, the account.

Statistics and spending stand as of the last full ten minutes. A budget that runs low is topped up from the account by
itself, and so is the account.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from random import Random
from typing import NamedTuple

from wbsim.advert_figures import DayStats, Figures
from wbsim.advert_stats import day_stats, days_until, tick, total
from wbsim.campaigns import (
    ACTIVE,
    ALIVE,
    BID_STEP,
    FINISHED,
    LEAST_BID,
    MOST_CAMPAIGNS,
    PAUSED,
    Adverts,
    Campaign,
)
from wbsim.orders import RowJson
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, MOSCOW, moscow, moscow_day

TYPE = 9
NOT_DELETED = "2100-01-01T00:00:00+03:00"
SHOWN = frozenset({FINISHED, ACTIVE, PAUSED})
"""Statuses in which a campaign has statistics."""
LONGEST_DAYS = 31
LOW_BUDGET, BUDGET_TOP_UP = 100, 3_000
LOW_ACCOUNT, ACCOUNT_TOP_UP = 1_000, 50_000


class Spend(NamedTuple):
    """One document of spending: when it was written, and its row."""

    at: float
    row: RowJson


def advert_row(campaign: Campaign, currency: str) -> RowJson:
    """A campaign as `GET /api/advert/v2/adverts` answers it."""
    return {
        "bid_type": campaign.bid_type,
        "currency": currency,
        "id": campaign.advert_id,
        "nm_settings": [
            {
                "bids_kopecks": {"recommendations": goods.recommendations, "search": goods.search},
                "nm_id": goods.nm_id,
                "subject": {"id": goods.subject_id, "name": goods.subject},
            }
            for goods in campaign.goods
        ],
        "restrictions": {"can_change_nms": campaign.payment_type == "cpm"},
        "settings": {
            "name": campaign.name,
            "payment_type": campaign.payment_type,
            "placements": {"recommendations": campaign.recommendations, "search": campaign.search},
        },
        "status": campaign.status,
        "timestamps": {
            "created": _time(campaign.created),
            "deleted": NOT_DELETED if campaign.deleted is None else _time(campaign.deleted),
            "started": None if campaign.started is None else _time(campaign.started),
            "updated": _time(campaign.updated),
        },
    }


def count_rows(shop: Shop) -> list[RowJson]:
    """The groups of `GET /adv/v1/promotion/count`: the campaigns of each status, and when each changed last."""
    found = sorted(shop.adverts.campaigns.values(), key=lambda campaign: campaign.status)
    groups = []
    for status, within in groupby(found, key=lambda campaign: campaign.status):
        listed = [{"advertId": each.advert_id, "changeTime": _time(each.updated)} for each in within]
        groups.append({"type": TYPE, "status": status, "count": len(listed), "advert_list": listed})
    return groups


def stats_row(shop: Shop, campaign: Campaign, first: int, last: int, now: float) -> RowJson | None:
    """A campaign in `GET /adv/v3/fullstats` over the days between two midnights; None where it has no figures."""
    moment = _moment(shop.adverts, now)
    every = (
        day_stats(campaign, shop.adverts.seed, day, moment) for day in range(first, last + DAY_SECONDS, DAY_SECONDS)
    )
    days = [day for day in every if day.nms]
    if not days:
        return None
    boosted = days if campaign.bid_type == "unified" else []
    return {
        "advertId": campaign.advert_id,
        "currency": shop.currency.code,
        **_shown(total([nm.figures for day in days for nm in day.nms])),
        "days": [_day_row(day) for day in days],
        "boosterStats": [
            {"avg_position": position, "date": moscow(day.midnight)[:10], "nm": nm_id}
            for day in boosted
            for nm_id, position in day.positions.items()
        ],
    }


def budget_row(shop: Shop, campaign: Campaign, now: float) -> RowJson:
    """A campaign in `POST /api/advert/v2/budget`: what is left, in roubles."""
    left = _budget(shop.adverts, campaign, now)
    return {"advertId": campaign.advert_id, "currency": shop.currency.code, "total": left}


def spend_rows(shop: Shop, first: int, last: int, now: float) -> list[RowJson]:
    """The documents of `GET /adv/v1/upd` written on the days between two midnights, oldest first.

    Each is about one campaign's finished day and is written within the hour after it.
    """
    written = []
    for place, campaign in enumerate(shop.adverts.campaigns.values()):
        for day in days_until(campaign, shop.adverts.seed, _moment(shop.adverts, now)):
            at = day.midnight + DAY_SECONDS + campaign.advert_id % 3_600 + 0.25
            if first <= at < last + DAY_SECONDS and at <= now and day.spent >= 100:
                number = 100_000_000 + day.midnight // DAY_SECONDS * 1_000 + place
                written.append(Spend(at, _spend_row(campaign, number, at, round(day.spent / 100))))
    return [spend.row for spend in sorted(written, key=lambda spend: spend.at)]


def balance_row(shop: Shop, now: float) -> RowJson:
    """`GET /adv/v1/balance`, in roubles."""
    adverts = shop.adverts
    left = adverts.account
    for campaign in adverts.campaigns.values():
        spent = _spent(adverts, campaign, now)
        left -= _budget(adverts, campaign, now) + spent
    return {
        "balance": _topped_up(left, LOW_ACCOUNT, ACCOUNT_TOP_UP),
        "net": adverts.net,
        "currency": shop.currency.code,
        "bonus": adverts.bonus,
        "cashbacks": [{"sum": 5_000, "percent": 50, "expiration_date": _utc(adverts.cashback_until)}],
    }


def campaigns_truth(shop: Shop, now: float) -> list[RowJson]:
    """Campaigns of v2/adverts, each with the `type` and `changeTime` that promotion/count gives it."""
    changed = {item["advertId"]: item["changeTime"] for group in count_rows(shop) for item in group["advert_list"]}
    return [
        advert_row(campaign, shop.currency.code) | {"type": TYPE, "changeTime": changed[campaign.advert_id]}
        for campaign in shop.adverts.campaigns.values()
    ]


def stats_truth(shop: Shop, now: float) -> list[RowJson]:
    """The cards in fullstats of the last 31 days, each with its campaign, `date` and `appType`."""
    found = (stats_row(shop, each, *_last_days(now), now) for each in with_status(shop, SHOWN))
    return [
        {"advertId": row["advertId"], "date": day["date"], "appType": app["appType"]} | nm
        for row in found
        if row
        for day in row["days"]
        for app in day["apps"]
        for nm in app["nms"]
    ]


def budgets_truth(shop: Shop, now: float) -> list[RowJson]:
    """The budget of every campaign that has one."""
    return [budget_row(shop, campaign, now) for campaign in with_status(shop, ALIVE)]


def spend_truth(shop: Shop, now: float) -> list[RowJson]:
    """The documents of the last 31 days."""
    return spend_rows(shop, *_last_days(now), now)


def balance_truth(shop: Shop, now: float) -> list[RowJson]:
    """The account, as one row."""
    return [balance_row(shop, now)]


def step(shop: Shop, rng: Random, at: float) -> None:
    """A campaign is paused, started, renamed or finished, bids otherwise, or is new."""
    adverts, at = shop.adverts, max(at, shop.adverts.answered_until)
    alive = with_status(shop, ALIVE)
    point = rng.random()
    if not alive or (point < 0.1 and len(adverts.campaigns) < MOST_CAMPAIGNS):
        adverts.create(rng, at)
        return
    campaign = rng.choice(alive)
    if point < 0.45:
        _bid(campaign, rng, at)
    elif point < 0.6:
        campaign.rename(f"{campaign.name.partition(' №')[0]} №{rng.randrange(1, 10_000)}", at)
    elif point < 0.63 and len(alive) > 2:
        campaign.finish(at)
    elif campaign.status == ACTIVE:
        campaign.pause(at)
    else:
        campaign.start(at)


def top_up(shop: Shop, rng: Random, at: float) -> None:
    """The seller puts money into a campaign's budget."""
    alive = with_status(shop, ALIVE)
    campaign = rng.choice(alive) if alive else shop.adverts.create(rng, at)
    campaign.deposited += rng.randrange(1, 11) * 500


def with_status(shop: Shop, statuses: Iterable[int]) -> list[Campaign]:
    """The campaigns in these statuses, oldest first."""
    wanted = frozenset(statuses)
    return [campaign for campaign in shop.adverts.campaigns.values() if campaign.status in wanted]


def _bid(campaign: Campaign, rng: Random, at: float) -> None:
    place = rng.randrange(len(campaign.goods))
    old = campaign.goods[place].bid
    new = max(LEAST_BID[campaign.payment_type], round(old * rng.uniform(0.75, 1.35) / BID_STEP) * BID_STEP)
    campaign.bid(place, new if new != old else old + BID_STEP, at)


def _moment(adverts: Adverts, now: float) -> int:
    moment = tick(now)
    adverts.answered_until = max(adverts.answered_until, moment)
    return moment


def _spent(adverts: Adverts, campaign: Campaign, now: float) -> int:
    days = days_until(campaign, adverts.seed, _moment(adverts, now))
    return sum(day.spent for day in days) // 100


def _budget(adverts: Adverts, campaign: Campaign, now: float) -> int:
    return _topped_up(campaign.deposited - _spent(adverts, campaign, now), LOW_BUDGET, BUDGET_TOP_UP)


def _topped_up(left: int, low: int, by: int) -> int:
    """What is left when `by` is added as often as it takes not to be below `low`."""
    return left if left >= low else low + (left - low) % by


def _spend_row(campaign: Campaign, number: int, at: float, roubles: int) -> RowJson:
    name, status = campaign.at(at)
    return {
        "updNum": number,
        "updTime": _time(at),
        "updSum": roubles,
        "advertId": campaign.advert_id,
        "campName": name,
        "advertType": TYPE,
        "paymentType": campaign.source,
        "advertStatus": status,
    }


def _day_row(day: DayStats) -> RowJson:
    return {
        "date": f"{moscow(day.midnight)[:10]}T00:00:00Z",
        **_shown(total([nm.figures for nm in day.nms])),
        "apps": [_app_row(day, app) for app in dict.fromkeys(nm.app for nm in day.nms)],
    }


def _app_row(day: DayStats, app: int) -> RowJson:
    nms = [nm for nm in day.nms if nm.app == app]
    return {
        "appType": app,
        **_shown(total([nm.figures for nm in nms])),
        "nms": [{"nmId": nm.nm_id, "name": nm.name, **_shown(nm.figures)} for nm in nms],
    }


def _shown(figures: Figures) -> RowJson:
    views, clicks, spent = figures.views, figures.clicks, figures.spent / 100
    return {
        "views": views,
        "clicks": clicks,
        "ctr": round(100 * clicks / views, 2) if views else 0,
        "cpc": round(spent / clicks, 2) if clicks else 0,
        "cr": round(100 * figures.orders / clicks, 2) if clicks else 0,
        "atbs": figures.atbs,
        "orders": figures.orders,
        "shks": figures.shks,
        "canceled": figures.canceled,
        "sum": spent,
        "sum_price": figures.order_sum,
    }


def _last_days(now: float) -> tuple[int, int]:
    today = moscow_day(now)
    return today - (LONGEST_DAYS - 1) * DAY_SECONDS, today


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, MOSCOW).isoformat(timespec="microseconds")


def _utc(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
