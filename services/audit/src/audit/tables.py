"""The audit's tables, as the newest migration leaves them."""

import sqlalchemy as sa
from servicekit.tombstones import tombstones
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()

_Moment = sa.DateTime(timezone=True)

chains = sa.Table(
    "chains",
    metadata,
    sa.Column("tenant", sa.Uuid, primary_key=True, comment="contracts.audit: of a cabinet, a user, the administration"),
    sa.Column("seq", sa.BigInteger, nullable=False, comment="of the last record"),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="of the last record"),
    sa.Column("headed_seq", sa.BigInteger, nullable=False, server_default="0", comment="the last that a head told of"),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("tenant", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("at", _Moment, nullable=False),
    sa.Column("personal_commitment", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("seq > 0", name="records_seq_check"),
)

personal = sa.Table(
    "personal",
    metadata,
    sa.Column("tenant", sa.Uuid, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("telegram_ids", postgresql.ARRAY(sa.BigInteger), nullable=False, comment="of whom it tells"),
    sa.Index("personal_telegram_ids", "telegram_ids", postgresql_using="gin"),
)

heads = sa.Table(
    "heads",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", _Moment, nullable=False),
    sa.Column("line", sa.LargeBinary, nullable=False, comment="signed, as it is anchored"),
    sa.Column("filed_at", _Moment, comment="appended to the file"),
    sa.Column("posted_at", _Moment, comment="taken by the URL"),
)

disconnected_cabinets = tombstones(metadata)
