"""`/notifications/targets`: where a user is told, beside his own chat with the bot."""

import asyncio
from typing import Annotated, NoReturn
from uuid import UUID

from fastapi import APIRouter, Body, Response
from servicekit.addresses import AddressRefused, NotResolved, checked_target
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import cabinets
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Granted, Reader, Reading, Writer
from gateway.api.cabinets import cabinet_not_found
from gateway.api.form import AskedList, described
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import Problem, documented
from gateway.api.target_form import (
    ConfirmTarget,
    EnterEmail,
    EnterFirebase,
    EnterTarget,
    EnterTelegram,
    EnterWebPush,
    RequestedTestMessage,
    ShownTarget,
    VapidKey,
    is_ended,
    shown,
)
from gateway.lists import Page, Window, part_of
from gateway.sorting import Key, Sorting
from gateway.targets import codes, notifier, store
from gateway.targets.addresses import (
    Address,
    NotAnAddress,
    email_address,
    firebase_token,
    push_subscription,
    telegram_group,
)
from gateway.targets.notifier import Fares
from gateway.targets.store import Target, TooMany, TooManyCodes

router = APIRouter(prefix="/notifications", tags=["notifications"])

RESOLVE_SECONDS = 5.0

_OLDEST_FIRST = Sorting("target_id", (Key("target_id", "uuid"),))
_ENTERED = Body(
    discriminator="channel",
    examples=[{"channel": "email", "address": "maria@example.ru", "label": "Бухгалтер"}],
)


