"""What is known of Wildberries itself, whoever asks: which methods answer, and what their rows look like."""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Text, text

from ingestor.tables import metadata

_NOW = text("now()")

wb_methods = Table(
    "wb_methods",
    metadata,
    Column("method", Text, primary_key=True),
    Column("answered_at", DateTime(timezone=True)),  # to the hour while it answers; none: it never did
    Column("failing_since", DateTime(timezone=True)),  # the first call without an answer since then
    Column("failures", Integer, nullable=False, server_default="0"),  # since then, of all processes
    Column(
        "sellers", Integer, nullable=False, server_default="0"
    ),  # whose calls failed, 2 for more: as one process saw
    Column("reason", Text),  # down | switched_off | refused: of the last failure
    Column("error", Text),
    Column("stopped_at", DateTime(timezone=True)),  # since when that counts, and was told
    Column("switch_off", Date),  # the day for which the operator was told that it ends
    Column("switch_off_told_days", Integer),  # the last threshold that was told of it
)
"""How each method of WB fares, over all sellers."""

wb_shapes = Table(
    "wb_shapes",
    metadata,
    Column("method", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # field | type | value
    Column("name", Text, primary_key=True),  # of a field by its path; with its type, or with its value
    Column(
        "drifted", Boolean, nullable=False
    ),  # it came when the method's rows were known, and nobody has looked at it
    Column("times", Integer, nullable=False),  # rows that were looked at and had it; counted while it is drifted
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)
"""What rows of WB consist of: names, never what a field holds, but for codes of WB's own."""
