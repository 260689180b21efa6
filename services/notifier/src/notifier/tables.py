"""The notifier's tables, as the newest migration leaves them."""

import sqlalchemy as sa
from servicekit.tombstones import tombstones
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()

_Moment = sa.DateTime(timezone=True)


def _clock() -> sa.TextClause:
    return sa.text("clock_timestamp()")


cabinets = sa.Table(
    "cabinets",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("seller_name", sa.Text),
    sa.Column("connected_at", _Moment),
    # Times of the newest events about its name and about its members.
    sa.Column("named_at", _Moment),
    sa.Column("members_at", _Moment),
    sa.Column("verified_at", _Moment),
    sa.Column("disconnected_at", _Moment),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("telegram_id", sa.BigInteger, primary_key=True),
    sa.Index("members_telegram_id", "telegram_id"),
)

notification_settings = sa.Table(
    "notification_settings",
    metadata,
    sa.Column("telegram_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("document", postgresql.JSONB, nullable=False),
    sa.Column("entered_at", _Moment, nullable=False, server_default=sa.text("now()")),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, nullable=False, comment="stands for the user in pulse.cabinet_ids"),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("cabinets", postgresql.ARRAY(sa.Uuid), comment="null: all of which the user is a member"),
    sa.Column("event_types", postgresql.ARRAY(sa.Text), nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False, comment="as the user wants it"),
    sa.Column("resumes", sa.Integer, nullable=False),
    sa.Column("secrets", postgresql.JSONB, comment="sealed, the newest first, each with its end"),
    sa.Column("paused_at", _Moment, comment="because its endpoint takes nothing"),
    sa.Column("paused_because", sa.Text),
    sa.Column("told_failing_since", _Moment),
    sa.Column("told_paused_at", _Moment),
    sa.Column("removed_at", _Moment),
    sa.Index("webhooks_telegram_id", "telegram_id"),
    sa.Index("webhooks_removed_at", "removed_at"),
)

webhook_replays = sa.Table(
    "webhook_replays",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("webhook_id", sa.Uuid, nullable=False),
    sa.Column("since", _Moment, nullable=False),
    sa.Column("until", _Moment, nullable=False),
    sa.Column("requested_at", _Moment, nullable=False, server_default=_clock()),
    sa.Column("done_at", _Moment),
    sa.Column("resent", sa.Integer, nullable=False, server_default="0"),
    sa.Index("webhook_replays_requested_at", "requested_at"),
    sa.Index("webhook_replays_open", "requested_at", postgresql_where=sa.text("done_at IS NULL")),
)

