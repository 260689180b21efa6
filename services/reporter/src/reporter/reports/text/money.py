"""What one piece costs and brings."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.currency import sign
from contracts.items import UnitMoney
from contracts.order_report import ReportedMoney
from servicekit.text import UNKNOWN, money, number

from reporter.reports.text.words import ABOUT, MINUS, about, heading, joined, share, signed, table

NOT_YET = "ещё не пришла"
LACKING = {
    "dimensions": "габаритов товара",
    "tariff": "тарифов WB",
    "commission": "комиссии WB",
    "buyout": "доли выкупа",
    "cost": "себестоимости",
    "tax": "налога",
    "price": "цены",
}
COSTS = (
    ("Комиссия", "commission"),
    ("Логистика", "logistics"),
    ("Хранение", "storage"),
    ("Приёмка", "acceptance"),
    ("Штрафы", "penalties"),
    ("Реклама", "adverts"),
    ("Налог", "tax"),
    ("Прочее", "other"),
)
"""Estimates, in the order in which they are subtracted; those of 0 are left out."""


def money_lines(told: ReportedMoney) -> Iterator[str]:
    yield f"💰 {heading('Деньги за штуку')}"
    yield table([[label, value] for label, value in _rows(told, told.estimate)])
    if details := _details(told.estimate):
        yield details
    if told.missing:
        yield f"Для оценки не хватает: {', '.join(LACKING.get(what, what) for what in told.missing)}"
    if told.for_pay is not None:
        yield f"К перечислению: {money(told.for_pay, told.currency)} (предварительно)"
    if told.return_for_pay is not None:
        yield f"Возврат: {MINUS}{money(abs(told.return_for_pay), told.currency)}"
    if told.fact and told.fact.profit is not None:
        yield f"По отчёту реализации: {signed(told.fact.profit, sign(told.currency))}{_difference(told)}"
    else:
        yield "Всё с ≈ оценка: факт будет в отчёте реализации"


def _difference(told: ReportedMoney) -> str:
    if not told.profit_difference:
        return ""
    return f" ({signed(told.profit_difference, sign(told.currency))} к оценке)"


def _rows(told: ReportedMoney, estimate: UnitMoney) -> Iterator[tuple[str, str]]:
    yield "До скидки", money(told.total_price, told.currency)
    yield "Цена продавца", NOT_YET if estimate.price is None else money(estimate.price, told.currency)
    yield "Платит покупатель", NOT_YET if estimate.buyer_price is None else money(estimate.buyer_price, told.currency)
    for label, field in COSTS:
        amount: Decimal | None = getattr(estimate, field)
        if amount:
            yield label, f"{ABOUT} {MINUS}{money(about(amount), told.currency)}"
    if estimate.cost is not None:
        yield "Себестоимость", f"{MINUS}{money(estimate.cost, told.currency)}"
    profit = UNKNOWN if estimate.profit is None else f"{ABOUT} {signed(about(estimate.profit), sign(told.currency))}"
    yield "Прибыль", profit


def _details(estimate: UnitMoney) -> str:
    ways = (estimate.delivery, estimate.delivery_back)
    there, back = (UNKNOWN if way is None else number(way) for way in ways)
    return joined(
        (
            None if estimate.spp is None else f"СПП {share(estimate.spp)}, без WB Кошелька",
            None if estimate.commission_percent is None else f"комиссия {number(estimate.commission_percent)} %",
            None if ways == (None, None) else f"доставка {there} туда, {back} обратно",
            None if estimate.margin is None else f"маржа {share(estimate.margin)}",
            None if estimate.roi is None else f"ROI {share(estimate.roi)}",
        )
    )
