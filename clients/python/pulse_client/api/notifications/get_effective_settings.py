from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.answered_effective_settings import AnsweredEffectiveSettings
from ...models.get_effective_settings_channel import (
    GetEffectiveSettingsChannel,
)
from ...models.get_effective_settings_kind import (
    GetEffectiveSettingsKind,
)
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    kind: GetEffectiveSettingsKind,
    cabinet_id: UUID | Unset = UNSET,
    channel: GetEffectiveSettingsChannel | Unset = "telegram",
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    params: dict[str, Any] = {}

    json_kind: str = kind
    params["kind"] = json_kind

    json_cabinet_id: str | Unset = UNSET
    if not isinstance(cabinet_id, Unset):
        json_cabinet_id = str(cabinet_id)
    params["cabinet_id"] = json_cabinet_id

    json_channel: str | Unset = UNSET
    if not isinstance(channel, Unset):
        json_channel = channel

    params["channel"] = json_channel

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/notifications/settings/effective",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AnsweredEffectiveSettings | Any | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = AnsweredEffectiveSettings.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[AnsweredEffectiveSettings | Any | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    kind: GetEffectiveSettingsKind,
    cabinet_id: UUID | Unset = UNSET,
    channel: GetEffectiveSettingsChannel | Unset = "telegram",
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AnsweredEffectiveSettings | Any | ProblemDetails]:
    """Get Effective Settings

     What counts for messages of a kind about a cabinet in a channel, and what each level says of it.

    Args:
        kind (GetEffectiveSettingsKind):
        cabinet_id (UUID | Unset): without it, of no cabinet in particular
        channel (GetEffectiveSettingsChannel | Unset):  Default: 'telegram'.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredEffectiveSettings | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        kind=kind,
        cabinet_id=cabinet_id,
        channel=channel,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    kind: GetEffectiveSettingsKind,
    cabinet_id: UUID | Unset = UNSET,
    channel: GetEffectiveSettingsChannel | Unset = "telegram",
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AnsweredEffectiveSettings | Any | ProblemDetails | None:
    """Get Effective Settings

     What counts for messages of a kind about a cabinet in a channel, and what each level says of it.

    Args:
        kind (GetEffectiveSettingsKind):
        cabinet_id (UUID | Unset): without it, of no cabinet in particular
        channel (GetEffectiveSettingsChannel | Unset):  Default: 'telegram'.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredEffectiveSettings | Any | ProblemDetails
    """

    return sync_detailed(
        client=client,
        kind=kind,
        cabinet_id=cabinet_id,
        channel=channel,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    kind: GetEffectiveSettingsKind,
    cabinet_id: UUID | Unset = UNSET,
    channel: GetEffectiveSettingsChannel | Unset = "telegram",
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AnsweredEffectiveSettings | Any | ProblemDetails]:
    """Get Effective Settings

     What counts for messages of a kind about a cabinet in a channel, and what each level says of it.

    Args:
        kind (GetEffectiveSettingsKind):
        cabinet_id (UUID | Unset): without it, of no cabinet in particular
        channel (GetEffectiveSettingsChannel | Unset):  Default: 'telegram'.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredEffectiveSettings | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        kind=kind,
        cabinet_id=cabinet_id,
        channel=channel,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    kind: GetEffectiveSettingsKind,
    cabinet_id: UUID | Unset = UNSET,
    channel: GetEffectiveSettingsChannel | Unset = "telegram",
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AnsweredEffectiveSettings | Any | ProblemDetails | None:
    """Get Effective Settings

     What counts for messages of a kind about a cabinet in a channel, and what each level says of it.

    Args:
        kind (GetEffectiveSettingsKind):
        cabinet_id (UUID | Unset): without it, of no cabinet in particular
        channel (GetEffectiveSettingsChannel | Unset):  Default: 'telegram'.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredEffectiveSettings | Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            kind=kind,
            cabinet_id=cabinet_id,
            channel=channel,
            x_telegram_user_id=x_telegram_user_id,
            if_none_match=if_none_match,
        )
    ).parsed
