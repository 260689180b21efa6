"""Users, cabinets, keys and syncs."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox, publish_log, withdraw_log
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    # That one holds a token, though a sealed one.
    publish_log(op, "gateway", without=["cabinet.connected.v1"])
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger()),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0", name="api_keys_scopes_check"
        ),
        sa.PrimaryKeyConstraint("key_id"),
        sa.UniqueConstraint("key_hash", name="api_keys_key_hash"),
    )
    op.create_table(
        "disconnected_cabinets",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("disconnected_at", sa.DateTime(timezone=True), nullable=False, comment="time of the event"),
        sa.Column("purged_at", sa.DateTime(timezone=True), comment="none: some of its rows are still to be deleted"),
        sa.PrimaryKeyConstraint("cabinet_id"),
    )
    op.create_index(
        "disconnected_cabinets_unpurged",
        "disconnected_cabinets",
        ["disconnected_at"],
        postgresql_where=sa.text("purged_at IS NULL"),
    )
    op.create_table(
        "sync_runs",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("sync_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("cabinet_id", "sync_id"),
    )
    op.create_index("sync_runs_newest", "sync_runs", ["cabinet_id", "requested_at", "sync_id"])
    op.create_index("sync_runs_requested_at", "sync_runs", ["requested_at"])
    op.create_index("sync_runs_sync_id", "sync_runs", ["sync_id"])
    op.create_index(
        "sync_runs_unfinished",
        "sync_runs",
        ["cabinet_id"],
        unique=True,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "users",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id"),
    )
    op.create_table(
        "sync_run_resources",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("sync_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("rows_new", sa.Integer()),
        sa.Column("rows_changed", sa.Integer()),
        sa.Column("rows_same", sa.Integer()),
        sa.Column("rows_quarantined", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["cabinet_id", "sync_id"], ["sync_runs.cabinet_id", "sync_runs.sync_id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("status IN ('queued', 'completed', 'failed')", name="sync_run_resources_status_check"),
        sa.PrimaryKeyConstraint("cabinet_id", "sync_id", "resource"),
    )
    op.create_table(
        "wb_cabinets",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("owner_telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("sealed_token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text()),
        sa.Column("status_detail", sa.Text()),
        sa.Column("seller_name", sa.Text()),
        sa.Column("trade_mark", sa.Text()),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connect_event_id", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["owner_telegram_id"],
            ["users.telegram_id"],
        ),
        sa.CheckConstraint("status IN ('unchecked', 'verified', 'suspended')", name="wb_cabinets_status_check"),
        sa.PrimaryKeyConstraint("cabinet_id"),
        sa.UniqueConstraint("owner_telegram_id", "seller_id", name="wb_cabinets_owner_seller"),
    )
    op.create_table(
        "cabinet_members",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cabinet_id"], ["wb_cabinets.cabinet_id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["telegram_id"],
            ["users.telegram_id"],
        ),
        sa.PrimaryKeyConstraint("cabinet_id", "telegram_id"),
    )
    op.create_index("cabinet_members_telegram_id", "cabinet_members", ["telegram_id"])
    op.create_table(
        "entered_rows",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False, comment="0: the whole cabinet, or every item"),
        sa.Column("day", sa.Date(), nullable=False, comment="that it holds from, or the first of the month"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB()),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "kind", "nm_id", "day", "revision"),
    )


def downgrade() -> None:
    for table in (
        "entered_rows",
        "cabinet_members",
        "wb_cabinets",
        "sync_run_resources",
        "users",
        "sync_runs",
        "disconnected_cabinets",
        "api_keys",
    ):
        op.drop_table(table)
    withdraw_log(op, "gateway")
    drop_outbox_and_inbox(op)
