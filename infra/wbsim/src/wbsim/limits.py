"""How often each method may be called: WB's figures of 2026-10-24, per seller and token kind."""

from dataclasses import dataclass

from wbsim.tokens import Kind


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` requests at once, then one more every `interval_seconds`."""

    interval_seconds: float
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """A method's limits; `bucket` names the counter, which several methods may share.

    A token kind without an entry in `by_kind` has the `usual` limit.
    """

    bucket: str
    usual: Limit
    by_kind: dict[Kind, Limit]
    costly_4xx: bool = False
    per_host: bool = False

    def of(self, kind: Kind) -> Limit:
        """The limit for tokens of that kind."""
        return self.by_kind.get(kind, self.usual)


COSTLY_4XX = 10
"""Requests that one 4XX answer costs where 4XX answers are costly."""
GLOBAL_GATE = Limit(interval_seconds=2, burst=30)
"""The undocumented limit over all methods of one seller: 30 in 60 s."""

PING = Limits("ping", Limit(10, 3), {}, per_host=True)
SELLER_INFO = Limits("seller-info", Limit(60, 10), {"base": Limit(86_400, 1)})
ORDERS = Limits("orders", Limit(60, 10), {"base": Limit(10_800, 1)})
SALES = Limits("sales", Limit(60, 1), {"base": Limit(7_200, 1)})
CARDS = Limits("cards", Limit(0.6, 5), {})
WB_STOCKS = Limits("wb-stocks", Limit(20, 1), {})
PRICES = Limits("prices", Limit(0.6, 5), {"base": Limit(900, 1)})
CARDS_TRASH = Limits("content-general", Limit(0.6, 5), {})
CLAIMS = Limits("claims", Limit(3, 10), {"base": Limit(3_600, 1)})
TARIFFS_COMMISSION = Limits("tariffs-commission", Limit(60, 2), {"base": Limit(720, 1)})
TARIFFS_BOX = Limits("tariffs-box", Limit(1, 5), {"base": Limit(3_600, 1)})
TARIFFS_PALLET = Limits("tariffs-pallet", Limit(1, 5), {"base": Limit(3_600, 1)})
TARIFFS_RETURN = Limits("tariffs-return", Limit(1, 5), {"base": Limit(3_600, 1)})
SALES_FUNNEL = Limits("sales-funnel", Limit(20, 3), {"base": Limit(1_800, 1)})
SALES_FUNNEL_HISTORY = Limits("sales-funnel-history", Limit(20, 3), {"base": Limit(1_800, 1)})
FEEDBACKS = Limits("feedbacks-questions", Limit(1 / 3, 6), {"base": Limit(720, 1)})
SALES_REPORTS = Limits("sales-reports", Limit(60, 1), {})
SALES_REPORT_ROWS = Limits("sales-report-rows", Limit(60, 1), {"base": Limit(43_200, 1)})
ROWS_OF_SALES_REPORT = Limits("rows-of-sales-report", Limit(60, 1), {})
ACCOUNT_BALANCE = Limits("account-balance", Limit(60, 1), {"base": Limit(86_400, 1)})
PROMOTION_COUNT = Limits("promotion-count", Limit(0.2, 5), {"base": Limit(900, 1)})
ADVERTS = Limits("adverts", Limit(0.2, 5), {"base": Limit(3_600, 1)})
FULLSTATS = Limits("fullstats", Limit(20, 1), {"base": Limit(3_600, 1)})
ADVERT_SPEND = Limits("advert-spend", Limit(1, 5), {"base": Limit(3_600, 1)})
ADVERT_BALANCE = Limits("advert-balance", Limit(1, 5), {"base": Limit(1_800, 1)})
ADVERT_BUDGETS = Limits("advert-budgets", Limit(3, 4), {"base": Limit(900, 1)})
ADVERT_BUDGET = Limits("advert-budget", Limit(0.25, 4), {"base": Limit(900, 1)})
ORDER_FEED = Limits("order-feed", Limit(60, 1), {"base": Limit(10_800, 1)})
SELLER_STOCKS = Limits("seller-stocks", Limit(20, 1), {})
REMAINS = Limits("warehouse-remains", Limit(60, 5), {"base": Limit(900, 1)})
REMAINS_STATUS = Limits("warehouse-remains-status", Limit(5, 5), {"base": Limit(900, 1)})
REMAINS_DOWNLOAD = Limits("warehouse-remains-download", Limit(60, 1), {"base": Limit(900, 1)})
FBS_ORDERS = Limits("marketplace-fbs", Limit(0.2, 20), {}, costly_4xx=True)
SELLER_WAREHOUSES = Limits("marketplace-warehouses", Limit(0.2, 20), {}, costly_4xx=True)
STOCKS_OF_WAREHOUSE = Limits("marketplace-stocks", Limit(0.2, 20), {}, costly_4xx=True)
WB_WAREHOUSES = Limits("fbw-warehouses", Limit(10, 6), {"base": Limit(43_200, 1)})
WEBHOOKS = Limits("webhooks", Limit(1, 5), {})
"""Not documented: a guess."""
