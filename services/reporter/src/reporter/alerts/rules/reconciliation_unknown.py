"""Orders by API differ from the funnel or from finance, and no class explains it; one alert for the whole cabinet."""

from collections.abc import Iterator

from contracts.analytics import WHOLE_CABINET
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen

ITEMS = 5
"""So many are named, those with the most unknown money first."""

_FACTS = text(f"""
SELECT against, currency, count(*) AS items, min(first_day) AS first_day, max(last_day) AS last_day,
    sum(abs_pieces) AS pieces, sum(abs_amount) AS amount,
    (array_agg(jsonb_build_object(
        'nm_id', nm_id, 'pieces', pieces, 'amount', CAST(amount AS text)
    ) ORDER BY abs_amount DESC, abs_pieces DESC, nm_id))[1:{ITEMS}] AS most
FROM (
    SELECT against, currency, nm_id, min(day) AS first_day, max(day) AS last_day,
        sum(abs(pieces)) AS abs_pieces, sum(abs(amount)) AS abs_amount, sum(pieces) AS pieces, sum(amount) AS amount
    FROM reconciliation
    WHERE cabinet_id = :cabinet_id AND class = 'unknown' AND {WHOLE_CABINET} = ANY (CAST(:nm_ids AS bigint[]))
    GROUP BY against, currency, nm_id
) AS unknown
GROUP BY against, currency
ORDER BY against, currency
""")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        yield Cause(
            subject=f"{row['against']}:{row['currency']}",
            nm_id=WHOLE_CABINET,
            severity="warning" if row["against"] == "finance" else "info",
            material=f"{row['pieces']} {row['amount'].normalize()}",
            money_at_risk=row["amount"],
            currency=row["currency"],
            figures={
                "against": row["against"],
                "items": row["items"],
                "pieces": int(row["pieces"]),
                "first_day": row["first_day"],
                "last_day": row["last_day"],
                "most": row["most"],
            },
        )


RULE = Rule(name="reconciliation_unknown", causes=causes, facts=_FACTS)
