"""Records as lines of JSON, however many there are."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from servicekit.db import Database
from sqlalchemy import RowMapping, text

PAGE = 2_000

_PAGE = text("""
SELECT r.tenant, r.seq, r.at, r.body, r.previous, r.hash, r.personal_commitment, p.salt, p.data
FROM records r LEFT JOIN personal p ON (p.tenant, p.seq) = (r.tenant, r.seq)
WHERE (r.tenant, r.seq) > (CAST(:tenant AS uuid), CAST(:seq AS bigint))
  AND (CAST(:only AS uuid) IS NULL OR r.tenant = CAST(:only AS uuid))
  AND r.at >= coalesce(CAST(:since AS timestamptz), '-infinity')
  AND r.at < coalesce(CAST(:until AS timestamptz), 'infinity')
ORDER BY r.tenant, r.seq LIMIT :page
""")


async def exported(
    database: Database, *, only: UUID | None = None, since: datetime | None = None, until: datetime | None = None
) -> AsyncIterator[str]:
    """A line for each record, chain by chain, in their order; `since` and before `until` by when it was done.

    Whoever has the lines can compute the hashes himself. `personal` is null where there is nothing, or it was erased.
    """
    values: dict[str, Any] = {"only": only, "since": since, "until": until, "page": PAGE}
    tenant, seq = only or UUID(int=0), 0
    while True:
        async with database.transaction() as connection:
            rows = (await connection.execute(_PAGE, {**values, "tenant": tenant, "seq": seq})).mappings().all()
        for row in rows:
            yield _line(row)
        if len(rows) < PAGE:
            return
        tenant, seq = rows[-1]["tenant"], rows[-1]["seq"]


def _line(row: RowMapping) -> str:
    said = {
        "tenant": str(row["tenant"]),
        "seq": row["seq"],
        "at": row["at"].isoformat(),
        "record": json.loads(row["body"]),
        "personal": None if row["data"] is None else json.loads(row["data"]),
        "salt": None if row["salt"] is None else row["salt"].hex(),
        "personal_commitment": row["personal_commitment"].hex(),
        "previous": row["previous"].hex(),
        "hash": row["hash"].hex(),
        "body": row["body"].decode(),
    }
    return json.dumps(said, ensure_ascii=False)
