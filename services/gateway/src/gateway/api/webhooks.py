"""`/webhooks`: programs of a user that are told what happens in his cabinets."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.addresses import AddressRefused, NotResolved, checked_target
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import cabinets, roles, webhook_log, webhooks
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.form import AskedList, described
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import Problem, documented
from gateway.api.webhook_form import ChangeWebhook, EnterWebhook, NewWebhook, RotateSecret, Webhook, resumed, shown
from gateway.lists import Page, Window, part_of
from gateway.roles import Act
from gateway.sorting import Key, Sorting
from gateway.webhook_log import NotifiersState
from gateway.webhook_secrets import TooManySecrets
from gateway.webhooks import Subscription, TooMany, Wanted

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

RESOLVE_SECONDS = 5.0

_OLDEST_FIRST = Sorting("webhook_id", (Key("webhook_id", "uuid"),))


@router.post(
    "",
    status_code=201,
    responses={
        201: {"description": "Subscribed", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(404, 409, 413),
    },
)
async def subscribe(caller: Writer, parts: UsedParts, body: EnterWebhook, response: Response) -> NewWebhook:
    """Be told at an endpoint of yours, by [Standard Webhooks](https://www.standardwebhooks.com), from now on.

    Refused are an address that is private, not https or has a password in it (422 `address_refused`), a name that is
    not found (422 `address_not_resolved`), and more than 20 webhooks (409 `too_many_webhooks`). It takes the role
    manager in each cabinet that is named; without `cabinets`, in all of yours (403 `role_insufficient`).
    """
    await _check_address(parts, body.url)
    async with parts.database.transaction() as connection:
        mine = await _own_cabinets(connection, caller.telegram_id, body.cabinets)
        try:
            made, secret = await webhooks.subscribe(
                connection, caller.telegram_id, _wanted(body), public_key=parts.seal_webhooks_public_key
            )
        except TooMany:
            raise Problem(
                409, "too_many_webhooks", f"You have {webhooks.MOST_OF_A_USER} webhooks: remove one first."
            ) from None
    response.headers["Location"] = f"/api/v1/webhooks/{made.webhook_id}"
    return NewWebhook(**shown(made, None, mine).model_dump(), secret=secret)


@router.get("", **described(Listed[Webhook], "webhooks", is_list=True))
async def list_webhooks(caller: Reader, answer: Reading, parts: UsedParts, asked: AskedList) -> Response:
    """Your webhooks, oldest first: 20 at most."""

    async def read(window: Window) -> Page[Webhook]:
        async with parts.database.transaction() as connection:
            stored = await webhooks.list_of(connection, caller.telegram_id)
            states = await webhook_log.states(connection, caller.telegram_id, [each.webhook_id for each in stored])
        rows = [shown(each, states.get(each.webhook_id), answer.cabinets) for each in stored]
        return part_of(rows, window, _OLDEST_FIRST)

    return await asked.answer(answer, read)


@router.get("/{webhook_id}", **described(Answered[Webhook], "webhook"))
async def get_webhook(caller: Reader, answer: Reading, parts: UsedParts, webhook_id: UUID) -> Response:
    """One webhook, and how its endpoint fares."""
    async with parts.database.transaction() as connection:
        stored, state = await found(connection, caller.telegram_id, webhook_id)
    return answer.of(shown(stored, state, answer.cabinets))


@router.put("/{webhook_id}", responses=documented(404, 413))
async def change_webhook(caller: Writer, parts: UsedParts, webhook_id: UUID, body: ChangeWebhook) -> Webhook:
    """Change all of it at once; what is waiting goes to the new address. Refused is what POST refuses (422
    `address_refused`, `address_not_resolved`)."""
    await _check_address(parts, body.url)
    async with parts.database.transaction() as connection:
        mine = await _own_cabinets(connection, caller.telegram_id, body.cabinets)
        stored, state = await found(connection, caller.telegram_id, webhook_id, to_change=True)
        changed = await webhooks.change(connection, stored, wanted=_wanted(body), **resumed(stored, state, body.state))
    return shown(changed, state, mine)


@router.post("/{webhook_id}/resume", responses=documented(404))
async def resume_webhook(caller: Writer, parts: UsedParts, webhook_id: UUID) -> Webhook:
    """End a pause, yours or one that failing brought about. What was missed is sent by `replay`."""
    async with parts.database.transaction() as connection:
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        stored, state = await found(connection, caller.telegram_id, webhook_id, to_change=True)
        changed = await webhooks.change(connection, stored, **resumed(stored, state, "active"))
    return shown(changed, state, mine)


@router.post("/{webhook_id}/secrets", status_code=201, responses=documented(404, 409, 413))
async def rotate_secret(caller: Writer, parts: UsedParts, webhook_id: UUID, body: RotateSecret) -> NewWebhook:
    """Get a new secret, shown this once. What is sent is signed by it and, for `previous_hours`, by the one before.

    Four secrets sign at most (409 `too_many_secrets`).
    """
    older_for = timedelta(hours=body.previous_hours)
    async with parts.database.transaction() as connection:
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        stored, state = await found(connection, caller.telegram_id, webhook_id, to_change=True)
        try:
            changed, secret = await webhooks.rotate(
                connection, stored, public_key=parts.seal_webhooks_public_key, older_for=older_for
            )
        except TooManySecrets:
            detail = "As many secrets sign as may: wait until the first of them ends."
            raise Problem(409, "too_many_secrets", detail) from None
    return NewWebhook(**shown(changed, state, mine).model_dump(), secret=secret)


@router.delete("/{webhook_id}", status_code=204, responses=documented(404))
async def unsubscribe(caller: Writer, parts: UsedParts, webhook_id: UUID) -> None:
    """Remove a webhook: it is told nothing more, and what is waiting for it is given up."""
    async with parts.database.transaction() as connection:
        if not await webhooks.unsubscribe(connection, caller.telegram_id, webhook_id):
            raise webhook_not_found()


async def found(
    connection: AsyncConnection, user: int, webhook_id: UUID, *, to_change: bool = False
) -> tuple[Subscription, NotifiersState | None]:
    """The caller's subscription, and what the notifier says of its endpoint.

    Raises:
        Problem: 404, it is not the caller's.
    """
    stored = await webhooks.find(connection, user, webhook_id, to_change=to_change)
    if stored is None:
        raise webhook_not_found()
    return stored, (await webhook_log.states(connection, user, [webhook_id])).get(webhook_id)


def webhook_not_found() -> Problem:
    """The same answer for another's webhook and for none."""
    return Problem(404, "webhook_not_found", "You have no webhook with this id; GET /api/v1/webhooks lists yours.")


def _wanted(body: EnterWebhook) -> Wanted:
    return Wanted(body.url, body.description or None, body.cabinets, body.event_types)


async def _own_cabinets(connection: AsyncConnection, user: int, named: Sequence[UUID] | None) -> list[UUID]:
    """The caller's cabinets; he may have told of those that are named, or of all."""
    mine = await roles.of_user(connection, user)
    for cabinet_id in mine if named is None else named:
        roles.check(mine.get(cabinet_id), Act.SUBSCRIBE)
    return list(mine)


async def _check_address(parts: Parts, url: str) -> None:
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            await checked_target(url, allow_private=parts.allow_private_urls)
    except AddressRefused as refused:
        raise Problem(422, "address_refused", f"This address is not called: {refused}.") from None
    except (NotResolved, TimeoutError):
        raise Problem(422, "address_not_resolved", "The host of this address is not found just now.") from None
