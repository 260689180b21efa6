"""An item's price with the seller's discount is another than a day ago."""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from contracts.alerts import Severity
from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import (
    PRICE_CRITICAL_PERCENT,
    PRICE_HOURS,
    PRICE_KEPT_PERCENT,
    PRICE_PERCENT,
    PRICE_WARNING_PERCENT,
)
from reporter.figures.exact import rounded

# Of sizes with prices of their own the lowest: it is what the shop shows.
_FACTS = text(f"""
SELECT prices.nm_id, prices.currency, min(prices.discounted_price) AS price, min(before.discounted_price) AS before
FROM prices
JOIN LATERAL (
    SELECT discounted_price, currency, gone FROM price_history AS old
    WHERE old.cabinet_id = prices.cabinet_id AND old.nm_id = prices.nm_id AND old.size_id = prices.size_id
        AND old.changed_at <= CAST(:now AS timestamptz) - make_interval(hours => {PRICE_HOURS})
    ORDER BY old.revision DESC LIMIT 1
) AS before ON before.currency = prices.currency AND NOT before.gone AND before.discounted_price > 0
WHERE prices.cabinet_id = :cabinet_id AND prices.nm_id = ANY (CAST(:nm_ids AS bigint[]))
    AND NOT prices.gone AND prices.discounted_price > 0
GROUP BY prices.nm_id, prices.currency
ORDER BY prices.nm_id, prices.currency
""")
_TENTH = Decimal("0.1")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        percent = rounded((row["price"] - row["before"]) * 100 / row["before"], _TENTH, ROUND_HALF_EVEN)
        if abs(percent) >= PRICE_KEPT_PERCENT:
            yield Cause(
                subject=f"{row['nm_id']}:{row['currency']}",
                nm_id=row["nm_id"],
                severity=_severity(abs(percent)),
                material=str(row["price"].normalize()),
                raises=abs(percent) >= PRICE_PERCENT,
                currency=row["currency"],
                figures={"price": row["price"], "price_before": row["before"], "change_percent": percent},
            )


def _severity(percent: Decimal) -> Severity:
    if percent >= PRICE_CRITICAL_PERCENT:
        return "critical"
    return "warning" if percent >= PRICE_WARNING_PERCENT else "info"


RULE = Rule(name="price_changed", causes=causes, after=frozenset({Section.MONEY}), facts=_FACTS)
