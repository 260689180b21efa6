"""What an operator sees of the reporter, beside what every service shows: docs/operator-metrics.md."""

from servicekit.counters import begin_at_zero
from servicekit.metrics import COUNTED_TO, Reading

from reporter.alerts.alone import RULES_FAILED
from reporter.alerts.rules import RULES
from reporter.figures.failures import DIGESTS, FAILED, RECONCILIATION
from reporter.figures.parts import PART_OF_SECTION, Part

begin_at_zero(RULES_FAILED, *(rule.name for rule in RULES))

COUNTERS = (FAILED, RULES_FAILED)

KINDS = (*Part, RECONCILIATION, DIGESTS)
"""What is counted later than the event that touched it."""

# Of a cabinet it is known since when something of a part has been stale; what failed remembers its own time.
_STALE = f"""
    WITH since AS (
        SELECT part AS kind, stale_since FROM stale_cabinets
        UNION ALL
        SELECT kind, stale_since FROM stale_failures
        UNION ALL
        SELECT '{RECONCILIATION}', min(marked_at) FROM stale_reconciliations
    ), marked AS (
        SELECT '{Part.CELLS}' AS kind FROM (SELECT FROM stale_cells LIMIT {COUNTED_TO}) AS cells
        UNION ALL
        SELECT {PART_OF_SECTION}
        FROM (SELECT nm_id, section FROM stale_sections LIMIT {COUNTED_TO}) AS sections
        UNION ALL
        SELECT '{RECONCILIATION}' FROM (SELECT FROM stale_reconciliations LIMIT {COUNTED_TO}) AS items
    ), failed AS (
        SELECT kind FROM stale_failures LIMIT {COUNTED_TO}
    )
    SELECT kind,
        (SELECT count(*) FROM marked WHERE marked.kind = kinds.kind) AS pulse_stale_figures,
        CAST(coalesce(extract(epoch FROM now() - (
            SELECT min(stale_since) FROM since WHERE since.kind = kinds.kind)), 0) AS float
        ) AS pulse_stale_oldest_seconds,
        (SELECT count(*) FROM failed WHERE failed.kind = kinds.kind) AS pulse_stale_failing
    FROM unnest($1::text[]) AS kinds (kind)
"""

READINGS = (
    Reading(
        name="stale",
        gauges={
            "pulse_stale_figures": "Figures that wait to be counted, those that failed among them, counted up to "
            f"{COUNTED_TO:,}: cells of items and days, sections, items to be reconciled.",
            "pulse_stale_oldest_seconds": "How long the oldest of them have waited, by cabinet; 0 without one.",
            "pulse_stale_failing": "Those that could not be counted when they were tried last, counted up to "
            f"{COUNTED_TO:,}.",
        },
        labels=("kind",),
        sql=_STALE,
        arguments=([str(kind) for kind in KINDS],),
    ),
)
