"""What is left of a running campaign's budget lasts for less than a day."""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from contracts.analytics import WHOLE_CABINET
from contracts.currency import ROUBLE
from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import BUDGET_CRITICAL_HOURS, BUDGET_DAYS, BUDGET_HOURS, BUDGET_KEPT_HOURS
from reporter.figures.exact import rounded
from reporter.figures.sections.adverts import RUNNING

# Campaigns are looked up one by one: without statistics the planner would read the whole cabinet.
_FACTS = text(f"""
SELECT campaign.advert_id, campaign.name, coalesce(campaign.currency, '{ROUBLE}') AS currency, budget.total AS budget,
    spend.before, spend.days, spend.today
FROM campaigns AS campaign
JOIN campaign_budgets AS budget
    ON budget.cabinet_id = campaign.cabinet_id AND budget.advert_id = campaign.advert_id AND NOT budget.gone
CROSS JOIN LATERAL (
    SELECT coalesce(sum(spent) FILTER (WHERE day < CAST(:today AS date)), 0) AS before,
        count(DISTINCT day) FILTER (WHERE day < CAST(:today AS date) AND spent > 0) AS days,
        coalesce(sum(spent) FILTER (WHERE day = CAST(:today AS date)), 0) AS today
    FROM campaign_stats AS stats
    WHERE stats.cabinet_id = campaign.cabinet_id AND stats.advert_id = campaign.advert_id
        AND day >= CAST(:today AS date) - {BUDGET_DAYS} AND day <= CAST(:today AS date)
    OFFSET 0
) AS spend
WHERE campaign.cabinet_id = :cabinet_id AND {WHOLE_CABINET} = ANY (CAST(:nm_ids AS bigint[]))
    AND campaign.status = {RUNNING} AND NOT campaign.gone
ORDER BY campaign.advert_id
""")
_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        per_day = _spent_per_day(row["before"], row["days"], row["today"])
        if per_day <= 0:
            continue
        hours_left = rounded(max(row["budget"], Decimal(0)) * 24 / per_day, _TENTH, ROUND_HALF_EVEN)
        if hours_left <= BUDGET_KEPT_HOURS:
            yield Cause(
                subject=str(row["advert_id"]),
                nm_id=WHOLE_CABINET,
                severity="critical" if hours_left <= BUDGET_CRITICAL_HOURS else "warning",
                raises=hours_left <= BUDGET_HOURS,
                currency=row["currency"],
                figures={
                    "advert_id": row["advert_id"],
                    "name": row["name"],
                    "budget": row["budget"],
                    "spent_per_day": rounded(per_day, _CENT, ROUND_HALF_EVEN),
                    "hours_left": hours_left,
                    "days": BUDGET_DAYS,
                },
            )


def _spent_per_day(before: Decimal, days: int, today: Decimal) -> Decimal:
    """The mean of the days on which it was shown; what today has taken already, where that is more."""
    return max(before / days if days else Decimal(0), today)


RULE = Rule(name="advert_budget_low", causes=causes, after=frozenset({Section.ADVERTS}), facts=_FACTS)
