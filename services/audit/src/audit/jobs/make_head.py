"""Heads are made: where all chains end, signed, so that what is cut off or written anew is found by them."""

from datetime import datetime

import structlog
from nacl.signing import SigningKey
from servicekit.db import Database
from sqlalchemy import text

from audit.signing import FIRST, End, Head, digest_of, line_of

log = structlog.get_logger()

# One process at a time.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.heads', 0))")
_LAST = text("""
SELECT number, line, at > now() - make_interval(secs => :seconds) AS is_young, now() AS now
FROM heads ORDER BY number DESC LIMIT 1
""")
_NOW = text("SELECT now()")
# Chains that grow meanwhile are told of the next time; in the order in which records hold them.
_MOVED = text("SELECT tenant, seq, hash FROM chains WHERE seq > headed_seq ORDER BY tenant FOR UPDATE")
_TOLD = text("UPDATE chains SET headed_seq = seq WHERE seq > headed_seq")
_KEEP = text("INSERT INTO heads (number, at, line) VALUES (:number, :at, :line)")


async def make_head(database: Database, key: SigningKey, *, every_seconds: float) -> bool:
    """Make the next head if the last is so old; whether it was made. One is made too where no chain moved: that none is
    missing is known only so."""
    async with database.transaction() as connection:
        await connection.execute(_ALONE)
        last = (await connection.execute(_LAST, {"seconds": every_seconds})).first()
        if last is not None and last.is_young:
            return False
        ends = [End(row.tenant, row.seq, row.hash) for row in await connection.execute(_MOVED)]
        at: datetime = await connection.scalar(_NOW)
        number, previous = (1, FIRST) if last is None else (last.number + 1, digest_of(last.line))
        line = line_of(Head(number, at, previous, ends), key)
        await connection.execute(_TOLD)
        await connection.execute(_KEEP, {"number": number, "at": at, "line": line})
    log.info("head.made", number=number, chains=len(ends))
    return True
