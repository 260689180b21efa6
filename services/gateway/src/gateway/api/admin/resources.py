"""Every resource of administrators, and what their description says of lists."""

from typing import Any

from gateway.admin import listings
from gateway.admin.dead_letters import QUEUE_BY_NAME
from gateway.admin.listing import ID, Listing
from gateway.api.admin import (
    backfills,
    cabinets,
    configuration,
    dead_letters,
    deliveries,
    dialect,
    keys,
    quarantine,
    replays,
    sync_logs,
    syncs,
    users,
)

RESOURCES = (
    backfills,
    cabinets,
    configuration,
    dead_letters,
    deliveries,
    keys,
    quarantine,
    replays,
    sync_logs,
    syncs,
    users,
)

LISTINGS = {
    backfills.NAME: listings.BACKFILLS,
    cabinets.NAME: listings.CABINETS,
    deliveries.NAME: listings.DELIVERIES,
    keys.NAME: listings.KEYS,
    quarantine.NAME: listings.QUARANTINE,
    replays.NAME: listings.REPLAYS,
    sync_logs.NAME: listings.SYNC_LOGS,
    syncs.NAME: listings.SYNCS,
    users.NAME: listings.USERS,
}

ROUTERS = tuple(resource.router for resource in RESOURCES)


def describe(document: dict[str, Any]) -> None:
    """Put into an OpenAPI document which filters and orders each list has, for all of them share one model of a query,
    and an id of each resource."""
    queues = "|".join(name.replace(".", "\\.") for name in QUEUE_BY_NAME)
    parameters = {name: _parameters(listing) for name, listing in LISTINGS.items()}
    parameters[dead_letters.NAME] = dialect.list_parameters({"queue": f'"({queues})"'}, [ID])
    parameters[configuration.NAME] = dialect.list_parameters({}, [ID])
    for name, schemas in parameters.items():
        for parameter in document["paths"][f"/api/v1/admin/{name}"]["get"]["parameters"]:
            said = parameter["schema"]
            parameter["schema"] = {"title": said["title"], "examples": said["examples"], **schemas[parameter["name"]]}
    for resource in RESOURCES:
        for operation in document["paths"][f"/api/v1/admin/{resource.NAME}/{{record_id}}"].values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"]["examples"] = [str(resource.EXAMPLE["id"])]


def _parameters(listing: Listing) -> dict[str, dict[str, Any]]:
    filters = {column.name: column.pattern for column in listing.ways if column is not None}
    sorts = dict.fromkeys(name for way in listing.ways.values() for name in way)
    return dialect.list_parameters(filters, sorts)
