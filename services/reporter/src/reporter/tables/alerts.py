"""Alerts as they were told, and what is known of the tokens that some of them are about."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from reporter.tables.columns import Moment, cabinet_id, metadata

alerts = sa.Table(
    "alerts",
    metadata,
    cabinet_id(),
    sa.Column("alert_id", sa.Uuid, primary_key=True, comment="the same in every episode"),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, comment="within the rule"),
    sa.Column("nm_id", sa.BigInteger, nullable=False, comment="0: the whole cabinet"),
    sa.Column("severity", sa.Text, nullable=False, comment="info, warning, or critical"),
    sa.Column("material", sa.Text, nullable=False, comment="told again where it differs"),
    sa.Column("body", JSONB, nullable=False, comment="the rest of the cause, as in contracts/alerts.py"),
    sa.Column("episode", sa.Integer, nullable=False, comment="how many times it has been raised"),
    sa.Column("revision", sa.Integer, nullable=False, comment="how many times it has been told"),
    sa.Column("raised_at", Moment, nullable=False, comment="in this episode"),
    sa.Column("raised_by", sa.Text, nullable=False, comment="origin: live, backfill, or replay"),
    sa.Column("changed_at", Moment, nullable=False, comment="told last"),
    sa.Column("resolved_at", Moment, comment="none: it is open"),
    sa.Index("alerts_item", "cabinet_id", "nm_id", "resolved_at"),
    # What the gateway lists them by, read backwards from the newest.
    sa.Index("alerts_raised", "cabinet_id", "raised_at", "alert_id"),
    sa.Index("alerts_open", "cabinet_id", "raised_at", "alert_id", postgresql_where=sa.text("resolved_at IS NULL")),
    sa.Index("alerts_rule", "cabinet_id", "rule", "raised_at", "alert_id"),
)

cabinet_tokens = sa.Table(
    "cabinet_tokens",
    metadata,
    cabinet_id(),
    sa.Column("expires_at", Moment, comment="end of the token given last; none: not heard of"),
    sa.Column("given_at", Moment, comment="time of the event that told of it"),
    sa.Column("expiring_at", Moment, comment="end of the token whose end was told last; none: no end was told"),
    sa.Column("threshold_days", sa.Integer, comment="at most so many days are left of it"),
    sa.Column("told_at", Moment, comment="time of the event that told of the end"),
)
