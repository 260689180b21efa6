"""Storing what an event says: one statement, however many rows; in any order, however often.

PostgreSQL reads the rows from the event's own JSON: turning 500 of them into parameters here would hold up everything
else that the process does. A row is stored where its revision is newer than the known one; what it touches is marked
in the same statement (`figures/stale.py`), as it was before and as it is now.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

from contracts.changed import ListedRow, RowChange
from contracts.currency import ROUBLE
from contracts.envelope import Event, EventData, Origin
from contracts.model import MOSCOW
from sqlalchemy import Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.stale import marks
from reporter.reconciliation.stale import marks as to_reconcile
from reporter.tables.columns import sql_type


def moscow_day(moment: str) -> str:
    """SQL: the Moscow day of a moment."""
    return f"CAST({moment} AT TIME ZONE INTERVAL '{MOSCOW.utcoffset(None)}' AS date)"


@dataclass(frozen=True)
class History:
    """What rows were is kept as well, also of revisions that come late.

    The key of its table says how much: with the revision in it every one, with a day the newest one of each day.
    """

    table: Table
    made: Mapping[str, str] = field(default_factory=dict)
    """SQL of its columns, over the event's rows; the others have the names of their fields."""
    where: str = "true"
    """Which of the event's rows."""
    greatest: Collection[str] = ()
    """Columns that hold the greatest of all revisions instead of the newest one's."""

    @property
    def noted(self) -> str:
        """The member of the statement that keeps the rows; it gives those that changed."""
        columns, key = self.table.columns.keys(), self.table.primary_key.columns.keys()
        told = {name: f"noted_{name}" if name in self.made else name for name in columns}
        by, newest = ", ".join(told[name] for name in key), "known.revision < excluded.revision"
        found = told | {name: f"max({told[name]}) OVER (PARTITION BY {by})" for name in self.greatest}
        kept = {name: f"CASE WHEN {newest} THEN excluded.{name} ELSE known.{name} END" for name in columns}
        kept |= {name: f"greatest(known.{name}, excluded.{name})" for name in self.greatest}
        return f"""noted AS (
            INSERT INTO {self.table.name} AS known ({", ".join(columns)})
            SELECT DISTINCT ON ({by}) {", ".join(f"{found[name]} AS {name}" for name in columns)}
            FROM told WHERE is_noted ORDER BY {by}, revision DESC
            ON CONFLICT ({", ".join(key)}) DO UPDATE
            SET {", ".join(f"{name} = {kept[name]}" for name in columns if name not in key)}
            WHERE {" OR ".join([newest, *(f"known.{name} < excluded.{name}" for name in self.greatest)])}
            RETURNING *
        )"""


