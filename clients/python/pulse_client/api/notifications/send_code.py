from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.shown_target import ShownTarget
from ...types import UNSET, Response, Unset


def _get_kwargs(
    target_id: UUID,
    *,
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
        "url": "/api/v1/notifications/targets/{target_id}/code".format(
            target_id=quote(str(target_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | ShownTarget | None:
    if response.status_code == 202:
        response_202 = ShownTarget.from_dict(response.json())

        return response_202

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
    target_id: UUID,
    *,
    client: AuthenticatedClient,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | ShownTarget]:
    """Send Code

     Have another code sent to an e-mail address; the one before is good no more.

    Ten are sent within a day at most, to all your addresses (409 `too_many_codes`). Nothing waits for a
    code: 409
    `target_confirmed`.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | ShownTarget]
    """

    kwargs = _get_kwargs(
        target_id=target_id,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    target_id: UUID,
    *,
    client: AuthenticatedClient,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | ShownTarget | None:
    """Send Code

     Have another code sent to an e-mail address; the one before is good no more.

    Ten are sent within a day at most, to all your addresses (409 `too_many_codes`). Nothing waits for a
    code: 409
    `target_confirmed`.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | ShownTarget
    """

    return sync_detailed(
        target_id=target_id,
        client=client,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    target_id: UUID,
    *,
    client: AuthenticatedClient,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | ShownTarget]:
    """Send Code

     Have another code sent to an e-mail address; the one before is good no more.

    Ten are sent within a day at most, to all your addresses (409 `too_many_codes`). Nothing waits for a
    code: 409
    `target_confirmed`.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | ShownTarget]
    """

    kwargs = _get_kwargs(
        target_id=target_id,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    target_id: UUID,
    *,
    client: AuthenticatedClient,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | ShownTarget | None:
    """Send Code

     Have another code sent to an e-mail address; the one before is good no more.

    Ten are sent within a day at most, to all your addresses (409 `too_many_codes`). Nothing waits for a
    code: 409
    `target_confirmed`.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | ShownTarget
    """

    return (
        await asyncio_detailed(
            target_id=target_id,
            client=client,
            x_telegram_user_id=x_telegram_user_id,
            idempotency_key=idempotency_key,
        )
    ).parsed
