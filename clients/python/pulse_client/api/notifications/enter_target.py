from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.enter_email import EnterEmail
from ...models.enter_firebase import EnterFirebase
from ...models.enter_telegram import EnterTelegram
from ...models.enter_web_push import EnterWebPush
from ...models.problem_details import ProblemDetails
from ...models.shown_target import ShownTarget
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/notifications/targets",
    }

    if isinstance(body, EnterEmail):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, EnterWebPush):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, EnterFirebase):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | ShownTarget | None:
    if response.status_code == 200:
        response_200 = ShownTarget.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = ShownTarget.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ProblemDetails.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemDetails.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemDetails.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ProblemDetails.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = ProblemDetails.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = ProblemDetails.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = ProblemDetails.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemDetails.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = ProblemDetails.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = ProblemDetails.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDetails | ShownTarget]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | ShownTarget]:
    """Enter Target

     Be told there as well. Addresses are sealed and never shown again, but for a hint. A browser, app or
    group that
    is entered again is changed; an e-mail address is a new target each time (nothing is kept that it
    could be guessed
    from), and is sent a code first, and nothing else until `…/confirm`.

    Refused: 409 `channel_off`, nothing is sent over this channel here; 409 `too_many_targets`, 20 are
    yours; 409
    `too_many_codes`, ten were sent within a day; 422 `address_malformed`; 422 `address_refused` and
    `address_not_resolved`, as of webhooks; 403 `bot_only`: groups are entered by the bot, which knows
    who is a member.

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | ShownTarget]
    """

    kwargs = _get_kwargs(
        body=body,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | ShownTarget | None:
    """Enter Target

     Be told there as well. Addresses are sealed and never shown again, but for a hint. A browser, app or
    group that
    is entered again is changed; an e-mail address is a new target each time (nothing is kept that it
    could be guessed
    from), and is sent a code first, and nothing else until `…/confirm`.

    Refused: 409 `channel_off`, nothing is sent over this channel here; 409 `too_many_targets`, 20 are
    yours; 409
    `too_many_codes`, ten were sent within a day; 422 `address_malformed`; 422 `address_refused` and
    `address_not_resolved`, as of webhooks; 403 `bot_only`: groups are entered by the bot, which knows
    who is a member.

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | ShownTarget
    """

    return sync_detailed(
        client=client,
        body=body,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | ShownTarget]:
    """Enter Target

     Be told there as well. Addresses are sealed and never shown again, but for a hint. A browser, app or
    group that
    is entered again is changed; an e-mail address is a new target each time (nothing is kept that it
    could be guessed
    from), and is sent a code first, and nothing else until `…/confirm`.

    Refused: 409 `channel_off`, nothing is sent over this channel here; 409 `too_many_targets`, 20 are
    yours; 409
    `too_many_codes`, ten were sent within a day; 422 `address_malformed`; 422 `address_refused` and
    `address_not_resolved`, as of webhooks; 403 `bot_only`: groups are entered by the bot, which knows
    who is a member.

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | ShownTarget]
    """

    kwargs = _get_kwargs(
        body=body,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | ShownTarget | None:
    """Enter Target

     Be told there as well. Addresses are sealed and never shown again, but for a hint. A browser, app or
    group that
    is entered again is changed; an e-mail address is a new target each time (nothing is kept that it
    could be guessed
    from), and is sent a code first, and nothing else until `…/confirm`.

    Refused: 409 `channel_off`, nothing is sent over this channel here; 409 `too_many_targets`, 20 are
    yours; 409
    `too_many_codes`, ten were sent within a day; 422 `address_malformed`; 422 `address_refused` and
    `address_not_resolved`, as of webhooks; 403 `bot_only`: groups are entered by the bot, which knows
    who is a member.

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (EnterEmail | EnterFirebase | EnterTelegram | EnterWebPush):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | ShownTarget
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_telegram_user_id=x_telegram_user_id,
            idempotency_key=idempotency_key,
        )
    ).parsed
