"""The gateway's tables, as the newest migration leaves them."""

import sqlalchemy as sa
from servicekit.tombstones import tombstones
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()

_Moment = sa.DateTime(timezone=True)


def _now() -> sa.TextClause:
    return sa.text("now()")


users = sa.Table(
    "users",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("created_at", _Moment, nullable=False, server_default=_now()),
    sa.Column("note", sa.Text, nullable=False, server_default=""),  # an administrator's
    # Of the last sign-in.
    sa.Column("first_name", sa.Text),
    sa.Column("last_name", sa.Text),
    sa.Column("username", sa.Text),
    sa.Index("users_created_at", "created_at", "telegram_id"),
)

wb_cabinets = sa.Table(
    "wb_cabinets",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("owner_telegram_id", sa.BigInteger, sa.ForeignKey("users.telegram_id"), nullable=False),
    sa.Column("seller_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("sealed_token", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("categories", postgresql.ARRAY(sa.Text), nullable=False),
    sa.Column("read_only", sa.Boolean, nullable=False),
    sa.Column("expires_at", _Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("status_reason", sa.Text),
    sa.Column("status_detail", sa.Text),
    sa.Column("seller_name", sa.Text),
    sa.Column("trade_mark", sa.Text),
    sa.Column("connected_at", _Moment, nullable=False),  # when the current token was given
    sa.Column("told_at", _Moment),  # time of the last event about it: the next one is later
    sa.Column("connect_event_id", sa.Uuid, nullable=False),  # the event that told of the current token
    sa.Column("verified_at", _Moment),
    sa.Column("judged_at", _Moment),  # time of the last event that set the status; older ones are ignored
    sa.UniqueConstraint("owner_telegram_id", "seller_id", name="wb_cabinets_owner_seller"),
    sa.Index("wb_cabinets_status", "status", "cabinet_id"),
)

cabinet_members = sa.Table(
    "cabinet_members",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, sa.ForeignKey("wb_cabinets.cabinet_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, sa.ForeignKey("users.telegram_id"), primary_key=True),
    sa.Column("role", sa.Text, nullable=False, server_default="viewer"),
    sa.Column("joined_at", _Moment, nullable=False, server_default=_now()),
    sa.Index("cabinet_members_telegram_id", "telegram_id"),
    sa.Index("cabinet_members_owner", "cabinet_id", unique=True, postgresql_where=sa.text("role = 'owner'")),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", sa.Uuid, primary_key=True),
    sa.Column("key_hash", sa.LargeBinary, nullable=False),  # SHA-256; the key itself is stored nowhere
    sa.Column("prefix", sa.Text, nullable=False),  # the key's first characters, to recognise it by
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("telegram_id", sa.BigInteger),  # whom it acts for; null: for whomever the request names
    sa.Column("scopes", postgresql.ARRAY(sa.Text), nullable=False),
    sa.Column("created_at", _Moment, nullable=False, server_default=_now()),
    sa.Column("expires_at", _Moment),
    sa.Column("revoked_at", _Moment),
    sa.Column("last_used_at", _Moment),  # to the hour
    sa.UniqueConstraint("key_hash", name="api_keys_key_hash"),
    sa.Index("api_keys_telegram_id", "telegram_id", "key_id"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_id", sa.Uuid, primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    # SHA-256 of the secret that all its refresh tokens have, of the newest one's own, and of the one's before.
    sa.Column("family_hash", sa.LargeBinary, nullable=False),
    sa.Column("refresh_hash", sa.LargeBinary, nullable=False),
    sa.Column("previous_hash", sa.LargeBinary),
    sa.Column("opened_with", sa.Text, nullable=False),
    sa.Column("client", sa.Text),  # as it called itself, to recognise it by
    sa.Column("created_at", _Moment, nullable=False, server_default=_now()),
    sa.Column("refreshed_at", _Moment, nullable=False, server_default=_now()),
    sa.Column("ended_at", _Moment),
    sa.UniqueConstraint("family_hash", name="sessions_family_hash"),
    sa.Index("sessions_of_user", "telegram_id", "refreshed_at"),
    sa.Index("sessions_refreshed_at", "refreshed_at"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    # No foreign key: those that are over go by their age, and all of them by the purge.
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("invitation_id", sa.Uuid, primary_key=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),  # SHA-256; the token itself is stored nowhere
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("created_by", sa.BigInteger, nullable=False),
    sa.Column("created_at", _Moment, nullable=False, server_default=_now()),
    sa.Column("expires_at", _Moment, nullable=False),
    sa.Column("used_at", _Moment),
    sa.Column("used_by", sa.BigInteger),
    sa.Column("revoked_at", _Moment),
    sa.UniqueConstraint("token_hash", name="invitations_token_hash"),
    sa.Index("invitations_expires_at", "expires_at"),
)

sync_runs = sa.Table(
    "sync_runs",
    metadata,
    # No foreign key: all syncs of a cabinet are too many to be deleted together with it.
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("sync_id", sa.Uuid, primary_key=True),
    sa.Column("requested_by", sa.BigInteger, nullable=False),  # 0: an administrator
    sa.Column("administrator", sa.Text),  # null: a user asked
    sa.Column("requested_at", _Moment, nullable=False),
    sa.Column("finished_at", _Moment),  # when its last resource ended; null: unfinished
    sa.Index("sync_runs_unfinished", "cabinet_id", unique=True, postgresql_where=sa.text("finished_at IS NULL")),
    sa.Index("sync_runs_sync_id", "sync_id"),
    sa.Index("sync_runs_requested_at", "requested_at"),
    sa.Index("sync_runs_newest", "cabinet_id", "requested_at", "sync_id"),
)

sync_run_resources = sa.Table(
    "sync_run_resources",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("sync_id", sa.Uuid, primary_key=True),
    sa.Column("resource", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("started_at", _Moment),
    sa.Column("finished_at", _Moment),
    sa.Column("rows_new", sa.Integer),
    sa.Column("rows_changed", sa.Integer),
    sa.Column("rows_same", sa.Integer),
    sa.Column("rows_quarantined", sa.Integer),
    sa.Column("reason", sa.Text),
    sa.Column("judged_at", _Moment),  # time of the event that set this row; older ones are ignored
    sa.ForeignKeyConstraint(
        ["cabinet_id", "sync_id"], ["sync_runs.cabinet_id", "sync_runs.sync_id"], ondelete="CASCADE"
    ),
)

entered_rows = sa.Table(
    "entered_rows",
    metadata,
    # No foreign key: what a seller entered in years is too much to be deleted together with the cabinet.
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet, or every item"),
    sa.Column("day", sa.Date, primary_key=True, comment="that it holds from, or the first of the month"),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("body", postgresql.JSONB(none_as_null=True)),  # null: taken back
    sa.Column("entered_at", _Moment, nullable=False),
    sa.Column("entered_by", sa.BigInteger, nullable=False),
)

alert_marks = sa.Table(
    "alert_marks",
    metadata,
    # No foreign key, as above.
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("alert_id", sa.Uuid, primary_key=True),
    sa.Column("episode", sa.Integer, nullable=False),  # of the alert: the mark holds for it
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.Text),  # null: the mark was taken back
    sa.Column("until", _Moment),  # of snoozed: when it ends
    sa.Column("marked_by", sa.BigInteger, nullable=False),
    sa.Column("marked_at", _Moment, nullable=False),
)

wb_commands = sa.Table(
    "wb_commands",
    metadata,
    # No foreign key, as above.
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("command_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, comment="review, question"),
    sa.Column("subject", sa.Text, nullable=False, comment="WB's id of it"),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="requested"),
    sa.Column("code", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),  # of what was heard of it
    sa.Column("asked_by", sa.BigInteger, nullable=False),
    sa.Column("asked_at", _Moment, nullable=False),
    sa.Column("changed_at", _Moment, nullable=False),
    sa.Column("next_try_at", _Moment),
    sa.Column("ended_at", _Moment),  # null: it is under way
    sa.Index(
        "wb_commands_under_way",
        *("cabinet_id", "about", "subject"),
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    sa.Index("wb_commands_of_subject", "cabinet_id", "about", "subject", "asked_at"),
    sa.Index("wb_commands_newest", "cabinet_id", "asked_at", "command_id"),
    sa.Index("wb_commands_ended_at", "ended_at"),
)

webhook_subscriptions = sa.Table(
    "webhook_subscriptions",
    metadata,
    sa.Column("webhook_id", sa.Uuid, primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, sa.ForeignKey("users.telegram_id"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("cabinets", postgresql.ARRAY(sa.Uuid), comment="null: every cabinet of the user"),
    sa.Column("event_types", postgresql.ARRAY(sa.Text), nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False, comment="as the user wants it"),
    sa.Column("resumes", sa.Integer, nullable=False),
    sa.Column("secrets", postgresql.JSONB, nullable=False, comment="sealed, the newest first, each with its end"),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", _Moment, nullable=False),
    sa.Column("updated_at", _Moment, nullable=False),
    sa.Index("webhook_subscriptions_telegram_id", "telegram_id"),
)

notification_settings = sa.Table(
    "notification_settings",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="0: nothing was entered yet"),
    sa.Column("document", postgresql.JSONB, nullable=False),
    sa.Column("entered_at", _Moment, nullable=False, server_default=_now()),
)

notification_targets = sa.Table(
    "notification_targets",
    metadata,
    sa.Column("target_id", sa.Uuid, primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("label", sa.Text),
    sa.Column("hint", sa.Text, nullable=False, comment="what may be shown of its address"),
    sa.Column("cabinets", postgresql.ARRAY(sa.Uuid), comment="null: every cabinet of the user"),
    sa.Column("chat_id", sa.BigInteger),
    sa.Column("topic_id", sa.BigInteger),
    sa.Column("sealed_address", sa.Text),
    sa.Column("fingerprint", sa.LargeBinary, comment="SHA-256 of an address that nobody guesses; null: an e-mail"),
    sa.Column("unsubscribe_hash", sa.LargeBinary, comment="SHA-256 of what ends it without signing in"),
    sa.Column("is_confirmed", sa.Boolean, nullable=False),
    sa.Column("code_hash", sa.LargeBinary),
    sa.Column("code_expires_at", _Moment),
    sa.Column("code_tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("codes_sent", sa.Integer, nullable=False, server_default="0"),
    sa.Column("code_sent_at", _Moment),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", _Moment, nullable=False),
    sa.Column("updated_at", _Moment, nullable=False),
    sa.Column("removed_at", _Moment),
    sa.Index("notification_targets_telegram_id", "telegram_id"),
    sa.Index("notification_targets_removed_at", "removed_at"),
    sa.Index("notification_targets_unsubscribe_hash", "unsubscribe_hash", unique=True),
)

kept_answers = sa.Table(
    "kept_answers",
    metadata,
    sa.Column("name", sa.LargeBinary, primary_key=True),  # SHA-256 of the caller and his Idempotency-Key
    sa.Column("content", sa.LargeBinary, nullable=False),  # SHA-256 of the request
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the answer; only the request itself opens it
    sa.Column("kept_at", _Moment, nullable=False, server_default=_now()),
    sa.Index("kept_answers_kept_at", "kept_at"),
)

disconnected_cabinets = tombstones(metadata)
