"""Which steps of orders were told, and which wait to be."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from reporter.tables.columns import Moment, cabinet_id, metadata

told_steps = sa.Table(
    "told_steps",
    metadata,
    cabinet_id(),
    sa.Column("order_id", sa.Uuid, primary_key=True),
    sa.Column(
        "step",
        sa.Text,
        primary_key=True,
        comment="ordered, cancelled, bought, returned; priced, and what brought the amount",
    ),
    sa.Column("told_at", Moment, nullable=False, comment="time of the live event that told it"),
    sa.Index("told_steps_old", "told_at"),
)

waiting_steps = sa.Table(
    "waiting_steps",
    metadata,
    cabinet_id(),
    sa.Column("order_id", sa.Uuid, primary_key=True, comment="of an order that nobody has told of yet"),
    sa.Column("sale_id", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("happened_at", Moment, nullable=False),
    sa.Column("told_at", Moment, nullable=False, comment="time of the live event that told it"),
    sa.Column("sale", JSONB, nullable=False, comment="contracts.orders.StepSale"),
    sa.Index("waiting_steps_old", "told_at"),
)
