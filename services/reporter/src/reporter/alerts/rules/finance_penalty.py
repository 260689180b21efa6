"""A finance report has a penalty, or a deduction that is not as usual; one alert for each report, item and kind."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import DEDUCTION_TIMES, FINANCE_BEFORE_DAYS, FINANCE_DAYS

# A kind is what WB calls it, without the numbers of orders and documents in it.
_FACTS = text(f"""
SELECT nm_id, report_id, kind, currency, reported_to, penalty, deduction, max(deduction) OVER earlier AS greatest_before
FROM (
    SELECT coalesce(nm_id, 0) AS nm_id, report_id, currency, kind,
        max(coalesce(report_to, rr_date)) AS reported_to,
        coalesce(sum(penalty), 0) AS penalty, coalesce(sum(deduction), 0) AS deduction
    FROM finance_rows
    CROSS JOIN LATERAL (
        SELECT btrim(regexp_replace(coalesce(nullif(bonus_type_name, ''), seller_oper_name, ''), '[0-9№]+', '', 'g'))
    ) AS named (kind)
    WHERE cabinet_id = :cabinet_id AND (penalty <> 0 OR deduction <> 0)
        AND (nm_id = ANY (CAST(:nm_ids AS bigint[])) OR nm_id IS NULL AND 0 = ANY (CAST(:nm_ids AS bigint[])))
        AND coalesce(report_to, rr_date) >= CAST(:today AS date) - {FINANCE_BEFORE_DAYS}
    GROUP BY 1, 2, 3, 4
) AS found
WINDOW earlier AS (
    PARTITION BY nm_id, currency, kind ORDER BY reported_to
    RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 day' PRECEDING
)
ORDER BY nm_id, report_id, kind, currency
""")


def causes(seen: Seen) -> Iterator[Cause]:
    since = seen.today - timedelta(days=FINANCE_DAYS)
    for row in seen.rows:
        if row["reported_to"] >= since:
            yield from _cause(row)


def _cause(row: Mapping[str, Any]) -> Iterator[Cause]:
    before: Decimal | None = row["greatest_before"]
    # A kind whose weeks before came to nothing was never a deduction.
    is_odd = row["deduction"] > 0 and (not before or before < 0 or row["deduction"] >= DEDUCTION_TIMES * before)
    amount = max(row["penalty"], Decimal(0)) + (row["deduction"] if is_odd else Decimal(0))
    if amount > 0:
        yield Cause(
            subject=f"{row['report_id']}:{row['nm_id']}:{row['kind']}:{row['currency']}",
            nm_id=row["nm_id"],
            report_id=row["report_id"],
            severity="warning" if row["penalty"] > 0 else "info",
            material=str(amount.normalize()),
            money_at_risk=amount,
            currency=row["currency"],
            figures={
                "kind": row["kind"],
                "penalty": row["penalty"],
                "deduction": row["deduction"],
                "greatest_before": before,
                "reported_to": row["reported_to"],
            },
        )


RULE = Rule(name="finance_penalty", causes=causes, after=frozenset({Section.MONEY}), facts=_FACTS)
