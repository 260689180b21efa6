"""The log of a webhook is read from indexes: a page no further than it reaches, and what is rare without the rest."""

from uuid import UUID, uuid4

from servicekit.db import Database
from support.gateway import Gateway, User
from support.plans import looked_at
from support.rows import execute

PAGE = 20
FAILED = 6
_FILL = """
INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id, correlation_id,
                        status, attempts, created_at)
SELECT :cabinet_id, 'order/' || n, 'webhook', :webhook_id, 'order_new', '{}', now(), gen_random_uuid(),
       gen_random_uuid(), CASE WHEN n % CAST(:each AS integer) = 0 THEN 'failed' ELSE 'delivered' END, 1,
       now() - make_interval(mins => n)
FROM generate_series(1, CAST(:count AS integer)) AS n
"""


async def filled(database: Database, cabinet_id: UUID, webhook_id: str, count: int) -> None:
    values = {"cabinet_id": cabinet_id, "webhook_id": webhook_id, "count": count, "each": count // FAILED}
    await execute(database, _FILL, **values)


async def test_a_page_of_a_log_and_what_was_missed(gateway: Gateway, alice: User, notifier_db: Database) -> None:
    cabinets = [await alice.connect(), await alice.connect()]
    made = (await alice.call("POST", "/webhooks", json={"url": "https://93.184.216.34/"})).json()
    for cabinet_id in cabinets:
        await filled(notifier_db, cabinet_id, made["webhook_id"], 3_000)
        await filled(notifier_db, cabinet_id, str(uuid4()), 6_000)
    await execute(
        notifier_db,
        "INSERT INTO delivery_attempts (cabinet_id, delivery_id, attempt) SELECT cabinet_id, id, 1 FROM deliveries",
    )
    for table in ("deliveries", "delivery_attempts", "receivers"):
        await execute(notifier_db, f"ANALYZE {table}")
    path, tables = f"/webhooks/{made['webhook_id']}/deliveries", {"deliveries", "delivery_attempts"}
    first = (await alice.get(path, limit=PAGE)).json()
    params = {"limit": PAGE, "cursor": first["meta"]["next_cursor"]}
    rows = await looked_at(gateway, alice, cabinets, tables, path, params)
    assert rows == dict.fromkeys(tables, (PAGE + 1) * len(cabinets))
    missed = await alice.get(path, limit=PAGE, status="failed")
    assert len(missed.json()["data"]) == FAILED * len(cabinets)
    rows = await looked_at(gateway, alice, cabinets, tables, path, {"limit": PAGE, "status": "failed"})
    assert rows["deliveries"] == FAILED * len(cabinets)
