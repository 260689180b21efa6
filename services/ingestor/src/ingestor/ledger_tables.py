"""The completeness ledger (`sync.ledger`), and what of it is under way (`jobs.reconciliation`)."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, Table, Text, Uuid, text

from ingestor.tables import metadata

completeness = Table(
    "completeness",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("day", Date, primary_key=True),  # of Moscow
    Column("rows", Integer, nullable=False),
    Column("hash", BigInteger, nullable=False),  # of all rows' hashes, in no order
    Column("late", Integer, nullable=False, server_default="0"),  # rows that a re-reading found
    Column("late_at", DateTime(timezone=True)),  # and when
    Column("hidden", Integer, nullable=False, server_default="0"),  # rows that the last re-reading did not show
    Column("known_elsewhere", Integer, nullable=False, server_default="0"),  # rows that only other sources name
    Column(
        "asked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")
    ),  # when this was found to be so
    Index("completeness_asked_at", "asked_at"),
)
"""What is known of each day of a resource: written when it differs, so that a quiet night writes nothing."""

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("range_id", Uuid),  # the range that is being read
    Column("since", Date),  # its days
    Column("until", Date),  # not with it
    Column("nights", Integer),  # that were left when it began, with its own
    Column("first", Date),  # the first day of the pass under way
    Column("last", Date),  # and the day it ends before
    Column("again", Integer, nullable=False, server_default="0"),  # how often these days were read once more
    Column("whole_at", DateTime(timezone=True)),  # when all days had been read again
    Column("whole_since", Date),
    Column("whole_until", Date),
    Column("rows", BigInteger),  # of these days
    Column("error", Text),  # of the last night, if it failed
    Index("reconciliations_due", "due_at"),
    Index("reconciliations_under_way", "cabinet_id", postgresql_where=text("range_id IS NOT NULL")),
)
"""When a resource of a cabinet is read again, and what of it is."""

reconciled_days = Table(
    "reconciled_days",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("range_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("rows", Integer, nullable=False),
    prefixes=["UNLOGGED"],
)
"""How many rows of each day a re-reading under way has shown that were there before."""
