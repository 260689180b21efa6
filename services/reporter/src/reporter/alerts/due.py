"""What rules whose causes come with time share: which items are to be looked at between two days."""

from typing import Final

from contracts.items import Section

DUE_HOURS: Final = 25
"""What came due earlier was seen when the day turned. So a rule that fails is not asked again and again for ever."""


def waiting(table: str, *, waits: str, hours: str, rule: str, severity: str) -> str:
    """Items with a row of a table of messages that `waits` for longer than `hours`, and no alert of it says so yet.

    An alert says so by its rule and severity (both SQL, as `hours`); its subject is `nm_id:id`.
    """
    return f"""
        SELECT message.cabinet_id, message.nm_id
        FROM figure_days
        CROSS JOIN LATERAL (
            SELECT cabinet_id, nm_id, id, {severity} AS severity FROM {table}
            WHERE {table}.cabinet_id = figure_days.cabinet_id AND nm_id IS NOT NULL AND {waits}
                AND created_at <= CAST(:now AS timestamptz) - make_interval(hours => {hours})
                AND created_at > CAST(:now AS timestamptz) - make_interval(hours => {hours} + {DUE_HOURS})
        ) AS message
        WHERE NOT EXISTS (
            SELECT FROM alerts
            WHERE alerts.cabinet_id = message.cabinet_id AND alerts.nm_id = message.nm_id AND rule = '{rule}'
                AND resolved_at IS NULL AND subject = message.nm_id || ':' || message.id
                AND alerts.severity = message.severity
        ) AND NOT EXISTS (
            SELECT FROM stale_sections AS stale
            WHERE stale.cabinet_id = message.cabinet_id AND stale.nm_id = message.nm_id
                AND section = '{Section.REVIEWS}'
        )
    """
