"""What the ingestor keeps beside the resources' own tables (`ingestor.resources`)."""

from typing import Any

from servicekit.tombstones import tombstones
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
    Column("lease_holder", BigInteger),  # the lock of the process that took it
    _moment("verified_at"),
    Column("currency", Text),  # the seller's, as WB stated it last
    _moment("checked_at"),  # when WB accepted the token last
    Column("doubt", Text),  # what WB refused a sync for since: the token is to be checked
    Column("refusals", Integer, nullable=False, server_default="0"),  # of checks, in a row and for one reason
    Column("refused_reason", Text),
    _moment("refused_since"),
    _moment("expires_at"),  # of the token, as it says itself
    Column("expiry_told_days", Integer),  # the last threshold that was told of this token
    _moment("active_at", server_default=_NOW),  # when a row changed or somebody asked for it last, about to the hour
    Index("cabinets_check", "next_check_at"),
    Index("cabinets_seller", "seller_id"),
    Index("cabinets_expiry", "expires_at"),
    Index("cabinets_active", "active_at", postgresql_where=text("status = 'verified'")),
)

sync_state = Table(
    "sync_state",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("cursor", JSONB),
    _moment("next_run_at", nullable=False, server_default=_NOW),  # infinity: not until it is begun, or called in
    Column("comes_first", Boolean, nullable=False, server_default="false"),  # of what is due; as its resource says
    _moment("sweep_at", nullable=False, server_default=_NOW),
    # Manual syncs not yet served, oldest first; `begun`: a reading that began after it is under way.
    Column("requests", JSONB, nullable=False, server_default="[]"),
    Column("progress", JSONB),  # of the sync under way, which may take several runs
    Column("first_load_done", Boolean, nullable=False, server_default="false"),
    Column("suspended_reason", Text),  # what WB refuses it for, once that is confirmed
    Column("refusals", Integer, nullable=False, server_default="0"),  # in a row
    _moment("refused_since"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_told", Boolean, nullable=False, server_default="false"),
    Column("last_error", Text),
    _moment("last_success_at"),
    _moment("accepted_at"),  # when WB answered it last; a run that has nothing to ask succeeds without
    _moment("late_at"),  # not read by then, it is late; none: it was never read to its end since the last check
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("every_seconds", Double),  # between two readings, as the last run saw it
    Column("every_because", Text),  # schedule, limits, sharing or dormant: what makes it so
    Column("waits_for", Text),  # limits or wildberries, while a reading is not at its end
    Column("lease_token", Uuid),
    _moment("lease_until"),
    Column("lease_holder", BigInteger),  # the lock of the process that took it
    Index("sync_state_due", "first_load_done", "comes_first", "next_run_at"),
    Index("sync_state_asked", "next_run_at", postgresql_where=text("requests <> '[]'")),
    Index("sync_state_late", "late_at"),
    Index(
        "sync_state_freshness",
        "resource",
        "last_success_at",
        postgresql_where=text("suspended_reason IS NULL AND next_run_at < 'infinity'"),
    ),
    Index("sync_state_troubled", "resource", postgresql_where=text("failures > 0 OR suspended_reason IS NOT NULL")),
)

sync_ranges = Table(
    "sync_ranges",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True, server_default=text("uuidv7()")),
    Column("resource", Text, nullable=False),
    _moment("since", nullable=False),
    _moment("until", nullable=False),  # not with it
    Column("why", Text, nullable=False),  # first_load | backfill | reconciliation
    Column("state", Text, nullable=False, server_default="waiting"),  # waiting | reading | done | failed
    Column("asked_by", JSONB),  # the event that asked
    _moment("asked_at", nullable=False, server_default=text("clock_timestamp()")),
    Column("cursor", JSONB),  # where it stands, and the windows that are left
    Column("progress", JSONB),  # what was read so far
    _moment("next_run_at", nullable=False, server_default=_NOW),
    _moment("read_at"),  # when WB answered last
    Column("failures", Integer, nullable=False, server_default="0"),  # since then
    _moment("failing_since"),
    Column("error", Text),
    _moment("started_at"),
    _moment("ended_at"),
    _moment("told_at"),  # how far it is
    Column("lease_token", Uuid),
    _moment("lease_until"),
    Column("lease_holder", BigInteger),  # the lock of the process that took it
    Index("sync_ranges_due", "next_run_at", postgresql_where=text("state IN ('waiting', 'reading')")),
    Index(
        "sync_ranges_in_line",
        "cabinet_id",
        "resource",
        "asked_at",
        postgresql_where=text("state IN ('waiting', 'reading')"),
    ),
    Index(
        "sync_ranges_asked_once",
        "cabinet_id",
        "resource",
        "since",
        "until",
        "why",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("sync_ranges_lease", "lease_token", postgresql_where=text("lease_token IS NOT NULL")),
    Index("sync_ranges_ended", "ended_at"),
    Index("sync_ranges_asked", "asked_at", "id"),
)
"""Stretches of time that are read apart from the news."""

sync_logs = Table(
    "sync_logs",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("resource", Text, nullable=False),
    Column("trigger", Text, nullable=False),  # manual | first_load | schedule, or why a range is read
    Column("outcome", Text, nullable=False),  # completed | paused | failed | refused | suspended
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
    Column("runs", Integer, nullable=False, server_default="1"),  # of an hour that found nothing, in one row
    _moment("last_started_at"),  # the last of several
    Index("sync_logs_started", "started_at"),
    Index("sync_logs_of_cabinet", "cabinet_id", "started_at"),
    Index("sync_logs_outcome", "outcome", "started_at"),
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
    Index("quarantine_last_seen_at", "last_seen_at"),
    Index("quarantine_resource", "resource", "last_seen_at"),
    Index("quarantine_of_cabinet", "cabinet_id", "last_seen_at"),
)

sync_seen = Table(
    "sync_seen",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("key", ARRAY(Text), primary_key=True),
    prefixes=["UNLOGGED"],
)
"""Keys of a full re-read that spans pages, until its last page shows which rows are gone."""

sync_losses = Table(
    "sync_losses",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("loss", Text, primary_key=True),  # gone | emptied
    Column("key", ARRAY(Text), primary_key=True),
    _moment("since", nullable=False),  # when the reading began that lost it
    prefixes=["UNLOGGED"],
)
"""Rows that a reading lost too many of at once: told if the next one loses them too."""

refused_subjects = Table(
    "refused_subjects",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # an id, or a day
    Column("reason", Text, nullable=False),
    _moment("since", nullable=False, server_default=_NOW),
    _moment("refused_at", nullable=False, server_default=_NOW),  # the last time
    _moment("ask_again_at", nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),
    Index("refused_subjects_refused_at", "refused_at"),
)
"""What WB refuses to be asked about, though it answers about others."""

odd_pages = Table(
    "odd_pages",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True, server_default=text("uuidv7()")),
    Column("resource", Text, nullable=False),
    Column("position", JSONB, nullable=False),  # what leads to it
    Column("odd_rows", ARRAY(BigInteger), nullable=False),  # hashes of what WB sent
    _moment("since", nullable=False, server_default=_NOW),
    _moment("ask_again_at", nullable=False),
    Index("odd_pages_since", "since"),
)
"""Pages with rows that could not be read, or only in part: they are asked for again."""

