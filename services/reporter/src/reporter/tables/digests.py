"""Digests of periods that have ended."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from reporter.tables.columns import Moment, cabinet_id, metadata

digests = sa.Table(
    "digests",
    metadata,
    cabinet_id(),
    sa.Column("kind", sa.Text, primary_key=True, comment="day, week, or month"),
    sa.Column("first_day", sa.Date, primary_key=True),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="counts from 1 how often it was prepared"),
    sa.Column("prepared_at", Moment, nullable=False),
    sa.Column("looked_at", Moment, nullable=False, comment="when it was looked last whether late data change it"),
    sa.Column("made_of", sa.Text, nullable=False, comment="a hash of what the two periods came to"),
    sa.Column("body", JSONB, nullable=False, comment="the data of digest.prepared.v1"),
    sa.Index("digests_old", "prepared_at"),
)
