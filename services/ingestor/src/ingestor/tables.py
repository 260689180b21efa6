"""What the ingestor keeps beside the resources' own tables (`ingestor.resources`)."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()


def _moment(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


_NOW = text("now()")

cabinets = Table(
    "cabinets",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),  # unchecked | verified | suspended | disconnected (a tombstone)
    Column("reason", Text),
    Column("detail", Text),
    Column("seller_id", Uuid),
    Column("kind", Text),
    Column("categories", ARRAY(Text)),  # of WB's methods that the token opens; unknown: all
    Column("sealed_token", Text),
    Column("seller_name", Text),
    Column("trade_mark", Text),
    _moment("connected_at"),  # the first time: orders changed since are news, earlier ones are history
    _moment("token_at", nullable=False),  # time of the event that brought this token, or the disconnection
    Column("cause", JSONB),
    _moment("next_check_at"),
    Column("check_failures", Integer, nullable=False, server_default="0"),
    Column("lease_token", Uuid),
    _moment("lease_until"),
    _moment("verified_at"),
    Index("cabinets_check", "next_check_at"),
    Index("cabinets_seller", "seller_id"),
)

sync_state = Table(
    "sync_state",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("cursor", JSONB),
    _moment("next_run_at", nullable=False, server_default=_NOW),  # infinity: not until the seller acts
    _moment("sweep_at", nullable=False, server_default=_NOW),
    Column("requests", JSONB, nullable=False, server_default="[]"),  # manual syncs not yet served, oldest first
    Column("progress", JSONB),  # of the sync under way, which may take several runs
    Column("first_load_done", Boolean, nullable=False, server_default="false"),
    Column("suspended_reason", Text),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    _moment("last_success_at"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("lease_token", Uuid),
    _moment("lease_until"),
    Index("sync_state_due", "next_run_at"),
    Index("sync_state_lease", "lease_token"),
)

sync_logs = Table(
    "sync_logs",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("resource", Text, nullable=False),
    Column("trigger", Text, nullable=False),  # manual | first_load | schedule
    Column("outcome", Text, nullable=False),  # completed | paused | failed | suspended | switched_off
    Column("asked", JSONB),
    _moment("started_at", nullable=False),
    Column("duration_seconds", Double, nullable=False),
    Column("waited_seconds", Double, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("rows_new", Integer, nullable=False),
    Column("rows_changed", Integer, nullable=False),
    Column("rows_same", Integer, nullable=False),
    Column("rows_quarantined", Integer, nullable=False),
    Column("rows_gone", Integer, nullable=False),
    Column("error", Text),
    Column("traceparent", Text),
    Index("sync_logs_started", "started_at"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("body_hash", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("page", JSONB),
    _moment("first_seen_at", nullable=False, server_default=_NOW),
    _moment("last_seen_at", nullable=False, server_default=_NOW),
    Column("times", Integer, nullable=False, server_default="1"),
)

sync_seen = Table(
    "sync_seen",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("key", ARRAY(Text), primary_key=True),
)
"""Keys of a full re-read that spans pages, until its last page shows which rows are gone."""
