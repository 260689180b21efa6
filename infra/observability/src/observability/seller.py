"""One seller's cabinet. Metrics have no cabinets, so this asks PostgreSQL, in the views that administrators have."""

from observability.panels import Dashboard, Table

_OF = "cabinet_id = CAST('$cabinet_id' AS uuid)"


def seller() -> Dashboard:
    """Readings, what is read apart, quarantine and messages of the cabinet whose id is entered."""
    return Dashboard(
        "pulse-seller",
        "Pulse: one seller",
        [
            Table(
                "Newest reading of each resource",
                "SELECT DISTINCT ON (resource) resource, outcome, coalesce(last_started_at, started_at) AS at,"
                " duration_seconds, waited_seconds, rows_new, rows_changed, error"
                f" FROM ingestor_admin.sync_logs WHERE {_OF} AND started_at > now() - interval '7 days'"
                " ORDER BY resource, started_at DESC",
                "waited_seconds: for limits of Wildberries.",
            ),
            Table(
                "Readings that failed or were refused",
                f"SELECT started_at, resource, outcome, runs, error FROM ingestor_admin.sync_logs WHERE {_OF}"
                " AND outcome <> 'completed' AND $__timeFilter(started_at) ORDER BY started_at DESC LIMIT 200",
                "In the time that the page shows.",
            ),
            Table(
                "Stretches of time that are read",
                "SELECT resource, why, state, since, until, percent, seconds_left, error"
                f" FROM ingestor_admin.sync_ranges WHERE {_OF} ORDER BY asked_at DESC LIMIT 50",
                "Apart from news.",
                width=12,
            ),
            Table(
                "Quarantine",
                f"SELECT resource, reason, times, last_seen_at FROM ingestor_admin.quarantine WHERE {_OF}"
                " ORDER BY last_seen_at DESC LIMIT 100",
                "Rows that could not be read.",
                width=12,
            ),
            Table(
                "Messages",
                "SELECT created_at, channel, kind, status, attempts, next_attempt_at, finished_at, last_error"
                f" FROM notifier_admin.deliveries WHERE {_OF} AND $__timeFilter(created_at)"
                " ORDER BY created_at DESC LIMIT 200",
                "Without what they say.",
            ),
        ],
        asks="cabinet_id",
    )
