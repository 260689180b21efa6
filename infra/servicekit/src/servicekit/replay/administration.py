"""Replays that are begun, watched and stopped from another service: a view and two functions in `<service>_admin`.

An administrator's wish is a row of `replays` at once; the service itself sends what such rows ask for (`sending`).
"""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.replay.selection import Selection
from servicekit.replay.table import NAME, State

if TYPE_CHECKING:
    # What a service imports to run has no need of the migrations' tool.
    from servicekit.outbox.schema import Op

SILENT_SECONDS = 30
"""A running replay that has sent nothing for so long is silent: nobody sends it, or its consumer is away."""


def let_administer(op: "Op", service: str) -> None:
    """Let administrators see the service's replays, begin and turn them: `replays`, `begin_replay`, `turn_replay`."""
    schema = f"{service}_admin"
    op.execute(f"ALTER TABLE {NAME} ADD COLUMN sent_by_service boolean NOT NULL DEFAULT false")
    op.execute(f"""
        CREATE VIEW {schema}.replays AS
        SELECT replay_id, requested_by, requested_at, consumer, types, cabinet_ids, since, until, events_per_second,
            events, sent, state, sent_at, ended_at, sent_by_service,
            state = '{State.RUNNING}' AND sent_at < now() - interval '{SILENT_SECONDS} s' AS is_silent
        FROM {NAME}
    """)
    # As their owner, who alone may write the table; the schema says who may call them.
    op.execute(f"""
        CREATE FUNCTION {schema}.begin_replay(
            replay_id uuid, requested_by text, types text[], cabinet_ids uuid[], since timestamptz, until timestamptz,
            events_per_second double precision
        ) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = {service}, pg_temp AS $$
            INSERT INTO {NAME} (replay_id, requested_by, consumer, types, cabinet_ids, since, until,
                events_per_second, events, sent_by_service)
            VALUES ($1, $2, '{service}', $3, $4, $5, least($6, clock_timestamp()), $7, 0, true)
        $$
    """)
    op.execute(f"""
        CREATE FUNCTION {schema}.turn_replay(replay_id uuid, from_state text, to_state text) RETURNS boolean
        LANGUAGE sql SECURITY DEFINER SET search_path = {service}, pg_temp AS $$
            WITH turned AS (
                UPDATE {NAME} SET state = $3,
                    sent_by_service = sent_by_service OR $3 = '{State.RUNNING}',
                    ended_at = CASE WHEN $3 = '{State.RUNNING}' THEN NULL ELSE clock_timestamp() END
                WHERE {NAME}.replay_id = $1 AND state = $2 AND state <> '{State.DONE}'
                    AND $3 IN ('{State.RUNNING}', '{State.STOPPED}')
                RETURNING 1
            ) SELECT EXISTS (SELECT FROM turned)
        $$
    """)


def withdraw_administration(op: "Op", service: str) -> None:
    """Undo `let_administer`."""
    schema = f"{service}_admin"
    op.execute(f"DROP FUNCTION {schema}.turn_replay(uuid, text, text)")
    op.execute(
        f"DROP FUNCTION {schema}.begin_replay(uuid, text, text[], uuid[], timestamptz, timestamptz, double precision)"
    )
    op.execute(f"DROP VIEW {schema}.replays")
    op.execute(f"ALTER TABLE {NAME} DROP COLUMN sent_by_service")


async def begin(
    connection: AsyncConnection,
    replay_id: UUID,
    selection: Selection,
    *,
    requested_by: str,
    events_per_second: float | None,
) -> None:
    """Ask the consumer for a replay of what was published by now; it counts and sends it by itself."""
    await connection.execute(
        text(f"""
            SELECT {selection.consumer}_admin.begin_replay(:replay_id, :requested_by, CAST(:types AS text[]),
                CAST(:cabinet_ids AS uuid[]), CAST(:since AS timestamptz), CAST(:until AS timestamptz),
                CAST(:events_per_second AS double precision))
        """),
        {
            "replay_id": replay_id,
            "requested_by": requested_by,
            "types": list(selection.types),
            "cabinet_ids": None if selection.cabinet_ids is None else list(selection.cabinet_ids),
            "since": selection.since,
            "until": selection.until,
            "events_per_second": events_per_second,
        },
    )


async def turn(connection: AsyncConnection, consumer: str, replay_id: UUID, *, before: State, after: State) -> bool:
    """Stop a running replay after the page that it sends, or let a stopped one go on; False if it is not `before`."""
    found = await connection.scalar(
        text(f"SELECT {consumer}_admin.turn_replay(:replay_id, CAST(:before AS text), CAST(:after AS text))"),
        {"replay_id": replay_id, "before": before.value, "after": after.value},
    )
    return bool(found)
