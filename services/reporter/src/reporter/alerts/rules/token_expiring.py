"""The cabinet's token ends soon, until the seller gives another."""

from collections.abc import Iterator

from contracts.alerts import Severity
from contracts.analytics import WHOLE_CABINET
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import TOKEN_CRITICAL_DAYS, TOKEN_WARNING_DAYS

_FACTS = text(f"""
SELECT expiring_at, threshold_days FROM cabinet_tokens
WHERE cabinet_id = :cabinet_id AND {WHOLE_CABINET} = ANY (CAST(:nm_ids AS bigint[]))
    AND expiring_at IS NOT NULL AND (expires_at IS NULL OR expires_at = expiring_at)
""")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        yield Cause(
            subject="token",
            nm_id=WHOLE_CABINET,
            severity=_severity(row["threshold_days"]),
            material=str(row["threshold_days"]),
            figures={"expires_at": row["expiring_at"], "threshold_days": row["threshold_days"]},
        )


def _severity(days: int) -> Severity:
    if days <= TOKEN_CRITICAL_DAYS:
        return "critical"
    return "warning" if days <= TOKEN_WARNING_DAYS else "info"


RULE = Rule(name="token_expiring", causes=causes, facts=_FACTS)