wb_commands = Table(
    "wb_commands",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("command_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # WB's id of what is written about
    Column("words", Text, nullable=False),
    Column("resource", Text, nullable=False),  # whose rows show what was written
    Column("holds_back", ARRAY(Text), nullable=False),  # resources whose syncs spend the same budget
    # requested | sending | sent | unknown | confirmed | refused | cancelled
    Column("state", Text, nullable=False, server_default="requested"),
    Column("code", Text),  # what it waits for, or was refused for; and the same in words
    Column("reason", Text),
    Column("revision", Integer, nullable=False, server_default="0"),  # of what was told of it
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("readings", Integer, nullable=False, server_default="0"),  # since it was sent last
    Column("absences", Integer, nullable=False, server_default="0"),  # of these, in a row: it had no effect
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("refusals", Integer, nullable=False, server_default="0"),  # in a row, of the token or the method
    _moment("refused_since"),
    Column("asked_by", BigInteger, nullable=False),
    _moment("asked_at", nullable=False),
    Column("cause", JSONB, nullable=False),
    _moment("due_at", server_default=_NOW),  # none: it has ended
    _moment("sending_at"),  # when it began to be sent last
    _moment("ended_at"),
    Column("lease_token", Uuid),
    _moment("lease_until"),
    Column("lease_holder", BigInteger),  # the lock of the process that took it
    Index("wb_commands_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("wb_commands_ended_at", "ended_at"),
)
"""What is to be written at WB: the journal of commands."""

wb_hints = Table(
    "wb_hints",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("key", LargeBinary, primary_key=True),  # of an event of WB's: its repeats have the same
    Column("event", Text, nullable=False),
    _moment("received_at", nullable=False, server_default=_NOW),
    Index("wb_hints_received_at", "received_at"),
)
"""Events of WB's webhooks that have come: a repeat of one has no effect."""

hinted_reads = Table(
    "hinted_reads",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    _moment("hinted_at", nullable=False, server_default=_NOW),
    Index("hinted_reads_hinted_at", "hinted_at"),
)
"""What is to be read because of a hint, until its reading is due."""

data_delays = Table(
    "data_delays",
    metadata,
    Column("cabinet_id", Uuid, primary_key=True),
    Column("resource", Text, primary_key=True),
    _moment("since", nullable=False),
    _moment("recovered_at"),  # when it was seen to be read again; told with the rest of its cabinet
)
"""Delays that were told and have not ended: since when nothing was read."""

disconnected_cabinets = tombstones(metadata)
