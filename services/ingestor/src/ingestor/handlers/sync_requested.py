"""Somebody asks for fresh data now."""

from contracts.envelope import Event
from contracts.syncs import SyncFailedV1, SyncRequestedV1
from servicekit import outbox
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import cabinets
from ingestor.causes import cause_of, make_event
from ingestor.sync import activity, cabinet_syncs


async def sync_requested(connection: AsyncConnection, event: Event[SyncRequestedV1]) -> None:
    """Put the resources asked for first; what cannot be synced now is answered as failed.

    A cabinet that was read more rarely as nothing happened is so no longer.

    Those of a suspended cabinet wait for a check, which is made now.
    """
    if await cabinets.is_disconnected(connection, event.cabinetid):
        return
    sync_id, cause = event.data.sync_id, cause_of(event)
    resources = sorted(set(event.data.resources))
    await cabinets.check_now(connection, event.cabinetid)
    await activity.note(connection, event.cabinetid)
    accepted = await cabinet_syncs.request(
        connection, event.cabinetid, resources, {"sync_id": str(sync_id), "cause": cause}
    )
    refused = [
        SyncFailedV1(
            sync_id=sync_id,
            resource=resource,
            reason="there is no such resource, or the token does not open it, or it is not checked yet",
            failed_at=event.time,
        )
        for resource in resources
        if resource not in accepted
    ]
    await outbox.append(connection, [make_event(data, event.cabinetid, cause) for data in refused])
