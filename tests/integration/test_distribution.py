"""Every table of a shop has a key that begins with `cabinet_id`, so that it can be distributed (docs/scaling.md)."""

import pytest
from local.environments import SERVICES
from support.databases import Databases
from support.rows import rows

_KEYS = """
SELECT relname AS name, CAST(pg_get_constraintdef(pg_constraint.oid) AS text) AS key
FROM pg_class JOIN pg_constraint ON conrelid = pg_class.oid AND contype IN ('p', 'u')
WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p') AND NOT relispartition
  AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'cabinet_id' AND NOT attisdropped)
"""
OVER_ALL_SHOPS = {
    ("wb_cabinets", "UNIQUE (owner_telegram_id, seller_id)"),  # a seller is connected once by an owner
    ("invitations", "UNIQUE (token_hash)"),  # found by what is in its link
}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_table_with_cabinets_has_keys_that_begin_with_them(databases: Databases, service: str) -> None:
    database = await databases.connect(service)
    found = {(row["name"], row["key"]) for row in await rows(database, _KEYS)}
    assert found
    odd = {(name, key) for name, key in found if "(cabinet_id" not in key}
    assert odd - OVER_ALL_SHOPS == set()
    assert service != "gateway" or odd == OVER_ALL_SHOPS  # what docs/scaling.md names is there
