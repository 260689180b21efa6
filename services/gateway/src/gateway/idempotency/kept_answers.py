"""Answers that are kept for repeated requests, in the transaction of what the request did."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

KEEP_DAYS = 1

# One that holds it is doing the request, or looks whether it was done; a second must not begin before it has ended.
_HOLD = text("SELECT pg_try_advisory_xact_lock(:lock)")
_FIND = text(f"""
SELECT content, sealed FROM kept_answers
WHERE name = :name AND kept_at > now() - make_interval(days => {KEEP_DAYS})
""")
# What is there is too old to be found, and not deleted yet.
_KEEP = text("""
INSERT INTO kept_answers (name, content, sealed) VALUES (:name, :content, :sealed)
ON CONFLICT (name) DO UPDATE SET content = excluded.content, sealed = excluded.sealed, kept_at = now()
""")


class KeptAnswer(NamedTuple):
    """What a request was answered (`Request.seal`), and what it was (`Request.content`)."""

    content: bytes
    sealed: bytes


async def hold(connection: AsyncConnection, name: bytes) -> bool:
    """Hold the request until the transaction ends; False if somebody else does."""
    lock = int.from_bytes(name[:8], signed=True)
    return bool(await connection.scalar(_HOLD, {"lock": lock}))


async def find(connection: AsyncConnection, name: bytes) -> KeptAnswer | None:
    """The answer that is kept of the request."""
    row = (await connection.execute(_FIND, {"name": name})).first()
    return None if row is None else KeptAnswer(row.content, row.sealed)


async def keep(connection: AsyncConnection, name: bytes, answer: KeptAnswer) -> None:
    """Keep an answer; the caller holds the request, and has found none."""
    await connection.execute(_KEEP, {"name": name, "content": answer.content, "sealed": answer.sealed})
