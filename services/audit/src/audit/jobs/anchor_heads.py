"""Heads leave the house: appended to a file, posted to a URL, each until it is there."""

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import structlog
from servicekit.db import Database
from sqlalchemy import text

log = structlog.get_logger()

TIMEOUT_SECONDS = 10.0
MEDIA_TYPE = "application/json"

ALREADY_THERE = 409
"""What a URL may answer to a head that it has: we did not hear that it took it."""

Anchor = Callable[[bytes], Awaitable[None]]
"""Returns once the line is kept outside; raises if it is not."""

# Held while it is anchored, so that of several processes one does it; a crash between the two anchors it twice.
_NEXT = "SELECT number, line FROM heads WHERE {column} IS NULL ORDER BY number LIMIT 1 FOR UPDATE"
_DONE = "UPDATE heads SET {column} = now() WHERE number = :number"


def to_file(path: Path) -> Anchor:
    """Appends to a file, and has it on the disk."""

    def write(line: bytes) -> None:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            # What a crash left without an end is no part of the next line.
            whole = (b"" if _ends_whole(path) else b"\n") + line + b"\n"
            if os.write(file, whole) < len(whole):
                raise OSError(errno.ENOSPC, "the disk is full")
            os.fsync(file)
        finally:
            os.close(file)

    async def anchor(line: bytes) -> None:
        await asyncio.to_thread(write, line)

    return anchor


def to_url(client: httpx.AsyncClient, url: str) -> Anchor:
    """Posts to a URL."""

    async def anchor(line: bytes) -> None:
        answer = await client.post(url, content=line, headers={"Content-Type": MEDIA_TYPE}, timeout=TIMEOUT_SECONDS)
        if answer.status_code != ALREADY_THERE:
            answer.raise_for_status()

    return anchor


async def anchor_heads(database: Database, anchors: dict[str, Anchor]) -> None:
    """Anchor the heads that are not anchored yet, in their order; `anchors` by the column that says so.

    An anchor that does not answer is asked again the next time, and holds up no other.
    """
    for column, anchor in anchors.items():
        try:
            while await _anchor_next(database, column, anchor):
                pass
        except (OSError, httpx.HTTPError) as error:
            log.warning("head.not_anchored", where=column, error=f"{type(error).__name__}: {error}"[:300])


async def _anchor_next(database: Database, column: str, anchor: Anchor) -> bool:
    async with database.transaction() as connection:
        head = (await connection.execute(text(_NEXT.format(column=column)))).first()
        if head is None:
            return False
        await anchor(head.line)
        await connection.execute(text(_DONE.format(column=column)), {"number": head.number})
    log.info("head.anchored", number=head.number, where=column)
    return True


def _ends_whole(path: Path) -> bool:
    if not (size := path.stat().st_size):
        return True
    with path.open("rb") as file:
        file.seek(size - 1)
        return file.read(1) == b"\n"