targets = sa.Table(
    "targets",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, nullable=False, comment="stands for the user in pulse.cabinet_ids"),
    sa.Column("telegram_id", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False, comment="as deliveries name it"),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("cabinets", postgresql.ARRAY(sa.Uuid), comment="null: all of which the user is a member"),
    sa.Column("sealed_address", sa.Text),
    sa.Column("is_confirmed", sa.Boolean, nullable=False),
    sa.Column("ended_at", _Moment, comment="its channel said that it is no more"),
    sa.Column("ended_because", sa.Text),
    sa.Column("told_ended_at", _Moment),
    sa.Column("removed_at", _Moment),
    sa.Index("targets_telegram_id", "telegram_id"),
    sa.Index("targets_recipient", "channel", "recipient"),
    sa.Index("targets_removed_at", "removed_at"),
    sa.Index(
        "targets_to_tell_of",
        "id",
        postgresql_where=sa.text("ended_at IS NOT NULL AND told_ended_at IS NULL AND removed_at IS NULL"),
    ),
)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("is_on", sa.Boolean, nullable=False, comment="whether the notifier that started last sends over it"),
    sa.Column("public_key", sa.Text),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
    sa.Column("subject", sa.Text, nullable=False, comment="of which nobody is told twice"),
    sa.Column("order_id", sa.Uuid),
    sa.Column("order_revision", sa.Integer),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", postgresql.JSONB, nullable=False),
    sa.Column("reported_at", _Moment, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Column("status", sa.Text, nullable=False, server_default="pending"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_attempt_at", _Moment, nullable=False, server_default=_clock()),
    sa.Column("lease_token", sa.Uuid),
    sa.Column("message_id", sa.Text),
    sa.Column("last_error", sa.Text),
    sa.Column("created_at", _Moment, nullable=False, server_default=_clock()),
    sa.Column("finished_at", _Moment),
    sa.Column("resent_at", _Moment, comment="when somebody asked for it again"),
    sa.Column("telegram_id", sa.BigInteger, comment="the user whose settings count; null: nobody's"),
    sa.Column("thread", sa.Text, comment="messages of one thread edit one another"),
    sa.Column("only_edits", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("is_critical", sa.Boolean, nullable=False, server_default="false", comment="goes first"),
    sa.Column("also", postgresql.ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("nm_id", sa.BigInteger),
    sa.Column("amount", sa.Numeric),
    sa.Column("currency", sa.Text),
    sa.Column("told_as", sa.Text, comment="the kind that it was told as; null: not told yet"),
    sa.Column("told_in", sa.Uuid, comment="the delivery whose message told it as well"),
    sa.Column("reason", sa.Text, comment="why it was sent, put off, left out or told together with others"),
    sa.UniqueConstraint("cabinet_id", "subject", "channel", "recipient", name="deliveries_one_message_per_subject"),
    sa.Index(
        "deliveries_due",
        "channel",
        "recipient",
        sa.text("is_critical DESC"),
        "next_attempt_at",
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    ),
    sa.Index(
        "deliveries_of_thread",
        "cabinet_id",
        "channel",
        "recipient",
        "thread",
        postgresql_where=sa.text("thread IS NOT NULL AND status IN ('pending', 'sending')"),
    ),
    sa.Index("deliveries_open", "channel", "created_at", postgresql_where=sa.text("status IN ('pending', 'sending')")),
    sa.Index("deliveries_pending", "created_at", postgresql_where=sa.text("status = 'pending'")),
    sa.Index("deliveries_finished_at", "finished_at"),
    sa.Index("deliveries_created_at", "created_at"),
    sa.Index("deliveries_of_cabinet", "cabinet_id", "created_at"),
    sa.Index("deliveries_failed", "created_at", postgresql_where=sa.text("status = 'failed'")),
    sa.Index(
        "deliveries_of_person",
        "cabinet_id",
        "telegram_id",
        "created_at",
        "id",
        postgresql_where=sa.text("channel <> 'webhook'"),
    ),
    sa.Index(
        "deliveries_of_webhook",
        "cabinet_id",
        "recipient",
        "created_at",
        "id",
        postgresql_where=sa.text("channel = 'webhook'"),
    ),
    sa.Index(
        "deliveries_missed",
        "cabinet_id",
        "recipient",
        "created_at",
        "id",
        postgresql_where=sa.text("channel = 'webhook' AND status IN ('failed', 'held')"),
    ),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("thread", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("has_photo", sa.Boolean, nullable=False),
    sa.Column("sent_at", _Moment, nullable=False),
    sa.Column("newest_at", _Moment, nullable=False, comment="when the newest told in it was added"),
    sa.Column("kind", sa.Text, comment="what it was told as, whatever only completed it since"),
    sa.Index("messages_sent_at", "sent_at"),
)

troubles = sa.Table(
    "troubles",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", _Moment, nullable=False),
    sa.Column("changed_at", _Moment, nullable=False, comment="time of the newest event about it"),
    sa.Column("is_open", sa.Boolean, nullable=False),
)

delivery_attempts = sa.Table(
    "delivery_attempts",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("delivery_id", sa.Uuid, primary_key=True),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("started_at", _Moment, nullable=False, server_default=_clock()),
    sa.Column("finished_at", _Moment),
    sa.Column("outcome", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("duration_ms", sa.Integer),
    sa.ForeignKeyConstraint(
        ["cabinet_id", "delivery_id"], ["deliveries.cabinet_id", "deliveries.id"], ondelete="CASCADE"
    ),
)

photos = sa.Table(
    "photos",
    metadata,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("uploaded_at", _Moment, nullable=False, server_default=sa.text("now()")),
    sa.Index("photos_uploaded_at", "uploaded_at"),
)

receivers = sa.Table(
    "receivers",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("due_at", _Moment, nullable=False),
    sa.Column("paused_until", _Moment),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", _Moment),
    sa.Column("refusing_since", _Moment),
    sa.Column("last_error", sa.Text),
    sa.Column("grouped_at", _Moment, comment="the last one of many"),
    sa.Column("critical_due_at", _Moment, comment="when its first critical delivery is due; null: it has none"),
    sa.Column("gone_said_at", _Moment, comment="when it first said that it is gone"),
    sa.Column("gone_at", _Moment, comment="when it was believed, last: nothing is sent there"),
    sa.Index("receivers_due", "channel", "due_at"),
    sa.Index(
        "receivers_critical",
        "channel",
        "critical_due_at",
        postgresql_where=sa.text("critical_due_at IS NOT NULL"),
    ),
)

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("until", _Moment, nullable=False),
)

disconnected_cabinets = tombstones(metadata)
