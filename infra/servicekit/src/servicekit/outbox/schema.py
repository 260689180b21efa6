"""DDL of outbox and inbox, called by each service's first migration; and of the log that others may read."""

from collections.abc import Sequence
from types import ModuleType

from alembic.operations import Operations

from servicekit.outbox.relay import CHANNEL, LANE

HORIZON_MARGIN = "10 s"
"""For transactions that have begun and do not show it yet."""

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
            body bytea NOT NULL,
            sent_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL DEFAULT now(),
            last_error text,
            PRIMARY KEY (cabinet_id, created_at, id)
        ) PARTITION BY RANGE (created_at)
    """)
    op.execute("CREATE INDEX outbox_log ON outbox (type, created_at)")
    # What is unsent is found by lane (live before the rest) and by when it is due.
    op.execute(f"CREATE INDEX outbox_unsent ON outbox ({LANE}, next_attempt_at) WHERE sent_at IS NULL")
    op.execute("CREATE TABLE outbox_default PARTITION OF outbox DEFAULT")
    for table in ("outbox", "outbox_default"):
        # Compressing the events of a large page takes PostgreSQL longer than storing its rows.
        op.execute(f"ALTER TABLE {table} ALTER COLUMN body SET STORAGE EXTERNAL")
    op.execute(f"""
        CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify(TG_TABLE_SCHEMA || '.{CHANNEL}', ''); RETURN NULL; END $$
    """)
    op.execute("CREATE TRIGGER notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox()")


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


def publish_log(op: Op, service: str, *, without: Sequence[str] = ()) -> None:
    """Let other services read the log of what this one published, but for the event types `without`.

    `event_log` shows the events of the cabinets named in `pulse.cabinet_ids`, as published views do;
    `event_log_cabinets` which cabinets have any; `event_log_horizon()` a time before which no event will appear any
    more: a transaction that is open writes events as of its beginning.
    """
    published = f"{service}_published"
    but = f" AND type NOT IN ({', '.join(repr(each) for each in without)})" if without else ""
    op.execute(f"""
        CREATE VIEW {published}.event_log AS
        SELECT cabinet_id, created_at, id, type, origin, body FROM outbox
        WHERE cabinet_id = ANY (
            CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[])){but}
    """)
    # From one cabinet to the next by the index: reading a hundred days of events to find their cabinets takes minutes.
    op.execute(f"""
        CREATE VIEW {published}.event_log_cabinets AS
        WITH RECURSIVE found AS (
            (SELECT cabinet_id FROM outbox ORDER BY cabinet_id LIMIT 1)
            UNION ALL
            SELECT later.cabinet_id FROM found CROSS JOIN LATERAL (
                SELECT cabinet_id FROM outbox WHERE outbox.cabinet_id > found.cabinet_id ORDER BY cabinet_id LIMIT 1
            ) AS later
        ) SELECT cabinet_id FROM found
    """)
    # As its owner: sessions of other roles show nobody else when their transactions began.
    op.execute(f"""
        CREATE FUNCTION {published}.event_log_horizon() RETURNS timestamptz
        LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT least(min(xact_start), clock_timestamp()) - interval '{HORIZON_MARGIN}' FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user AND xact_start IS NOT NULL
        $$
    """)


def withdraw_log(op: Op, service: str) -> None:
    """Undo `publish_log`; before the outbox is dropped."""
    op.execute(f"DROP FUNCTION {service}_published.event_log_horizon()")
    op.execute(f"DROP VIEW {service}_published.event_log_cabinets, {service}_published.event_log")


def drop_outbox_and_inbox(op: Op) -> None:
    op.execute("DROP TABLE outbox, inbox")
    op.execute("DROP FUNCTION notify_outbox()")
