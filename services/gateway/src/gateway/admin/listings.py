"""What administrators list, and by which filters and orders: each is read from an index (`test_admin_plans.py`)."""

from gateway.admin.columns import hash_column, name_column, telegram_id_column, uuid_column, word_column
from gateway.admin.listing import ID, Listing

_VERSION = "CAST(CAST(xmin AS text) AS bigint) AS version"
"""PostgreSQL counts every change of a row: whoever makes one, it is another version."""

_CABINET = uuid_column("cabinet_id")
_RESOURCE = name_column("resource")

USERS = Listing(
    source="users",
    columns=f"telegram_id, created_at, note, {_VERSION}",
    key=(telegram_id_column("telegram_id"),),
    sorts={"created_at": ("created_at", "telegram_id")},
    ways={None: ("created_at", ID)},
)
CABINETS = Listing(
    source="wb_cabinets",
    columns="cabinet_id, owner_telegram_id, name, seller_id, seller_name, trade_mark, status, status_reason, "
    f"status_detail, kind, categories, read_only, expires_at, connected_at, verified_at, {_VERSION}",
    key=(_CABINET,),
    sorts={},
    ways={
        None: (ID,),
        # A user has a few.
        telegram_id_column("owner_telegram_id"): (ID,),
        word_column("status", "unchecked", "verified", "suspended"): (ID,),
    },
)
KEYS = Listing(
    source="api_keys",
    columns=f"key_id, prefix, name, telegram_id, scopes, created_at, expires_at, revoked_at, last_used_at, {_VERSION}",
    key=(uuid_column("key_id"),),
    sorts={},
    ways={None: (ID,), telegram_id_column("telegram_id"): (ID,)},
)
SYNCS = Listing(
    source="sync_runs",
    columns="cabinet_id, sync_id, requested_by, administrator, requested_at, finished_at",
    key=(uuid_column("sync_id"),),
    sorts={"requested_at": ("requested_at", "sync_id")},
    ways={None: ("requested_at", ID), _CABINET: ("requested_at", ID)},
)
SYNC_LOGS = Listing(
    source="ingestor_admin.sync_logs",
    columns="*",
    key=(_CABINET, uuid_column("id")),
    sorts={"started_at": ("started_at", "cabinet_id", "id")},
    ways={
        None: ("started_at", ID),
        _CABINET: ("started_at", ID),
        word_column("outcome", "completed", "paused", "failed", "refused", "suspended"): ("started_at",),
    },
)
BACKFILLS = Listing(
    source="ingestor_admin.sync_ranges",
    columns="*",
    key=(_CABINET, uuid_column("id")),
    sorts={"asked_at": ("asked_at", "id")},
    ways={None: ("asked_at", ID), _CABINET: (ID,)},
)
QUARANTINE = Listing(
    source="ingestor_admin.quarantine",
    columns="*",
    key=(_CABINET, _RESOURCE, hash_column("body_hash")),
    sorts={"last_seen_at": ("last_seen_at", "cabinet_id", "resource", "body_hash")},
    ways={None: ("last_seen_at", ID), _CABINET: ("last_seen_at", ID), _RESOURCE: ("last_seen_at",)},
)
DELIVERIES = Listing(
    source="notifier_admin.deliveries",
    columns="*",
    key=(_CABINET, uuid_column("id")),
    sorts={"created_at": ("created_at", "cabinet_id", "id")},
    ways={
        None: ("created_at", ID),
        _CABINET: ("created_at", ID),
        word_column("status", "pending", "failed", is_literal=True): ("created_at",),
    },
)
REPLAYS = Listing(
    source="reporter_admin.replays",
    columns="*",
    key=(uuid_column("replay_id"),),
    sorts={"requested_at": ("requested_at", "replay_id")},
    ways={None: ("requested_at", ID)},
)
