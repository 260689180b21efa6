"""Users, cabinets and their members, API keys, requested syncs."""

from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox

revision = "2026_11_21_cabinets_keys_syncs"
down_revision = None


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    op.execute("""
        CREATE TABLE users (
            telegram_id bigint PRIMARY KEY,
            created_at timestamptz NOT NULL DEFAULT now()
        )
    """)
    op.execute("""
        CREATE TABLE wb_cabinets (
            cabinet_id uuid PRIMARY KEY,
            owner_telegram_id bigint NOT NULL REFERENCES users,
            seller_id uuid NOT NULL,
            name text,
            sealed_token text NOT NULL,
            kind text NOT NULL,
            categories text[] NOT NULL,
            read_only boolean NOT NULL,
            expires_at timestamptz NOT NULL,
            status text NOT NULL CHECK (status IN ('unchecked', 'verified', 'suspended')),
            status_reason text,
            status_detail text,
            seller_name text,
            trade_mark text,
            connected_at timestamptz NOT NULL,
            connect_event_id uuid NOT NULL,
            verified_at timestamptz,
            judged_at timestamptz,
            CONSTRAINT wb_cabinets_owner_seller UNIQUE (owner_telegram_id, seller_id)
        )
    """)
    op.execute("""
        CREATE TABLE cabinet_members (
            cabinet_id uuid NOT NULL REFERENCES wb_cabinets ON DELETE CASCADE,
            telegram_id bigint NOT NULL REFERENCES users,
            PRIMARY KEY (cabinet_id, telegram_id)
        )
    """)
    op.execute("CREATE INDEX cabinet_members_telegram_id ON cabinet_members (telegram_id)")
    op.execute("""
        CREATE TABLE api_keys (
            key_id uuid PRIMARY KEY,
            key_hash bytea NOT NULL CONSTRAINT api_keys_key_hash UNIQUE,
            prefix text NOT NULL,
            name text NOT NULL,
            telegram_id bigint,
            scopes text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0),
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz,
            revoked_at timestamptz,
            last_used_at timestamptz
        )
    """)
    op.execute("""
        CREATE TABLE sync_runs (
            cabinet_id uuid NOT NULL REFERENCES wb_cabinets ON DELETE CASCADE,
            sync_id uuid NOT NULL,
            requested_by bigint NOT NULL,
            requested_at timestamptz NOT NULL,
            finished_at timestamptz,
            PRIMARY KEY (cabinet_id, sync_id)
        )
    """)
    op.execute("CREATE UNIQUE INDEX sync_runs_unfinished ON sync_runs (cabinet_id) WHERE finished_at IS NULL")
    op.execute("CREATE INDEX sync_runs_sync_id ON sync_runs (sync_id)")
    op.execute("""
        CREATE TABLE sync_run_resources (
            cabinet_id uuid NOT NULL,
            sync_id uuid NOT NULL,
            resource text NOT NULL,
            status text NOT NULL CHECK (status IN ('queued', 'completed', 'failed')),
            started_at timestamptz,
            finished_at timestamptz,
            rows_new integer,
            rows_changed integer,
            rows_same integer,
            rows_quarantined integer,
            reason text,
            judged_at timestamptz,
            PRIMARY KEY (cabinet_id, sync_id, resource),
            FOREIGN KEY (cabinet_id, sync_id) REFERENCES sync_runs ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE sync_run_resources, sync_runs, api_keys, cabinet_members, wb_cabinets, users")
    drop_outbox_and_inbox(op)
