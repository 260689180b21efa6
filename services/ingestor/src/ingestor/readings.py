"""What the ingestor's database knows for an operator: docs/operator-metrics.md."""

from collections.abc import Iterable
from datetime import timedelta

from servicekit.metrics import COUNTED_TO, Reading

# Of cabinets that are read: a refused token, and a stand-in that is not needed, tell nothing of how fresh data are.
_READ = """
    next_run_at < 'infinity' AND EXISTS (
        SELECT FROM cabinets c WHERE c.cabinet_id = s.cabinet_id AND c.status = 'verified')
"""
_FRESH = f"""
    SELECT last_success_at FROM sync_state s
    WHERE s.resource = names.resource AND suspended_reason IS NULL AND last_success_at IS NOT NULL AND {_READ}
    ORDER BY last_success_at
"""
_FRESHNESS = f"""
    SELECT resource,
        CAST(extract(epoch FROM now() - ({_FRESH} LIMIT 1)) AS float) AS pulse_sync_oldest_success_seconds,
        CAST(extract(epoch FROM now() - ({_FRESH} DESC LIMIT 1)) AS float) AS pulse_sync_newest_success_seconds
    FROM unnest($1::text[]) AS names (resource)
"""
_TROUBLED = f"""
    SELECT resource, coalesce(failing, 0) AS pulse_sync_failing, coalesce(suspended, 0) AS pulse_sync_suspended
    FROM unnest($1::text[]) AS names (resource) LEFT JOIN (
        SELECT resource, count(*) FILTER (WHERE failures > 0) AS failing,
            count(*) FILTER (WHERE suspended_reason IS NOT NULL) AS suspended
        FROM sync_state s WHERE (failures > 0 OR suspended_reason IS NOT NULL) AND {_READ} GROUP BY resource
    ) AS troubled USING (resource)
"""
# What stands in for another resource, or is refused, makes nobody's data old.
_LATE = f"""
    SELECT resource, coalesce(late, 0) AS pulse_sync_late
    FROM unnest($1::text[]) AS names (resource) LEFT JOIN (
        SELECT resource, count(*) AS late FROM (
            SELECT resource FROM sync_state s
            WHERE late_at <= now() AND suspended_reason IS NULL AND {_READ} LIMIT {COUNTED_TO}
        ) AS counted GROUP BY resource
    ) AS late USING (resource)
"""
_RANGES = """
    SELECT resource, coalesce(open, 0) AS pulse_ranges_open,
        coalesce(CAST(extract(epoch FROM now() - oldest) AS float), 0) AS pulse_ranges_oldest_seconds
    FROM unnest($1::text[]) AS names (resource) LEFT JOIN (
        SELECT resource, count(*) AS open, min(asked_at) AS oldest FROM sync_ranges
        WHERE state IN ('waiting', 'reading') GROUP BY resource
    ) AS waiting USING (resource)
"""
# One pass for all: a search by resource would be planned alike for one that has no rows and one that has them all.
_QUARANTINE = f"""
    SELECT resource, coalesce(kept, 0) AS pulse_quarantine_rows
    FROM unnest($1::text[]) AS names (resource) LEFT JOIN (
        SELECT resource, count(*) AS kept FROM (SELECT resource FROM quarantine LIMIT {COUNTED_TO}) AS counted
        GROUP BY resource
    ) AS quarantined USING (resource)
"""
_OPEN_COMMANDS = f"""
    SELECT count(*) AS pulse_wb_commands_open,
        CAST(coalesce(extract(epoch FROM now() - min(asked_at)), 0) AS float) AS pulse_wb_commands_oldest_seconds
    FROM (SELECT asked_at FROM wb_commands WHERE due_at IS NOT NULL LIMIT {COUNTED_TO}) AS open
"""
_CABINETS = f"""
    SELECT count(*) AS pulse_cabinets_read FROM (
        SELECT FROM cabinets WHERE status = 'verified' LIMIT {COUNTED_TO}
    ) AS counted
"""
_DORMANT = f"""
    SELECT count(*) AS pulse_cabinets_dormant FROM (
        SELECT FROM cabinets WHERE status = 'verified' AND active_at < now() - $1::interval LIMIT {COUNTED_TO}
    ) AS counted
"""
_STOPPED = """
    SELECT method,
        CAST(CASE WHEN stopped_at IS NULL THEN 0 ELSE extract(epoch FROM now() - failing_since) END AS float)
            AS pulse_wb_stopped_seconds
    FROM wb_methods
"""
_DRIFT = """
    SELECT method, kind, count(*) AS pulse_wb_drift FROM wb_shapes WHERE drifted GROUP BY method, kind
"""
_DISAGREEMENTS = """
    SELECT resource, field, CAST(coalesce(sum(orders), 0) AS bigint) AS pulse_orders_disagreeing
    FROM (VALUES ('orders', 'srid'), ('order_feed', 'srid'), ('orders', 'is_cancel'), ('order_feed', 'is_cancel'),
        ('orders', 'price')) AS known (resource, field)
    LEFT JOIN order_disagreements USING (resource, field) GROUP BY resource, field
"""


