"""A rule that fails leaves its alerts as they are, and holds up no other."""

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import structlog
from prometheus_client import Counter
from servicekit.faults import is_away
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.alerts.rule import Rule

log = structlog.get_logger()

RULES_FAILED = Counter(
    "pulse_alert_rules_failed",
    "Times that a rule of alerts failed, and left its alerts as they were.",
    ("rule",),
    registry=None,
)


async def each_alone(
    connection: AsyncConnection,
    cabinet_id: UUID,
    rules: Collection[Rule],
    work: Callable[[Collection[Rule]], Awaitable[None]],
) -> None:
    """Do the work for all rules together; if that fails, for each by itself, without those that fail.

    Raises:
        Exception: the database is away or too busy, which is no rule's fault.
    """
    together = sorted(rules, key=lambda rule: rule.name)
    if not together:
        return
    try:
        async with connection.begin_nested():
            await work(together)
    except Exception as error:
        if is_away(error):
            raise
    else:
        return
    for rule in together:
        try:
            async with connection.begin_nested():
                await work([rule])
        except Exception as error:
            if is_away(error):
                raise
            failed(cabinet_id, rule, error)


def failed(cabinet_id: UUID, rule: Rule, error: Exception) -> None:
    """Tell operators that a rule failed."""
    RULES_FAILED.labels(rule.name).inc()
    log.error("alerts.rule_failed", cabinet_id=str(cabinet_id), rule=rule.name, exc_info=error)
