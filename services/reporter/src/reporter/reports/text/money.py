"""What one piece costs and brings."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.items import UnitMoney
from contracts.order_report import ReportedMoney
from servicekit.text import UNKNOWN
from servicekit.translation import Language, msgid

from reporter.reports.text.words import ABOUT, MINUS, about, heading, joined, share, signed, table

NOT_YET = msgid("not here yet")
LACKING = {
    "dimensions": msgid("the item's dimensions"),
    "tariff": msgid("WB's tariffs"),
    "commission": msgid("WB's commission"),
    "buyout": msgid("the share that is bought"),
    "cost": msgid("the cost"),
    "tax": msgid("the tax"),
    "price": msgid("the price"),
}
COSTS = (
    (msgid("Commission"), "commission"),
    (msgid("Logistics"), "logistics"),
    (msgid("Storage"), "storage"),
    (msgid("Acceptance"), "acceptance"),
    (msgid("Penalties"), "penalties"),
    (msgid("Adverts"), "adverts"),
    (msgid("Tax"), "tax"),
    (msgid("Other"), "other"),
)
"""Estimates, in the order in which they are subtracted; those of 0 are left out."""


def money_lines(language: Language, told: ReportedMoney) -> Iterator[str]:
    text, money = language.text, language.money
    yield f"💰 {heading(language.text('Money of one piece'))}"
    yield table([[label, value] for label, value in _rows(language, told, told.estimate)])
    if details := _details(language, told.estimate):
        yield details
    if told.missing:
        lacking = ", ".join(text(LACKING[what]) if what in LACKING else what for what in told.missing)
        yield text("The estimate lacks: {what}", what=lacking)
    if told.for_pay is not None:
        yield text("To be paid: {sum} (preliminary)", sum=money(told.for_pay, told.currency))
    if told.return_for_pay is not None:
        yield text("Taken back: {sum}", sum=MINUS + money(abs(told.return_for_pay), told.currency))
    if told.fact and told.fact.profit is not None:
        profit = signed(language, told.fact.profit, language.sign(told.currency))
        yield text("By the sales report: {profit}", profit=profit) + _difference(language, told)
    else:
        yield text("What has ≈ is an estimate: the sales report will tell")


def _difference(language: Language, told: ReportedMoney) -> str:
    if not told.profit_difference:
        return ""
    difference = signed(language, told.profit_difference, language.sign(told.currency))
    return language.text(" ({difference} to the estimate)", difference=difference)


def _rows(language: Language, told: ReportedMoney, estimate: UnitMoney) -> Iterator[tuple[str, str]]:
    text, money, currency = language.text, language.money, told.currency
    not_yet = text(NOT_YET)
    yield text("Before discounts"), money(told.total_price, currency)
    yield text("Seller's price"), not_yet if estimate.price is None else money(estimate.price, currency)
    yield text("Buyer pays"), not_yet if estimate.buyer_price is None else money(estimate.buyer_price, currency)
    for label, field in COSTS:
        amount: Decimal | None = getattr(estimate, field)
        if amount:
            yield text(label), f"{ABOUT} {MINUS}{money(about(amount), currency)}"
    if estimate.cost is not None:
        yield text("Cost"), f"{MINUS}{money(estimate.cost, currency)}"
    profit = estimate.profit
    shown = UNKNOWN if profit is None else f"{ABOUT} {signed(language, about(profit), language.sign(currency))}"
    yield text("Profit"), shown


def _details(language: Language, estimate: UnitMoney) -> str:
    text, number = language.text, language.number
    ways = (estimate.delivery, estimate.delivery_back)
    there, back = (UNKNOWN if way is None else number(way) for way in ways)
    return joined(
        (
            None
            if estimate.spp is None
            else text("SPP {share}, without WB Wallet", share=share(language, estimate.spp)),
            None
            if estimate.commission_percent is None
            else text("commission {share} %", share=number(estimate.commission_percent)),
            None if ways == (None, None) else text("delivery {there} there, {back} back", there=there, back=back),
            None if estimate.margin is None else text("margin {share}", share=share(language, estimate.margin)),
            None if estimate.roi is None else f"ROI {share(language, estimate.roi)}",
        )
    )
