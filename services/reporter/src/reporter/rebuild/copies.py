"""Which tables a rebuild makes anew, and what it may do with those in use.

By the modules that declare them, so that a table that is added is covered by itself.
"""

from collections.abc import Iterator
from types import ModuleType

import sqlalchemy as sa

from reporter import tables
from reporter.tables import entered
from reporter.tables import facts as of_facts
from reporter.tables import figures as of_figures

LEFT_ALONE = {
    "alerts": "what was told to people, and when: no rebuild tells it again, or takes it back",
    "digests": "as they were told",
    "told_steps": "which steps of orders were told",
    "waiting_steps": "which steps of orders wait to be told",
    "reconciliation": "looks again by itself wherever something changed",
    "cabinet_tokens": "of no row that anything is counted from",
    "disconnected_cabinets": "which cabinets are no more",
    "figure_days": "of which day the figures are",
}
"""Those of what is to be done, `stale_…`, are left alone as well."""

WITHOUT_REVISION = {"sources"}
"""Facts that keep the newest by the times of their events."""


def facts() -> Iterator[sa.Table]:
    """Rows that events brought. The log may have forgotten their events: a rebuild never deletes one."""
    return _of(of_facts, entered)


def figures() -> Iterator[sa.Table]:
    """Rows that were counted from facts."""
    return _of(of_figures)


def key_of(table: sa.Table) -> list[str]:
    """The columns of the key, the cabinet's first."""
    return [str(column.name) for column in table.primary_key]


def _of(*modules: ModuleType) -> Iterator[sa.Table]:
    declared = {id(value) for module in modules for value in vars(module).values()}
    return (
        table
        for table in tables.metadata.sorted_tables
        if id(table) in declared and table.name not in LEFT_ALONE and not table.name.startswith("stale_")
    )
