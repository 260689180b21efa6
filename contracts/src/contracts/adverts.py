"""Advertising events."""

from datetime import date

from pydantic import Field

from contracts.changed import ChangedRow, ListedRow, OrGone
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Count, Model, Moment, Money, NmId


class ChangedCampaign(ListedRow):
    """One advertising campaign. Source: `GET /api/advert/v2/adverts`."""

    advert_id: int
    name: str | None = None
    status: int = Field(description="-1 being deleted, 4 ready, 7 finished, 8 cancelled, 9 active, 11 paused")
    bid_type: str | None = Field(default=None, description="unified, manual")
    payment_type: str | None = Field(default=None, description="cpm: per thousand views; cpc: per click")
    currency: str | None = None
    in_search: bool | None = None
    in_recommendations: bool | None = None
    can_change_nms: bool | None = None
    nm_ids: tuple[NmId, ...] = Field(description="what it advertises, ascending")
    created_at: Moment | None = None
    started_at: Moment | None = Field(default=None, description="when it was started last")
    deleted_at: Moment | None = None
    updated_at: Moment
    change: OrGone = Field(description="gone: WB stopped listing it")


class CampaignsUpdatedV1(EventData, type="campaigns.updated.v1", publisher="ingestor"):
    """Campaigns of one cabinet that changed."""

    campaigns: tuple[ChangedCampaign, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedCampaignBid(ListedRow):
    """The bids for one card in one campaign, in minor units (0.01) of the campaign's currency.

    Source: `GET /api/advert/v2/adverts`. A bid is for a thousand views or for a click, as the campaign's
    `payment_type` says.
    """

    advert_id: int
    nm_id: NmId
    search_kopecks: Count | None = None
    recommendations_kopecks: Count | None = None
    subject_id: int | None = None
    subject: str | None = None
    currency: str | None = Field(default=None, description="ISO 4217 code of the campaign's currency")
    change: OrGone = Field(description="gone: no longer in the campaign; the bids it had")


class CampaignBidsUpdatedV1(EventData, type="campaign_bids.updated.v1", publisher="ingestor"):
    """Bids of one cabinet's campaigns that changed."""

    bids: tuple[ChangedCampaignBid, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedCampaignStat(ChangedRow):
    """What one card came to in one campaign on one day and platform. Source: `GET /adv/v3/fullstats`.

    Money in the currency of the account. Figures of a day go on changing for days. No views but orders: the card was
    ordered after a click on another one.
    """

    advert_id: int
    day: date
    app_type: int = Field(description="1 site, 32 Android, 64 iOS")
    nm_id: NmId
    views: int
    clicks: int
    atbs: int | None = Field(default=None, description="put into the basket, times")
    orders: int
    shks: int | None = Field(default=None, description="ordered units")
    canceled: int | None = Field(default=None, description="cancelled units")
    spent: Money
    order_sum: Money | None = Field(default=None, description="sum of the orders")
    avg_position: Money | None = Field(default=None, description="the card's average place of the day, all platforms")


class CampaignStatsUpdatedV1(EventData, type="campaign_stats.updated.v1", publisher="ingestor"):
    """Statistics of one cabinet's campaigns that changed."""

    stats: tuple[ChangedCampaignStat, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedCampaignSpend(ChangedRow):
    """A sum written off for one campaign, in the currency of the account. Source: `GET /adv/v1/upd`."""

    advert_id: int
    written_off_at: Moment
    payment_type: str = Field(
        description="where the money came from: Баланс, Бонусы, Счёт, Кэшбэк; empty: WB did not say"
    )
    upd_num: int = Field(description="number of the document; may be 0 until WB has issued it")
    spent: Money
    campaign_name: str | None = None
    campaign_type: int | None = None
    campaign_status: int | None = None


class CampaignSpendUpdatedV1(EventData, type="campaign_spend.updated.v1", publisher="ingestor"):
    """Write-offs for one cabinet's campaigns that are new or changed."""

    spend: tuple[ChangedCampaignSpend, ...] = Field(min_length=1, max_length=MAX_BATCH)


class ChangedCampaignBudget(ListedRow):
    """What is left of one campaign's budget, in base units of its currency. Source: `POST /api/advert/v2/budget`."""

    advert_id: int
    total: Money
    currency: str | None = None
    change: OrGone = Field(description="gone: it can no longer be shown; total is 0")


class CampaignBudgetsUpdatedV1(EventData, type="campaign_budgets.updated.v1", publisher="ingestor"):
    """Budgets of one cabinet's campaigns that changed."""

    budgets: tuple[ChangedCampaignBudget, ...] = Field(min_length=1, max_length=MAX_BATCH)


class AdvertCashback(Model):
    """Bonus that pays part of a budget."""

    sum: Money
    percent: Money | None = Field(default=None, description="share of one top-up that it may pay")
    expires_at: Moment | None = None


class ChangedAdvertBalance(ListedRow):
    """What a seller has for advertising, in base units of the currency. Source: `GET /adv/v1/balance`."""

    currency: str
    balance: Money = Field(description="the account that the seller tops up")
    net: Money | None = Field(default=None, description="what may be paid from future sales")
    bonus: Money | None = None
    cashbacks: tuple[AdvertCashback, ...] = ()
    change: OrGone = Field(description="gone: the account has another currency now")


class AdvertBalanceUpdatedV1(EventData, type="advert_balance.updated.v1", publisher="ingestor"):
    """One cabinet's advertising account changed."""

    balances: tuple[ChangedAdvertBalance, ...] = Field(min_length=1, max_length=MAX_BATCH)
