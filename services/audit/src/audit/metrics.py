"""What an operator sees of the audit, beside what every service shows: docs/operator-metrics.md."""

from collections.abc import Sequence

from servicekit.metrics import COUNTED_TO, Reading

from audit.settings import Settings

_SQL = f"""
    SELECT CAST(coalesce(extract(epoch FROM now() - (SELECT at FROM heads ORDER BY number DESC LIMIT 1)), 0) AS float)
               AS pulse_audit_head_age_seconds,
           (SELECT count(*) FROM (
                SELECT FROM heads WHERE ($1::bool AND filed_at IS NULL) OR ($2::bool AND posted_at IS NULL)
                LIMIT {COUNTED_TO}) AS waiting) AS pulse_audit_heads_unanchored
"""


def readings(settings: Settings) -> Sequence[Reading]:
    """What is read of the heads: those that a place outside has not taken are counted of the places that are set."""
    return (
        Reading(
            name="heads",
            gauges={
                "pulse_audit_head_age_seconds": "Age of the last signed head; 0 before the first.",
                "pulse_audit_heads_unanchored": "Signed heads that a place outside has not taken, counted up to "
                f"{COUNTED_TO:,}.",
            },
            sql=_SQL,
            arguments=(settings.heads_path is not None, settings.heads_url is not None),
        ),
    )
