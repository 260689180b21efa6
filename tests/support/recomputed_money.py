"""Money, adverts, reviews and regions computed a second time, the plainest way, from Wildberries' own rows.

It shares nothing with the reporter but the formulas of docs/metrics.md.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from support.recomputed import MOSCOW, PERIODS, Books, Ordered, rounded, share

Row = dict[str, Any]
SELLERS_WAREHOUSE = "Склад продавца"
OWN_TARIFF = "Свой склад РФ"


@dataclass(frozen=True)
class Entered:
    """What the seller entered: of each item its costs by the day they are valid from; the rest for all."""

    costs: dict[int, list[tuple[date, Decimal]]]
    other: list[tuple[date, Decimal]]
    tax_percent: Decimal

    def cost(self, nm_id: int, day: date) -> Decimal | None:
        return _valid(self.costs.get(nm_id, []), day)

    def other_cost(self, day: date) -> Decimal | None:
        return _valid(self.other, day)


def _valid(entries: list[tuple[date, Decimal]], day: date) -> Decimal | None:
    valid = [amount for since, amount in sorted(entries) if since <= day]
    return valid[-1] if valid else None


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """May be above 100."""
    return rounded(Fraction(100 * part) / Fraction(whole)) if whole else None


def quotient(part: Decimal, whole: int) -> Decimal | None:
    return rounded(Fraction(part) / whole) if whole else None


# -- adverts ----------------------------------------------------------------------------------------------------------


def adverts(books: Books, nm_id: int, today: date) -> Row | None:
    """Section `adverts`, in roubles; 0 is the cabinet."""
    mine = [row for row in books.newest["campaign_stats"].values() if nm_id in (0, row["nmId"])]
    periods = []
    for days in PERIODS:
        first = today - timedelta(days - 1)
        inside = [row for row in mine if first <= date.fromisoformat(row["date"][:10]) <= today]
        views, clicks, orders = (sum(row[name] for row in inside) for name in ("views", "clicks", "orders"))
        spent = sum((Decimal(str(row["sum"])) for row in inside), Decimal(0))
        orders_sum = sum((Decimal(str(row["sum_price"])) for row in inside), Decimal(0))
        everything = sum(
            (o.price for o in books.orders.values() if nm_id in (0, o.nm_id) and first <= o.day <= today and o.price),
            Decimal(0),
        )
        periods.append(
            {
                "period_days": days,
                "views": views,
                "clicks": clicks,
                "spent": rounded(spent),
                "orders": orders,
                "orders_sum": rounded(orders_sum),
                "drr": percent(spent, everything),
                "drr_adverts": percent(spent, orders_sum),
                "cpo": quotient(spent, orders),
                "ctr": percent(clicks, views),
                "cpc": quotient(spent, clicks),
            }
        )
    running = [
        row
        for row in books.last["campaigns"]
        if row["status"] == 9 and (nm_id == 0 or nm_id in [each["nm_id"] for each in row["nm_settings"]])
    ]
    budgets = {row["advertId"]: Decimal(str(row["total"])) for row in books.last["campaign_budgets"]}
    left = [budgets[row["id"]] for row in running if row["id"] in budgets]
    if not running and not any(period["views"] or period["spent"] for period in periods):
        return None
    return {"periods": periods, "campaigns": len(running), "budget_left": rounded(sum(left)) if left else None}


# -- reviews ----------------------------------------------------------------------------------------------------------


def reviews(books: Books, nm_id: int, today: date) -> Row | None:
    """Section `reviews`; 0 is the cabinet."""
    feedbacks = [row for row in books.last["feedbacks"] if nm_id in (0, row["productDetails"]["nmId"])]
    questions = [row for row in books.last["questions"] if nm_id in (0, row["productDetails"]["nmId"])]
    if not feedbacks and not questions:
        return None
    votes = [(row["productValuation"], _day(row["createdDate"])) for row in feedbacks if not row["parentFeedbackId"]]
    week = today - timedelta(6)
    fresh = [stars for stars, day in votes if day >= week]
    before = [stars for stars, day in votes if day < week]
    silent = [row for row in feedbacks if (row["text"] or row["pros"] or row["cons"]) and not _answered(row)]
    asked = [row for row in questions if not row["answer"] and row["state"] != "none"]
    return {
        "rating": _mean([stars for stars, _ in votes]),
        "count": len(votes),
        "stars": [sum(stars == each for stars, _ in votes) for each in range(1, 6)],
        "rating_week_ago": _mean(before),
        "bad_week": sum(stars <= 3 for stars in fresh),
        "count_week": len(fresh),
        "unanswered": len(silent),
        "unanswered_questions": len(asked),
        "oldest_unanswered_at": min((_moment(row["createdDate"]) for row in [*silent, *asked]), default=None),
    }


def _answered(row: Row) -> bool:
    return bool(row["answer"] and row["answer"].get("text")) and row["answer"].get("state") != "rejected"


def _mean(numbers: list[int]) -> Decimal | None:
    return rounded(Fraction(sum(numbers), len(numbers))) if numbers else None


def _moment(text: str) -> datetime:
    head, _, rest = text.partition(".")
    if rest:  # nanoseconds
        digits = "".join(c for c in rest if c.isdigit())[:6]
        return datetime.fromisoformat(f"{head}.{digits}+00:00")
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _day(text: str) -> date:
    return _moment(text).astimezone(MOSCOW).date()


# -- regions ----------------------------------------------------------------------------------------------------------


def regions(books: Books, nm_id: int, today: date) -> list[Row]:
    """The regions of 30 days with their orders and sums, most first."""
    first = today - timedelta(29)
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in books.newest["orders"].values():
        day = date.fromisoformat(row["date"][:10])
        if nm_id in (0, row["nmId"]) and first <= day <= today:
            okrug = row["oblastOkrugName"].replace(" федеральный округ", "")
            found[okrug or row["countryName"], row["regionName"]].append(Decimal(str(row["priceWithDisc"])))
    total = sum(map(len, found.values()))
    listed = [
        {
            "okrug": okrug,
            "region": region,
            "orders": len(sums),
            "orders_sum": rounded(sum(sums)),
            "share": share(len(sums), total),
        }
        for (okrug, region), sums in found.items()
    ]
    return sorted(listed, key=lambda each: (-each["orders"], -(each["orders_sum"] or 0), each["okrug"], each["region"]))


# -- money ------------------------------------------------------------------------------------------------------------


def fact(books: Books, entered: Entered, nm_id: int) -> Row | None:
    """What finance says of the last 30 reported days of an item."""
    mine = [row for row in books.newest["finance"].values() if nm_id in (0, row["nmId"])]
    if not mine:
        return None
    newest = max(date.fromisoformat(row["rrDate"]) for row in mine)
    oldest = newest - timedelta(29)
    mine = [row for row in mine if oldest <= date.fromisoformat(row["rrDate"]) <= newest]
    days = sorted(date.fromisoformat(row["rrDate"]) for row in mine)

    def signed(row: Row) -> int:
        return -1 if row["docTypeName"] == "Возврат" else 1

    def summed(*names: str, of: list[Row] = mine, always: bool = False) -> Fraction:
        return sum(
            (Fraction(str(row[name])) * (1 if always else signed(row)) for row in of for name in names), Fraction(0)
        )

    goods = [row for row in mine if row["sellerOperName"] in ("Продажа", "Возврат")]
    units = sum(int(row["quantity"]) * signed(row) for row in goods)
    there, back = sum(row["deliveryAmount"] for row in mine), sum(row["returnAmount"] for row in mine)
    ways = {
        "delivery": quotient_of([row for row in mine if row["deliveryAmount"]], there),
        "delivery_back": quotient_of([row for row in mine if row["returnAmount"]], back),
    }
    if units <= 0:
        return {"units": units, "ways": ways, "from": days[0], "to": days[-1]}
    price, payout = (
        summed("retailPriceWithDisc", of=goods) / units,
        summed("forPay", "cashbackDiscount", "additionalPayment") / units,
    )
    costs = [
        (entered.cost(row["nmId"], date.fromisoformat(row["rrDate"])), int(row["quantity"]) * signed(row))
        for row in goods
    ]
    others = [
        (entered.other_cost(date.fromisoformat(row["rrDate"])), int(row["quantity"]) * signed(row)) for row in goods
    ]
    spent = [
        Fraction(str(row["sum"]))
        for row in books.newest["campaign_stats"].values()
        if nm_id in (0, row["nmId"]) and oldest <= date.fromisoformat(row["date"][:10]) <= newest
    ]
    parts = {
        "price": rounded(price),
        "buyer_price": rounded(summed("retailAmount", of=goods) / units),
        "payout": rounded(payout),
        "logistics": rounded(summed("deliveryService", always=True) / units),
        "storage": rounded(summed("paidStorage", always=True) / units),
        "acceptance": rounded(summed("paidAcceptance", always=True) / units),
        "penalties": rounded(
            (summed("penalty", always=True) + summed("deduction", "cashbackAmount", "cashbackCommissionChange")) / units
        ),
        "adverts": rounded(sum(spent, Fraction(0)) / units) if spent else None,
        "cost": None
        if any(cost is None for cost, _ in costs)
        else rounded(sum((Fraction(cost or 0) * n for cost, n in costs), Fraction(0)) / units),
        "other": rounded(sum((Fraction(other or 0) * n for other, n in others), Fraction(0)) / units),
    }
    return {"units": units, "ways": ways, "from": days[0], "to": days[-1], "parts": parts}


def quotient_of(rows: list[Row], ways: int) -> Decimal | None:
    """The mean cost of a way."""
    return rounded(sum((Fraction(str(row["deliveryService"])) for row in rows), Fraction(0)) / ways) if ways else None


def unit_fact(found: Row, tax_percent: Decimal) -> Row:
    """Money of a bought piece as finance tells it; each part is rounded before it is added."""
    parts = dict(found["parts"])
    price, payout = parts["price"], parts["payout"]
    parts["commission"] = price - payout
    parts["commission_percent"] = percent(price - payout, price)
    parts |= found["ways"]
    return _with_profit(parts, tax_percent)


def _with_profit(parts: Row, tax_percent: Decimal) -> Row:
    price, cost = parts["price"], parts["cost"]
    tax = None if price is None else rounded(Fraction(price) * Fraction(tax_percent) / 100)
    demanded = (parts["payout"], parts["logistics"], tax, cost)
    extra = [parts.get(name) for name in ("storage", "acceptance", "penalties", "adverts", "other")]
    profit = None
    if all(amount is not None for amount in demanded):
        payout, logistics, taxes, goods = (Decimal(amount) for amount in demanded if amount is not None)
        profit = payout - logistics - taxes - goods - sum((each for each in extra if each is not None), Decimal(0))
    return parts | {
        "tax": tax,
        "profit": profit,
        "margin": None if profit is None else percent(profit, price),
        "roi": None if profit is None else percent(profit, cost),
    }


def unit_estimate(
    books: Books, entered: Entered, found: Row | None, nm_id: int, share_of_bought: Decimal | None, today: date
) -> Row:
    """Money of a piece if it were ordered today."""
    newest = newest_order(books, nm_id, today)
    prices = [
        Decimal(str(size["discountedPrice"]))
        for row in books.last["prices"]
        if row["nmID"] == nm_id
        for size in row["sizes"]
        if size["discountedPrice"]
    ]
    ordered_for = None if newest is None else newest["priceWithDisc"] or None
    price = min(prices) if prices else None if ordered_for is None else Decimal(str(ordered_for))
    card = next((row for row in books.last["products"] if row["nmID"] == nm_id), None)
    rate = None
    if card is not None and newest is not None:
        [tariff] = [row for row in books.last["tariffs_commission"] if row["subjectID"] == card["subjectID"]]
        own = newest["warehouseType"] == SELLERS_WAREHOUSE
        rate = Decimal(str(tariff["kgvpMarketplace" if own else "paidStorageKgvp"]))
    there, back = _ways(books, card, found, nm_id, today)
    logistics = None
    if there is not None and back is not None and share_of_bought:
        b = Fraction(share_of_bought) / 100
        logistics = rounded(Fraction(there) / b + Fraction(back) * (1 - b) / b)
    spp = _spp(books, nm_id, today)
    commission = None if price is None or rate is None else rounded(Fraction(price) * Fraction(rate) / 100)
    parts: Row = {
        "price": rounded(price),
        "buyer_price": None if price is None or spp is None else rounded(Fraction(price) * (100 - Fraction(spp)) / 100),
        "spp": rounded(spp),
        "commission_percent": rounded(rate),
        "commission": commission,
        "delivery": rounded(there),
        "delivery_back": rounded(back),
        "logistics": logistics,
        "adverts": _adverts(books, nm_id, share_of_bought, today),
        "cost": rounded(entered.cost(nm_id, today)),
        "other": rounded(entered.other_cost(today)),
        "payout": None if price is None or commission is None else rounded(price - commission),
    }
    return _with_profit(parts, entered.tax_percent)


def _ways(
    books: Books, card: Row | None, found: Row | None, nm_id: int, today: date
) -> tuple[Fraction | None, Fraction | None]:
    charged = {} if found is None else found["ways"]
    size = card["dimensions"] if card else {}
    sides = [Fraction(str(size.get(side) or 0)) for side in ("length", "width", "height")]
    litres = sides[0] * sides[1] * sides[2] / 1000 if card else Fraction(0)
    [own] = [row for row in books.last["tariffs_box"] if row["warehouseName"] == OWN_TARIFF]
    by_name = {row["warehouseName"]: row for row in books.last["tariffs_box"]}
    listed: list[tuple[Fraction, Fraction, int]] = []
    newest = newest_order(books, nm_id, today)
    sold_from_own = newest is not None and newest["warehouseType"] == SELLERS_WAREHOUSE
    for (name, is_own), pieces in warehouses(books, nm_id, today).items():
        if is_own != sold_from_own:
            continue
        row, kind = (by_name.get(name, own), "Marketplace") if is_own else (by_name.get(name), "")
        if row is not None and litres:
            base, litre, coef = (_number(row[f"boxDelivery{kind}{n}"]) for n in ("Base", "Liter", "CoefExpr"))
            way = base + max(Fraction(0), litres - 1) * litre
            listed.append((way, way * 100 / coef if coef else way, pieces))
    back = charged.get("delivery_back")
    if listed:
        pieces = sum(count for _, _, count in listed)
        there = sum((way * count for way, _, count in listed), Fraction(0)) / pieces
        by_tariff = sum((way * count for _, way, count in listed), Fraction(0)) / pieces
        return there, by_tariff if back is None else Fraction(back)
    there_charged = charged.get("delivery")
    there_or_none = None if there_charged is None else Fraction(there_charged)
    return there_or_none, there_or_none if back is None else Fraction(back)


def _number(text: str) -> Fraction:
    return Fraction(text.replace("\xa0", "").replace(" ", "").replace(",", "."))


def _spp(books: Books, nm_id: int, today: date) -> Decimal | None:
    first = today - timedelta(89)
    mine = [o for o in books.orders.values() if o.nm_id == nm_id and first <= o.day <= today and o.price]
    if not mine:
        return None
    newest = max(mine, key=lambda order: (order.at, order.srid))
    return Decimal(books.newest["orders"][newest.srid,]["spp"])


def _adverts(books: Books, nm_id: int, share_of_bought: Decimal | None, today: date) -> Decimal | None:
    first = today - timedelta(29)
    rows = [
        row
        for row in books.newest["campaign_stats"].values()
        if row["nmId"] == nm_id and first <= date.fromisoformat(row["date"][:10]) <= today
    ]
    orders = sum(o.nm_id == nm_id and first <= o.day <= today for o in books.orders.values())
    spent = sum((Fraction(str(row["sum"])) for row in rows), Fraction(0))
    if not rows or not orders or not share_of_bought:
        return None
    return rounded(spent / orders / (Fraction(share_of_bought) / 100))


def newest_order(books: Books, nm_id: int, today: date) -> Row | None:
    """The newest order of 90 days."""
    first = today - timedelta(89)
    mine: list[Ordered] = [o for o in books.orders.values() if o.nm_id == nm_id and first <= o.day <= today]
    return books.newest["orders"][max(mine, key=lambda order: (order.at, order.srid)).srid,] if mine else None


def warehouses(books: Books, nm_id: int, today: date) -> Counter[tuple[str, bool]]:
    """Orders of 30 days by the warehouse they came from, and whether it is the seller's own."""
    first = today - timedelta(29)
    return Counter(
        (row["warehouseName"], row["warehouseType"] == SELLERS_WAREHOUSE)
        for row in books.newest["orders"].values()
        if row["nmId"] == nm_id and first <= date.fromisoformat(row["date"][:10]) <= today
    )
