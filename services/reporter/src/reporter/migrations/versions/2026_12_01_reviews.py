"""Views of feedbacks and questions as they are listed, and the indexes that the lists are read from."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_reviews"
down_revision = "2026_11_30_failures"
branch_labels = None
depends_on = None

FEEDBACK_WAITS = """
    (answer_text IS NULL OR answer_state IS NOT DISTINCT FROM 'rejected')
    AND coalesce(text, '') || coalesce(pros, '') || coalesce(cons, '') <> ''
"""
FEEDBACK_STARS = "CASE WHEN valuation BETWEEN 1 AND 5 AND parent_id IS NULL THEN valuation END"
QUESTION_WAITS = "answer_text IS NULL AND coalesce(state NOT IN ('none', 'wbRu'), true)"

CALLERS_CABINETS = """
    cabinet_id = ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
"""


def upgrade() -> None:
    for table, waits in (("feedbacks", FEEDBACK_WAITS), ("questions", QUESTION_WAITS)):
        op.drop_index(f"{table}_item", table)
        op.create_index(f"{table}_item", table, ["cabinet_id", "nm_id", "created_at", "id"])
        op.create_index(f"{table}_waiting", table, ["cabinet_id", "created_at", "id"], postgresql_where=sa.text(waits))
    op.drop_index("feedbacks_time", "feedbacks")
    op.create_index("feedbacks_time", "feedbacks", ["cabinet_id", "created_at", "id"])
    op.create_index("questions_time", "questions", ["cabinet_id", "created_at", "id"])
    op.create_index("feedbacks_stars", "feedbacks", ["cabinet_id", "valuation", "created_at", "id"])
    op.execute(f"""
        CREATE OR REPLACE VIEW reporter_published.feedbacks AS
        SELECT *, {FEEDBACK_STARS} AS counted_stars, {FEEDBACK_WAITS} AS is_waiting
        FROM feedbacks WHERE {CALLERS_CABINETS}
    """)
    op.execute(f"""
        CREATE VIEW reporter_published.questions AS
        SELECT *, {QUESTION_WAITS} AS is_waiting FROM questions WHERE {CALLERS_CABINETS}
    """)


def downgrade() -> None:
    op.execute("DROP VIEW reporter_published.questions")
    op.execute("DROP VIEW reporter_published.feedbacks")
    op.execute(f"CREATE VIEW reporter_published.feedbacks AS SELECT * FROM feedbacks WHERE {CALLERS_CABINETS}")
    for index, table in (
        ("feedbacks_stars", "feedbacks"),
        ("questions_time", "questions"),
        ("feedbacks_waiting", "feedbacks"),
        ("questions_waiting", "questions"),
        ("feedbacks_item", "feedbacks"),
        ("questions_item", "questions"),
        ("feedbacks_time", "feedbacks"),
    ):
        op.drop_index(index, table)
    op.create_index("feedbacks_time", "feedbacks", ["cabinet_id", "created_at"])
    for table in ("feedbacks", "questions"):
        op.create_index(f"{table}_item", table, ["cabinet_id", "nm_id", "created_at"])
