from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
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
        "method": "delete",
        "url": "/api/v1/notifications/targets/{target_id}".format(
            target_id=quote(str(target_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | ProblemDetails | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

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
) -> Response[Any | ProblemDetails]:
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
) -> Response[Any | ProblemDetails]:
    """Remove Target

     Remove a target: it is told nothing more, and what is waiting for it is given up.

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
        Response[Any | ProblemDetails]
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
) -> Any | ProblemDetails | None:
    """Remove Target

     Remove a target: it is told nothing more, and what is waiting for it is given up.

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
        Any | ProblemDetails
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
) -> Response[Any | ProblemDetails]:
    """Remove Target

     Remove a target: it is told nothing more, and what is waiting for it is given up.

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
        Response[Any | ProblemDetails]
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
) -> Any | ProblemDetails | None:
    """Remove Target

     Remove a target: it is told nothing more, and what is waiting for it is given up.

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
        Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            target_id=target_id,
            client=client,
            x_telegram_user_id=x_telegram_user_id,
            idempotency_key=idempotency_key,
        )
    ).parsed
