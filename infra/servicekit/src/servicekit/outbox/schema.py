"""DDL of outbox and inbox, called by each service's first migration."""

from types import ModuleType

from alembic.operations import Operations

from servicekit.outbox.relay import CHANNEL

Op = Operations | ModuleType
"""A migration's `alembic.op` is a module that stands for the operations of the running one."""


def create_outbox(op: Op) -> None:
    """The outbox, partitioned by day: at once the queue of what is unsent and the log that replays read."""
    op.execute("""
        CREATE TABLE outbox (
            cabinet_id uuid NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            id uuid NOT NULL,
            type text NOT NULL,
            origin text NOT NULL,
            replay_id uuid,
            traceparent text,
            body text NOT NULL,
            sent_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
            last_error text,
            PRIMARY KEY (cabinet_id, created_at, id)
        ) PARTITION BY RANGE (created_at)
    """)
    op.execute("CREATE INDEX outbox_unsent ON outbox (created_at) WHERE sent_at IS NULL")
    op.execute("CREATE INDEX outbox_log ON outbox (type, created_at)")
    op.execute("CREATE TABLE outbox_default PARTITION OF outbox DEFAULT")
    leave_bodies_uncompressed(op)
    op.execute(f"""
        CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify(TG_TABLE_SCHEMA || '.{CHANNEL}', ''); RETURN NULL; END $$
    """)
    op.execute("CREATE TRIGGER notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox()")


def leave_bodies_uncompressed(op: Op) -> None:
    """Compressing the events of a large page takes PostgreSQL longer than storing its rows."""
    for table in ("outbox", "outbox_default"):
        op.execute(f"ALTER TABLE {table} ALTER COLUMN body SET STORAGE EXTERNAL")


def create_inbox(op: Op) -> None:
    """The inbox: which consumer has handled which event."""
    op.execute("""
        CREATE TABLE inbox (
            consumer text NOT NULL,
            event_id uuid NOT NULL,
            received_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (consumer, event_id)
        )
    """)
    op.execute("CREATE INDEX inbox_received_at ON inbox (received_at)")


def drop_outbox_and_inbox(op: Op) -> None:
    op.execute("DROP TABLE outbox, inbox")
    op.execute("DROP FUNCTION notify_outbox()")
