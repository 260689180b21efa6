"""By how much orders by API differ from what Wildberries shows elsewhere, by the class of what explains it."""

import sqlalchemy as sa

from reporter.tables.columns import Moment, Pieces, Sum, cabinet_id, currency, metadata

reconciliation = sa.Table(
    "reconciliation",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True, comment="against the funnel of the order, against finance of the sale"),
    sa.Column("against", sa.Text, primary_key=True, comment="funnel, or finance"),
    currency(),
    sa.Column("class", sa.Text, primary_key=True, comment="reconciliation/classes.py"),
    sa.Column("pieces", Pieces, nullable=False, comment="theirs less those by API"),
    sa.Column("amount", Sum, nullable=False, comment="likewise"),
    sa.Column("open_on", sa.Date, comment="counted on this day, and again on the next; none: settled"),
    sa.Index("reconciliation_open", "open_on", "cabinet_id", postgresql_where=sa.text("open_on IS NOT NULL")),
    sa.Index("reconciliation_unknown", "cabinet_id", postgresql_where=sa.text("class = 'unknown'")),
    sa.Index("reconciliation_old", "day"),
)

stale_reconciliations = sa.Table(
    "stale_reconciliations",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    sa.Column("marked_at", Moment, nullable=False, comment="first time"),
    sa.Column(
        "marked_by",
        sa.BigInteger,
        nullable=False,
        server_default=sa.text("txid_current()"),
        comment="the last transaction that did",
    ),
    sa.Column("is_told", sa.Boolean, nullable=False, comment="no backfill alone marked it"),
    sa.Index("stale_reconciliations_waiting", "marked_at", "cabinet_id"),
)
