"""Cabinets with their members, deliveries with their attempts, photos, webhooks, pauses."""

from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox

revision = "2026_11_21_deliveries"
down_revision = None


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    op.execute("""
        CREATE TABLE cabinets (
            cabinet_id uuid PRIMARY KEY,
            name text,
            seller_name text,
            connected_at timestamptz,
            verified_at timestamptz,
            disconnected_at timestamptz
        )
    """)
    op.execute("""
        CREATE TABLE members (
            cabinet_id uuid NOT NULL,
            telegram_id bigint NOT NULL,
            PRIMARY KEY (cabinet_id, telegram_id)
        )
    """)
    op.execute("""
        CREATE TABLE webhooks (
            cabinet_id uuid NOT NULL,
            id uuid NOT NULL,
            url text NOT NULL,
            sealed_secret text NOT NULL,
            sealed_previous_secret text,
            previous_until timestamptz,
            created_at timestamptz NOT NULL DEFAULT now(),
            disabled_at timestamptz,
            PRIMARY KEY (cabinet_id, id)
        )
    """)
    op.execute("""
        CREATE TABLE deliveries (
            cabinet_id uuid NOT NULL,
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            order_id uuid NOT NULL,
            order_revision integer NOT NULL,
            channel text NOT NULL CHECK (channel IN ('telegram', 'webhook')),
            recipient text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('order_new', 'order_changed', 'order_cancelled')),
            payload jsonb NOT NULL,
            reported_at timestamptz NOT NULL,
            event_id uuid NOT NULL,
            correlation_id uuid NOT NULL,
            traceparent text,
            status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sending', 'delivered', 'failed')),
            attempts integer NOT NULL DEFAULT 0,
            failures integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            lease_token uuid,
            message_id text,
            last_error text,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            finished_at timestamptz,
            PRIMARY KEY (cabinet_id, id),
            CONSTRAINT deliveries_one_message_per_change
                UNIQUE (cabinet_id, order_id, order_revision, channel, recipient)
        )
    """)
    op.execute("CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE status IN ('pending', 'sending')")
    op.execute("CREATE INDEX deliveries_finished_at ON deliveries (finished_at)")
    op.execute("""
        CREATE TABLE delivery_attempts (
            cabinet_id uuid NOT NULL,
            delivery_id uuid NOT NULL,
            attempt integer NOT NULL,
            started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            finished_at timestamptz,
            outcome text,
            error text,
            duration_ms integer,
            PRIMARY KEY (cabinet_id, delivery_id, attempt),
            FOREIGN KEY (cabinet_id, delivery_id) REFERENCES deliveries ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE TABLE photos (
            cabinet_id uuid NOT NULL,
            url text NOT NULL,
            file_id text NOT NULL,
            uploaded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (cabinet_id, url)
        )
    """)
    op.execute("CREATE TABLE pauses (channel text PRIMARY KEY, until timestamptz NOT NULL)")
    op.execute("""
        CREATE FUNCTION notify_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify(TG_TABLE_SCHEMA || '.deliveries', ''); RETURN NULL; END $$
    """)
    op.execute(
        "CREATE TRIGGER notify AFTER INSERT ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION notify_deliveries()"
    )


def downgrade() -> None:
    op.execute("DROP TABLE pauses, photos, delivery_attempts, deliveries, webhooks, members, cabinets")
    op.execute("DROP FUNCTION notify_deliveries()")
    drop_outbox_and_inbox(op)
