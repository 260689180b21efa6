from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.unmute_notifications_kind import (
    UnmuteNotificationsKind,
)
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cabinet_id: UUID | Unset = UNSET,
    kind: UnmuteNotificationsKind | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    json_cabinet_id: str | Unset = UNSET
    if not isinstance(cabinet_id, Unset):
        json_cabinet_id = str(cabinet_id)
    params["cabinet_id"] = json_cabinet_id

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind

    params["kind"] = json_kind

    params["nm_id"] = nm_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/v1/notifications/mutes",
        "params": params,
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
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    kind: UnmuteNotificationsKind | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Any | ProblemDetails]:
    """Unmute Notifications

     End the mute that names exactly this, with nothing named that of everything; where there is none,
    nothing
    happens.

    Args:
        cabinet_id (UUID | Unset):
        kind (UnmuteNotificationsKind | Unset):
        nm_id (int | Unset):
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
        cabinet_id=cabinet_id,
        kind=kind,
        nm_id=nm_id,
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
    cabinet_id: UUID | Unset = UNSET,
    kind: UnmuteNotificationsKind | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Any | ProblemDetails | None:
    """Unmute Notifications

     End the mute that names exactly this, with nothing named that of everything; where there is none,
    nothing
    happens.

    Args:
        cabinet_id (UUID | Unset):
        kind (UnmuteNotificationsKind | Unset):
        nm_id (int | Unset):
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
        client=client,
        cabinet_id=cabinet_id,
        kind=kind,
        nm_id=nm_id,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    kind: UnmuteNotificationsKind | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Any | ProblemDetails]:
    """Unmute Notifications

     End the mute that names exactly this, with nothing named that of everything; where there is none,
    nothing
    happens.

    Args:
        cabinet_id (UUID | Unset):
        kind (UnmuteNotificationsKind | Unset):
        nm_id (int | Unset):
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
        cabinet_id=cabinet_id,
        kind=kind,
        nm_id=nm_id,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    kind: UnmuteNotificationsKind | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Any | ProblemDetails | None:
    """Unmute Notifications

     End the mute that names exactly this, with nothing named that of everything; where there is none,
    nothing
    happens.

    Args:
        cabinet_id (UUID | Unset):
        kind (UnmuteNotificationsKind | Unset):
        nm_id (int | Unset):
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
            client=client,
            cabinet_id=cabinet_id,
            kind=kind,
            nm_id=nm_id,
            x_telegram_user_id=x_telegram_user_id,
            idempotency_key=idempotency_key,
        )
    ).parsed
