"""Finance report events."""

from datetime import date

from pydantic import Field

from contracts.changed import ChangedRow, Previous
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Moment, Money


class ChangedFinanceRow(ChangedRow):
    """One line of a weekly sales report, as WB last had it. A null is unknown or does not apply; 0 is 0.

    Source: `POST /api/finance/v1/sales-reports/detailed`, names as there. Amounts are in the report's currency and for
    the whole line, percents are percents. Amounts of returns are positive: `doc_type_name` says that they count the
    other way.
    """

    report_id: int
    rrd_id: int = Field(description="WB's id of the line")
    report_kind: int | None = Field(default=None, description="`reportType`: 1 main, 2 buyouts")
    report_from: date | None = Field(default=None, description="first day of the report's week")
    report_to: date | None = Field(default=None, description="last day of the report's week")
    report_created: date | None = None
    currency: str | None = None
    doc_type_name: str | None = Field(default=None, description="Продажа, Возврат; null where it is neither")
    seller_oper_name: str | None = Field(default=None, description="what the line is: sale, logistics, storage, fine…")
    bonus_type_name: str | None = Field(default=None, description="which logistics, fine or correction it is")
    srid: str | None = Field(default=None, description="WB's id of the order; many lines share it")
    order_uid: str | None = Field(default=None, description="basket: shared by the items of one checkout")
    order_id: int | None = Field(default=None, description="FBS task")
    gi_id: int | None = Field(default=None, description="supply")
    nm_id: int | None = None
    sku: str | None = Field(default=None, description="barcode")
    tech_size: str | None = None
    vendor_code: str | None = None
    subject: str | None = None
    brand: str | None = None
    ordered_at: Moment | None = None
    sold_at: Moment | None = None
    rr_date: date | None = Field(default=None, description="day of the operation")
    quantity: int | None = None
    delivery_amount: int | None = Field(default=None, description="deliveries, units")
    return_amount: int | None = Field(default=None, description="deliveries back, units")
    retail_price: Money | None = None
    retail_price_with_disc: Money | None = Field(default=None, description="the seller's price")
    retail_amount: Money | None = Field(default=None, description="what the buyer paid")
    for_pay: Money | None = Field(default=None, description="to be paid to the seller for the goods")
    ppvz_sales_commission: Money | None = None
    vw: Money | None = Field(default=None, description="WB's reward without VAT")
    vw_nds: Money | None = Field(default=None, description="VAT on WB's reward")
    acquiring_fee: Money | None = None
    ppvz_reward: Money | None = Field(default=None, description="for handing out and taking back")
    delivery_service: Money | None = Field(default=None, description="logistics")
    rebill_logistic_cost: Money | None = None
    paid_storage: Money | None = None
    paid_acceptance: Money | None = None
    penalty: Money | None = None
    additional_payment: Money | None = Field(default=None, description="correction of WB's reward")
    deduction: Money | None = None
    payment_schedule: Money | None = Field(default=None, description="for paying out at another time")
    installment_cofinancing_amount: Money | None = None
    cashback_amount: Money | None = Field(default=None, description="loyalty points withheld")
    cashback_discount: Money | None = Field(default=None, description="loyalty discount made good")
    cashback_commission_change: Money | None = Field(default=None, description="price of the loyalty programme")
    sale_percent: Money | None = None
    product_discount_percent: Money | None = None
    seller_promo_discount: Money | None = None
    loyalty_discount: Money | None = None
    spp: Money | None = Field(default=None, description="WB's discounts, %")
    commission_percent: Money | None = None
    kvw_base: Money | None = Field(default=None, description="commission without VAT before reductions, %")
    kvw: Money | None = Field(default=None, description="commission without VAT, %")
    sup_rating_up: Money | None = Field(default=None, description="reduction for the seller's rating, %")
    is_kgvp_v2: Money | None = Field(default=None, description="reduction for a promotion, %")
    acquiring_percent: Money | None = None
    dlv_prc: Money | None = Field(default=None, description="fixed warehouse coefficient of the supply")
    warehouse_logistics_coeff: Money | None = None
    payment_processing: str | None = None
    office_name: str | None = Field(default=None, description="warehouse")
    country: str | None = None
    delivery_method: str | None = None
    is_b2b: bool | None = None
    revision: int = Field(ge=1, description="counts the row's changes; a smaller one never overwrites")
    previous: Previous = Field(default_factory=dict)


class FinanceUpdatedV1(EventData, type="finance.updated.v1", publisher="ingestor"):
    """Lines of one cabinet's weekly sales reports that are new or corrected."""

    rows: tuple[ChangedFinanceRow, ...] = Field(min_length=1, max_length=MAX_BATCH)
