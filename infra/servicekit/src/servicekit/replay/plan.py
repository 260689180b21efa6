"""What a replay would send: counted in the log, cabinet by cabinet, before anything is sent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from servicekit import event_log
from servicekit.db import Database
from servicekit.replay.selection import Selection


@dataclass
class Plan:
    """Events by type and day (UTC), their bytes, and the cabinets that have some."""

    by_type_and_day: Counter[tuple[str, date]] = field(default_factory=Counter)
    bytes: int = 0
    cabinets: int = 0

    @property
    def events(self) -> int:
        """How many in all."""
        return self.by_type_and_day.total()


async def make_plan(database: Database, selection: Selection) -> Plan:
    """Count what the log holds of the selection; each statement counts one cabinet."""
    plan = Plan()
    publishers = event_log.by_publisher(selection.types)
    for cabinet_id in await cabinets_of(database, selection, publishers):
        before = plan.events
        for publisher, types in publishers.items():
            async with database.transaction() as connection:
                amounts = await event_log.count(
                    connection, publisher, cabinet_id, types, since=selection.since, until=selection.until
                )
            for amount in amounts:
                plan.by_type_and_day[amount.type, amount.day] += amount.events
                plan.bytes += amount.bytes
        plan.cabinets += plan.events > before
    return plan


async def cabinets_of(database: Database, selection: Selection, publishers: Iterable[str]) -> list[UUID]:
    """The cabinets of the selection, in order: those that it names, or all that the log knows."""
    if selection.cabinet_ids is not None:
        return sorted(selection.cabinet_ids)
    async with database.transaction() as connection:
        return await event_log.cabinets(connection, publishers)