@dataclass(frozen=True)
class Facts:
    """How the rows of an event become rows of a table."""

    event: type[EventData]
    table: Table
    made: Mapping[str, str] = field(default_factory=dict)
    """SQL of columns that are not simply a field of the event's rows."""
    cells: str | None = None
    """The cells that are touched: a query of nm_id and day over `touched`, the rows stored and those they replace."""
    sections: str | None = None
    """The sections that are touched: a query of nm_id and section, over `touched` and over `noted`: the rows of
    `history` that changed."""
    reconciled: bool = False
    """Orders of its items are compared with its rows."""
    history: History | None = None
    beside: str = ""
    """A join to the event's rows."""
    parameters: Callable[[Event[Any]], Mapping[str, object]] = field(default=lambda _: {})
    """Parameters that `made` and `beside` read, but for `:time` and `:origin`, which are always there."""

    @cached_property
    def rows_field(self) -> str:
        """The event's field that holds the rows."""
        [name] = self.event.model_fields
        return name

    @cached_property
    def row(self) -> type[RowChange]:
        """The model of a row."""
        model: type[RowChange] = get_args(self.event.model_fields[self.rows_field].annotation)[0]
        return model

    @cached_property
    def key(self) -> list[str]:
        """The names of the key's columns behind the cabinet's."""
        return [column.name for column in self.table.primary_key if column.name != "cabinet_id"]

    @property
    def resource(self) -> str:
        """What the ingestor calls it."""
        return self.event.TYPE.split(".", 1)[0]

    @cached_property
    def store(self) -> TextClause:
        """The statement that stores an event's rows."""
        return text(f"WITH {self._told}, {self._stored}{self._noted}{self._seen}{self._marked} SELECT")

    @property
    def _told(self) -> str:
        fields = {name: self.row.model_fields[name] for name in self.row.model_fields if name != "previous"}
        columns = {"cabinet_id": "CAST(:cabinet_id AS uuid)", **self._defaults, **self.made}
        selected = [f"{columns.get(c.name, c.name)} AS {c.name}" for c in self.table.columns]
        if self.history is not None:
            selected += [f"{sql} AS noted_{name}" for name, sql in self.history.made.items()]
            selected += [f"{self.history.where} AS is_noted"]
        return f"""told AS MATERIALIZED (
            SELECT {", ".join(selected)}
            FROM jsonb_to_recordset(CAST(:data AS jsonb) -> '{self.rows_field}')
                AS told ({", ".join(f"{name} {sql_type(each.annotation)}" for name, each in fields.items())})
                {self.beside}
        )"""

    @property
    def _defaults(self) -> dict[str, str]:
        columns = self.table.columns
        defaults = {"gone": "change = 'gone'"} if issubclass(self.row, ListedRow) and "gone" in columns else {}
        # Figures are kept apart by currency: the currency of amounts of which nobody stated one (ADR 0016).
        if "currency" in columns and not columns["currency"].nullable:
            defaults["currency"] = f"coalesce(currency, '{ROUBLE}')"
        return defaults

    @property
    def _stored(self) -> str:
        name, key = self.table.name, ", ".join(self.key)
        columns = self.table.columns.keys()
        same_key = " AND ".join(f"held.{each} = incoming.{each}" for each in self.key)
        stored_key = " AND ".join(f"known.{each} = stored.{each}" for each in self.key)
        # One statement cannot touch a row twice, so of two revisions in one batch only the newer is stored.
        # Known rows are looked up one by one: without statistics the planner would read the whole cabinet.
        return f"""incoming AS MATERIALIZED (
            SELECT DISTINCT ON ({key}) {", ".join(columns)} FROM told ORDER BY {key}, revision DESC
        ), known AS MATERIALIZED (
            SELECT known.* FROM incoming CROSS JOIN LATERAL (
                SELECT * FROM {name} AS held WHERE held.cabinet_id = incoming.cabinet_id AND {same_key} OFFSET 0
            ) AS known
        ), stored AS (
            INSERT INTO {name} ({", ".join(columns)}) SELECT * FROM incoming
            ON CONFLICT (cabinet_id, {key}) DO UPDATE
            SET {", ".join(f"{each} = excluded.{each}" for each in columns if each not in {"cabinet_id", *self.key})}
            WHERE {name}.revision < excluded.revision
            RETURNING *
        ), touched AS MATERIALIZED (
            SELECT * FROM stored
            UNION ALL
            SELECT known.* FROM known JOIN stored ON {stored_key}
        )"""

    @property
    def _noted(self) -> str:
        return "" if self.history is None else f", {self.history.noted}"

    @property
    def _seen(self) -> str:
        # What a seller enters is as old as he wants it to be.
        return f", {SEEN}" if self.event.PUBLISHER == "ingestor" else ""

    @property
    def _marked(self) -> str:
        of_figures = self.cells is not None or self.sections is not None
        marked = [marks(cells=self.cells, sections=self.sections)] if of_figures else []
        if self.reconciled:
            marked.append(f"to_reconcile AS ({to_reconcile('SELECT nm_id FROM touched')})")
        return "".join(f", {each}" for each in marked)


SEEN = """seen AS (
    INSERT INTO sources (cabinet_id, resource, as_of)
    VALUES (CAST(:cabinet_id AS uuid), CAST(:resource AS text), CAST(:time AS timestamptz))
    ON CONFLICT (cabinet_id, resource) DO UPDATE SET as_of = excluded.as_of
    WHERE sources.as_of IS NULL OR sources.as_of < excluded.as_of
)"""
"""The member that notes how old the source's data are. Binds `:cabinet_id`, `:resource`, `:time`."""


async def store(connection: AsyncConnection, facts: Facts, event: Event[Any]) -> None:
    """Store what is newer than what is known, and mark what it touches, in one statement."""
    values = {
        "cabinet_id": event.cabinetid,
        "resource": facts.resource,
        "time": event.time,
        "origin": event.origin.value,
        "is_live": event.origin is Origin.LIVE,
        "data": event.data.model_dump_json(),
        **facts.parameters(event),
    }
    await connection.execute(facts.store, values)
