"""Lines of finance reports as what they did to the seller's money, whatever each of them is called.

What a line is called (`seller_oper_name`) only says whether pieces were sold or given back; amounts are taken from the
columns that they stand in. Amounts of returns are positive: `doc_type_name` says that they count the other way.
"""

from decimal import Decimal
from typing import Any, Final

from reporter.figures.unit_money import Reported

_PIECES = "CASE seller_oper_name WHEN 'Продажа' THEN quantity WHEN 'Возврат' THEN - quantity ELSE 0 END"
_SIGN = "CASE WHEN doc_type_name = 'Возврат' THEN -1 ELSE 1 END"
_SOLD = "seller_oper_name IN ('Продажа', 'Возврат')"

_AMOUNTS: Final = {
    "price": f"CASE WHEN {_SOLD} THEN {_SIGN} * retail_price_with_disc END",
    "buyer_price": f"CASE WHEN {_SOLD} THEN {_SIGN} * retail_amount END",
    "payout": f"{_SIGN} * (coalesce(for_pay, 0) + coalesce(cashback_discount, 0)) + coalesce(additional_payment, 0)",
    "logistics": "delivery_service",
    "storage": "paid_storage",
    "acceptance": "paid_acceptance",
    "penalties": "coalesce(penalty, 0) + coalesce(deduction, 0)"
    f" + {_SIGN} * (coalesce(cashback_amount, 0) + coalesce(cashback_commission_change, 0))",
    "there_sum": "CASE WHEN delivery_amount > 0 THEN delivery_service END",
    "back_sum": "CASE WHEN return_amount > 0 THEN delivery_service END",
}
_COUNTS: Final = {
    "pieces": _PIECES,
    "there": "CASE WHEN delivery_amount > 0 THEN delivery_amount END",
    "back": "CASE WHEN return_amount > 0 THEN return_amount END",
}

SUMS: Final = ", ".join(
    [
        *(f"coalesce(sum({expression}), 0) AS {name}" for name, expression in {**_COUNTS, **_AMOUNTS}.items()),
        f"count(*) FILTER (WHERE {_SOLD}) AS settlements",
        "min(rr_date) AS first",
        "max(rr_date) AS last",
    ]
)
"""What a group of lines (all in one currency) comes to: the columns that `reported` reads."""

SUMS_OF_SUMS: Final = ", ".join(
    [*(f"sum({name}) AS {name}" for name in (*_COUNTS, *_AMOUNTS)), "min(first) AS first", "max(last) AS last"]
)
"""What several groups come to together."""


def reported(
    row: Any, *, cost: Decimal | None = None, other: Decimal | None = None, spent: Decimal | None = None
) -> Reported:
    """The sums of a group of lines, with what the pieces cost besides."""
    return Reported(
        pieces=int(row.pieces),
        price=row.price,
        buyer_price=row.buyer_price,
        payout=row.payout,
        logistics=row.logistics,
        storage=row.storage,
        acceptance=row.acceptance,
        penalties=row.penalties,
        there=int(row.there),
        there_sum=row.there_sum,
        back=int(row.back),
        back_sum=row.back_sum,
        first=row.first,
        last=row.last,
        cost=cost,
        other=other,
        spent=spent,
    )