def readings(resources: Iterable[str], *, dormant_after: timedelta) -> tuple[Reading, ...]:
    """What the database knows of these resources, and of cabinets in which nothing has happened for so long."""
    labels, arguments = ("resource",), (list(resources),)
    return (
        Reading(
            name="freshness",
            gauges={
                "pulse_sync_oldest_success_seconds": "Time since the last complete reading of a resource, of the "
                "cabinet where that is longest. What is refused, or was never read to its end, does not count.",
                "pulse_sync_newest_success_seconds": "Time since the last complete reading of a resource, of the "
                "cabinet where that is shortest.",
            },
            labels=labels,
            sql=_FRESHNESS,
            arguments=arguments,
        ),
        Reading(
            name="syncs",
            gauges={
                "pulse_sync_failing": "Cabinets whose last run of a resource failed.",
                "pulse_sync_suspended": "Cabinets of which Wildberries refuses a resource, and that is confirmed.",
            },
            labels=labels,
            sql=_TROUBLED,
            arguments=arguments,
        ),
        Reading(
            name="late",
            gauges={
                "pulse_sync_late": "Cabinets whose last complete reading of a resource is longer ago than it may be: "
                f"then its data are old; counted up to {COUNTED_TO:,} in all.",
            },
            labels=labels,
            sql=_LATE,
            arguments=arguments,
        ),
        Reading(
            name="cabinets_read",
            gauges={"pulse_cabinets_read": f"Cabinets that are read, counted up to {COUNTED_TO:,}."},
            labels=(),
            sql=_CABINETS,
        ),
        Reading(
            name="cabinets",
            gauges={
                "pulse_cabinets_dormant": "Cabinets that are read more rarely, as nothing happens there and nobody "
                f"reads; counted up to {COUNTED_TO:,}.",
            },
            labels=(),
            sql=_DORMANT,
            arguments=(dormant_after,),
        ),
        Reading(
            name="wb_commands",
            gauges={
                "pulse_wb_commands_open": f"Commands that have not ended, counted up to {COUNTED_TO:,}.",
                "pulse_wb_commands_oldest_seconds": "Age of the oldest command that has not ended; 0 without one.",
            },
            labels=(),
            sql=_OPEN_COMMANDS,
        ),
        Reading(
            name="ranges",
            gauges={
                "pulse_ranges_open": "Ranges (stretches of time read apart from the news) that are not read to their "
                "end.",
                "pulse_ranges_oldest_seconds": "How long the oldest of them has waited since it was asked for; 0 "
                "without one.",
            },
            labels=labels,
            sql=_RANGES,
            arguments=arguments,
        ),
        Reading(
            name="quarantine",
            gauges={"pulse_quarantine_rows": f"Rows kept that could not be read, counted up to {COUNTED_TO:,} in all."},
            labels=labels,
            sql=_QUARANTINE,
            arguments=arguments,
        ),
        Reading(
            name="wb_methods",
            gauges={
                "pulse_wb_stopped_seconds": "How long a method of Wildberries has answered nobody, if that is "
                "confirmed; 0 while it answers.",
            },
            labels=("method",),
            sql=_STOPPED,
        ),
        Reading(
            name="wb_shapes",
            gauges={
                "pulse_wb_drift": "Names in a method's rows that came when its rows were known, and that nobody has "
                "looked at yet: field, type (of a field that had another), value (a code of Wildberries' own). No "
                "series without any.",
            },
            labels=("method", "kind"),
            sql=_DRIFT,
        ),
        Reading(
            name="disagreements",
            gauges={
                "pulse_orders_disagreeing": "Orders of the last 30 days that a source had time to show, and does not "
                "(srid), or not as cancelled (is_cancel), while the other does; and such as have two prices (price).",
            },
            labels=("resource", "field"),
            sql=_DISAGREEMENTS,
        ),
    )
