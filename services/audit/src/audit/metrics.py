"""What an operator sees of the audit, beside what every service shows: docs/operator-metrics.md."""

from collections.abc import Sequence

from servicekit.metrics import COUNTED_TO, Reading

from audit.settings import Settings

# Records are only ever added: the one that a scan finds first is about the oldest.
_SQL = f"""
    SELECT CAST(coalesce(extract(epoch FROM now() - coalesce(
               (SELECT at FROM heads ORDER BY number DESC LIMIT 1), (SELECT at FROM records LIMIT 1))), 0) AS float)
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
                "pulse_audit_head_age_seconds": "Age of the last signed head; before the first, of the first record.",
                "pulse_audit_heads_unanchored": "Signed heads that a place outside has not taken, counted up to "
                f"{COUNTED_TO:,}.",
            },
            sql=_SQL,
            arguments=(settings.heads_path is not None, settings.heads_url is not None),
        ),
    )
