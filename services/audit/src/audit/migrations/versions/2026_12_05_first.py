"""Chains of records, personal data apart from them, and signed heads."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox
from sqlalchemy.dialects import postgresql

revision = "2026_12_05_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    op.create_table(
        "chains",
        sa.Column(
            "tenant", sa.Uuid(), nullable=False, comment="contracts.audit: of a cabinet, a user, the administration"
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="of the last record"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="of the last record"),
        sa.Column(
            "headed_seq", sa.BigInteger(), server_default="0", nullable=False, comment="the last that a head told of"
        ),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "records",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("personal_commitment", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq > 0", name="records_seq_check"),
        sa.PrimaryKeyConstraint("tenant", "seq"),
    )
    op.create_table(
        "personal",
        sa.Column("tenant", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("telegram_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False, comment="of whom it tells"),
        sa.PrimaryKeyConstraint("tenant", "seq"),
    )
    op.create_index("personal_telegram_ids", "personal", ["telegram_ids"], postgresql_using="gin")
    op.create_table(
        "heads",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False, comment="signed, as it is anchored"),
        sa.Column("filed_at", sa.DateTime(timezone=True), comment="appended to the file"),
        sa.Column("posted_at", sa.DateTime(timezone=True), comment="taken by the URL"),
        sa.PrimaryKeyConstraint("number"),
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
    # Whoever owns the table can take the trigger away: what is changed then is found by `verify`.
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'records are only ever added'; END $$
    """)
    op.execute("""
        CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON records
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    for table in ("disconnected_cabinets", "heads", "personal", "records", "chains"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
    drop_outbox_and_inbox(op)
