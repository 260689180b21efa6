"""What a campaign's day came to: views, clicks, orders and spending, growing while the day lasts.

Figures derive from the shop's seed, the campaign, the day and how long the campaign was shown at which bids. Orders of
a day go on being found until a day and a half after it; all else is final when it ends.
"""

from random import Random

from wbsim.advert_figures import DayStats, Figures, NmStats
from wbsim.campaigns import Campaign, Goods, Run
from wbsim.times import DAY_SECONDS, moscow_day

TICK_SECONDS = 600
"""Statistics and budgets grow in steps of this."""
LATE_SECONDS = 36 * 3600
"""How long after a day its orders are still corrected."""
VIEWS_PER_DAY = {"cpm": (400, 3_000), "cpc": (80, 600)}
FOUND_IN_TIME = 0.8
"""Share of a day's orders that are known when it ends."""
APPS = {1: 0.08, 32: 0.6, 64: 0.32}
"""Platforms (site, Android, iOS) and their shares of the views."""
ASSOCIATED_SHARE = 0.15
"""How often a day has an order of a card that was not advertised."""


def tick(now: float) -> int:
    """The moment whose figures are shown now."""
    return int(now) - int(now) % TICK_SECONDS


def total(parts: list[Figures]) -> Figures:
    """The figures of a level from those of the level below."""
    return Figures(*map(sum, zip(*parts, strict=True))) if parts else Figures()


def days_until(campaign: Campaign, seed: int, moment: float) -> list[DayStats]:
    """Every day with figures since the campaign was first shown, as known at a moment (simulated Unix seconds)."""
    if not campaign.runs:
        return []
    first = moscow_day(campaign.runs[0].start)
    days = (day_stats(campaign, seed, midnight, moment) for midnight in range(first, int(moment), DAY_SECONDS))
    return [day for day in days if day.nms]


def day_stats(campaign: Campaign, seed: int, midnight: int, moment: float) -> DayStats:
    """The day that begins at `midnight`, as known at a moment."""
    known = campaign.final.get(midnight)
    if known is None:
        known = _day_stats(campaign, seed, midnight, moment)
        if moment >= midnight + DAY_SECONDS + LATE_SECONDS:
            campaign.final[midnight] = known
    return known


def _day_stats(campaign: Campaign, seed: int, midnight: int, moment: float) -> DayStats:
    rng = Random(f"{seed} advert {campaign.advert_id} on {midnight}")
    late = (moment - midnight - DAY_SECONDS) / LATE_SECONDS
    found = FOUND_IN_TIME + (1 - FOUND_IN_TIME) * max(0.0, min(1.0, late))
    shown = [(run, seconds) for run in campaign.runs if (seconds := _seconds(run, midnight, moment)) > 0]
    nms, positions = [], {}
    for place, goods in enumerate(campaign.goods):
        views_per_day, position = rng.uniform(*VIEWS_PER_DAY[campaign.payment_type]), rng.randrange(1, 60)
        for app, share in APPS.items():
            figures = _figures(rng, campaign, goods, place, shown, views_per_day * share, found)
            if figures.views:
                nms.append(NmStats(app, goods.nm_id, goods.name, figures))
                positions[goods.nm_id] = position
    clicked = any(nm.figures.clicks for nm in nms)
    associated = rng.choice(campaign.others) if campaign.others else None
    if rng.random() < ASSOCIATED_SHARE and associated and clicked and moment > midnight + DAY_SECONDS // 2:
        one = Figures(orders=1, shks=1, order_sum=associated.price)
        nms.append(NmStats(32, associated.nm_id, associated.name, one))
    return DayStats(midnight, nms, positions)


def _figures(
    rng: Random,
    campaign: Campaign,
    goods: Goods,
    place: int,
    shown: list[tuple[Run, float]],
    views_per_day: float,
    found: float,
) -> Figures:
    per_view, per_click, cart = rng.uniform(0.02, 0.09), rng.uniform(0.01, 0.08), rng.uniform(0.08, 0.2)
    views = clicks = spent = 0
    for run, seconds in shown:
        seen = int(views_per_day * seconds / DAY_SECONDS)
        visited = int(seen * per_view)
        views, clicks = views + seen, clicks + visited
        bid = run.bids[place]
        spent += seen * bid // 1_000 if campaign.payment_type == "cpm" else visited * bid
    orders = int(clicks * per_click * found)
    return Figures(
        views=views,
        clicks=clicks,
        atbs=int(clicks * cart),
        orders=orders,
        shks=orders + orders // 4,
        canceled=orders // 6,
        spent=spent,
        order_sum=(orders + orders // 4) * goods.price,
    )


def _seconds(run: Run, midnight: int, moment: float) -> float:
    end = moment if run.end is None else min(run.end, moment)
    return min(end, midnight + DAY_SECONDS) - max(run.start, midnight)
