"""A weekly finance report came: what it pays, what it takes, and how that differs from what sales had promised."""

from collections.abc import Iterator
from typing import Final

from contracts.analytics import WHOLE_CABINET
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import FINANCE_QUIET_MINUTES, FINANCE_REPORT_DAYS
from reporter.figures.finance_lines import SUMS

NAME: Final = "finance_report"

# A week may have two reports, of main sales and of buyouts; sales know only the week.
_FACTS = text(f"""
SELECT report.*, sum(goods) OVER week - expected.for_pay AS difference, expected.for_pay AS expected, unexplained,
    NOT EXISTS (
        SELECT FROM sources
        WHERE sources.cabinet_id = :cabinet_id AND resource = 'finance'
            AND as_of > CAST(:now AS timestamptz) - make_interval(mins => {FINANCE_QUIET_MINUTES})
    ) AS is_complete
FROM (
    SELECT report_id, currency, min(coalesce(report_from, rr_date)) AS period_from, max(report_to) AS period_to, {SUMS},
        coalesce(sum(
            CASE seller_oper_name WHEN 'Продажа' THEN for_pay WHEN 'Возврат' THEN - for_pay END
        ), 0) AS goods
    FROM finance_rows
    WHERE cabinet_id = :cabinet_id AND {WHOLE_CABINET} = ANY (CAST(:nm_ids AS bigint[]))
        AND report_to >= CAST(:today AS date) - {FINANCE_REPORT_DAYS} AND report_to < CAST(:today AS date)
    GROUP BY report_id, currency
) AS report
CROSS JOIN LATERAL (
    SELECT sum(for_pay - returns_for_pay) AS for_pay FROM day_totals
    WHERE cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET} AND day_totals.currency = report.currency
        AND day BETWEEN period_from AND period_to
) AS expected
CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount), 0) AS unexplained FROM reconciliation AS part
    WHERE cabinet_id = :cabinet_id AND against = 'finance' AND class = 'unknown' AND part.currency = report.currency
        AND day BETWEEN period_from AND period_to
) AS left_over
WINDOW week AS (PARTITION BY currency, period_from, period_to)
ORDER BY report_id, currency
""")
_DUE = f"""
SELECT alerts.cabinet_id, nm_id
FROM figure_days JOIN alerts ON alerts.cabinet_id = figure_days.cabinet_id AND rule = '{NAME}' AND resolved_at IS NULL
WHERE CAST(body -> 'figures' ->> 'period_to' AS date) < CAST(:today AS date) - {FINANCE_REPORT_DAYS}
"""


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        taken = row["logistics"] + row["storage"] + row["acceptance"] + row["penalties"]
        yield Cause(
            subject=f"{row['report_id']}:{row['currency']}",
            nm_id=WHOLE_CABINET,
            report_id=row["report_id"],
            severity="info",
            raises=row["is_complete"],
            currency=row["currency"],
            figures={
                "period_from": row["period_from"],
                "period_to": row["period_to"],
                "to_be_paid": row["payout"] - taken,
                "pieces": int(row["pieces"]),
                "sales": row["price"],
                "payout": row["payout"],
                "logistics": row["logistics"],
                "storage": row["storage"],
                "acceptance": row["acceptance"],
                "penalties": row["penalties"],
                "expected": row["expected"],
                "difference": row["difference"],
                "unexplained": row["unexplained"],
            },
        )


RULE = Rule(name=NAME, causes=causes, facts=_FACTS, due=_DUE)