@router.post(
    "/targets",
    status_code=201,
    responses={
        200: {"description": "Known already: changed", "model": ShownTarget},
        201: {"description": "Entered", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(404, 409, 413),
    },
)
async def enter_target(
    caller: Writer, grant: Granted, parts: UsedParts, body: Annotated[EnterTarget, _ENTERED], response: Response
) -> ShownTarget:
    """Be told there as well. Addresses are sealed and never shown again, but for a hint. A browser, app or group that
    is entered again is changed; an e-mail address is a new target each time (nothing is kept that it could be guessed
    from), and is sent a code first, and nothing else until `…/confirm`.

    Refused: 409 `channel_off`, nothing is sent over this channel here; 409 `too_many_targets`, 20 are yours; 409
    `too_many_codes`, ten were sent within a day; 422 `address_malformed`; 422 `address_refused` and
    `address_not_resolved`, as of webhooks; 403 `bot_only`: groups are entered by the bot, which knows who is a member.
    """
    if isinstance(body, EnterTelegram) and grant.telegram_id is not None:
        raise Problem(403, "bot_only", "A group is entered by the bot: write to it there.")
    unsubscribe = codes.new_unsubscribe() if isinstance(body, EnterEmail) else None
    address = _address(body, unsubscribe)
    if isinstance(body, EnterWebPush):
        await _check_endpoint(parts, body.endpoint)
    async with parts.database.transaction() as connection:
        if address.channel not in ("telegram", *await notifier.channels(connection)):
            raise Problem(409, "channel_off", "Nothing is sent over this channel here.")
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        if not set(body.cabinets or ()) <= set(mine):
            raise cabinet_not_found()
        try:
            stored, is_new = await store.enter(
                connection,
                caller.telegram_id,
                address,
                target_id=uuid7(),
                label=body.label or None,
                cabinets=body.cabinets,
                unsubscribe=unsubscribe,
                public_key=parts.seal_webhooks_public_key,
            )
        except TooMany:
            raise Problem(
                409, "too_many_targets", f"You have {store.MOST_OF_A_USER} targets: remove one first."
            ) from None
        except TooManyCodes:
            _refuse_codes()
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/notifications/targets/{stored.target_id}"
    return shown(stored, None, mine)


@router.get("/targets", **described(Listed[ShownTarget], "targets", is_list=True))
async def list_targets(caller: Reader, answer: Reading, parts: UsedParts, asked: AskedList) -> Response:
    """Where you are told, oldest first: 20 at most. Your own chat with the bot is not among them."""

    async def read(window: Window) -> Page[ShownTarget]:
        async with parts.database.transaction() as connection:
            stored = await store.list_of(connection, caller.telegram_id)
            states = await notifier.states(connection, caller.telegram_id, [each.target_id for each in stored])
        rows = [shown(each, states.get(each.target_id), answer.cabinets) for each in stored]
        return part_of(rows, window, _OLDEST_FIRST)

    return await asked.answer(answer, read)


@router.get("/targets/{target_id}", **described(Answered[ShownTarget], "target"))
async def get_target(caller: Reader, answer: Reading, parts: UsedParts, target_id: UUID) -> Response:
    """One target, and how it fares."""
    async with parts.database.transaction() as connection:
        stored, fares = await _found(connection, caller.telegram_id, target_id)
    return answer.of(shown(stored, fares, answer.cabinets))


@router.delete("/targets/{target_id}", status_code=204, responses=documented(404))
async def remove_target(caller: Writer, parts: UsedParts, target_id: UUID) -> None:
    """Remove a target: it is told nothing more, and what is waiting for it is given up."""
    async with parts.database.transaction() as connection:
        if not await store.remove(connection, caller.telegram_id, target_id):
            raise _not_found()


@router.post("/targets/{target_id}/confirm", responses=documented(404, 409, 413))
async def confirm_target(caller: Writer, parts: UsedParts, target_id: UUID, body: ConfirmTarget) -> ShownTarget:
    """Show that an e-mail address is yours, by the code that was sent there.

    A code is good for 24 hours and five tries; then, and for a wrong one, 409 `code_refused`.
    """
    async with parts.database.transaction() as connection:
        stored, fares = await _found(connection, caller.telegram_id, target_id, to_change=True)
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        confirmed = stored if stored.is_confirmed else await store.confirm(connection, stored, body.code)
    if confirmed is None:
        raise Problem(409, "code_refused", "The code is wrong, or good no more: POST …/code has another one sent.")
    return shown(confirmed, fares, mine)


@router.post("/targets/{target_id}/code", status_code=202, responses=documented(404, 409))
async def send_code(caller: Writer, parts: UsedParts, target_id: UUID) -> ShownTarget:
    """Have another code sent to an e-mail address; the one before is good no more.

    Ten are sent within a day at most, to all your addresses (409 `too_many_codes`). Nothing waits for a code: 409
    `target_confirmed`.
    """
    async with parts.database.transaction() as connection:
        stored, fares = await _found(connection, caller.telegram_id, target_id, to_change=True)
        if stored.is_confirmed:
            raise Problem(409, "target_confirmed", "The target waits for no code.")
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        try:
            asked = await store.send_code(connection, stored, public_key=parts.seal_webhooks_public_key)
        except TooManyCodes:
            _refuse_codes()
    return shown(asked, fares, mine)


@router.post("/targets/{target_id}/test", status_code=202, responses=documented(404, 409))
async def send_test_message(caller: Writer, parts: UsedParts, target_id: UUID) -> RequestedTestMessage:
    """Have a test message sent there, as everything else is sent.

    Refused where its code is waited for (409 `target_unconfirmed`), or where it ended (409 `target_ended`).
    """
    async with parts.database.transaction() as connection:
        stored, fares = await _found(connection, caller.telegram_id, target_id)
        if not stored.is_confirmed:
            raise Problem(409, "target_unconfirmed", "Confirm the target first: its code was sent there.")
        if is_ended(stored, fares):
            raise Problem(409, "target_ended", "The target is no more: enter it anew.")
        return RequestedTestMessage(delivery_id=await store.ask_for_test(connection, stored))


@router.get("/vapid-key", **described(Answered[VapidKey], "vapid_key"))
async def get_vapid_key(caller: Reader, answer: Reading, parts: UsedParts) -> Response:
    """The public key that a browser subscribes with (`applicationServerKey`)."""
    async with parts.database.transaction() as connection:
        public_key = (await notifier.channels(connection)).get("webpush")
    return answer.of(VapidKey(public_key=public_key))


def _address(body: EnterTarget, unsubscribe: str | None) -> Address:
    try:
        match body:
            case EnterEmail():
                return email_address(body.address, unsubscribe=unsubscribe or "")
            case EnterWebPush():
                return push_subscription(body.endpoint, body.p256dh, body.auth)
            case EnterFirebase():
                return firebase_token(body.token)
            case EnterTelegram():
                return telegram_group(body.chat_id, body.topic_id, body.title)
    except NotAnAddress as error:
        raise Problem(422, "address_malformed", f"This is no address: {error}.") from None


async def _found(
    connection: AsyncConnection, user: int, target_id: UUID, *, to_change: bool = False
) -> tuple[Target, Fares | None]:
    stored = await store.find(connection, user, target_id, to_change=to_change)
    if stored is None:
        raise _not_found()
    return stored, (await notifier.states(connection, user, [target_id])).get(target_id)


async def _check_endpoint(parts: Parts, endpoint: str) -> None:
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            await checked_target(endpoint, allow_private=parts.allow_private_urls)
    except AddressRefused as refused:
        raise Problem(422, "address_refused", f"This address is not called: {refused}.") from None
    except (NotResolved, TimeoutError):
        raise Problem(422, "address_not_resolved", "The host of this address is not found just now.") from None


def _not_found() -> Problem:
    return Problem(
        404, "target_not_found", "You have no target with this id; GET /api/v1/notifications/targets lists yours."
    )


def _refuse_codes() -> NoReturn:
    detail = f"{codes.MOST_A_DAY} codes were sent to your addresses within a day: try again tomorrow."
    raise Problem(409, "too_many_codes", detail) from None
