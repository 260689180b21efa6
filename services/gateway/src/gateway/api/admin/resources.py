"""Every resource of administrators."""

from gateway.api.admin import (
    cabinets,
    configuration,
    dead_letters,
    deliveries,
    keys,
    quarantine,
    replays,
    sync_logs,
    users,
)

RESOURCES = (cabinets, configuration, dead_letters, deliveries, keys, quarantine, replays, sync_logs, users)

ROUTERS = tuple(resource.router for resource in RESOURCES)
