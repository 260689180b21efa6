"""Pages with odd rows are asked for again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_odd_pages"
down_revision = "2026_11_29_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odd_pages",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("position", postgresql.JSONB(), nullable=False),
        sa.Column("odd_rows", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ask_again_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_index("odd_pages_since", "odd_pages", ["since"])


def downgrade() -> None:
    op.drop_table("odd_pages")
