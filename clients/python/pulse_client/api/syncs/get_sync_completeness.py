from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.answered_completeness import AnsweredCompleteness
from ...models.get_sync_completeness_resource import (
    GetSyncCompletenessResource,
)
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cabinet_id: UUID,
    resource: GetSyncCompletenessResource | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    params: dict[str, Any] = {}

    json_cabinet_id = str(cabinet_id)
    params["cabinet_id"] = json_cabinet_id

    json_resource: str | Unset = UNSET
    if not isinstance(resource, Unset):
        json_resource = resource

    params["resource"] = json_resource

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/sync/completeness",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AnsweredCompleteness | Any | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = AnsweredCompleteness.from_dict(response.json())

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
) -> Response[AnsweredCompleteness | Any | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID,
    resource: GetSyncCompletenessResource | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredCompleteness | Any | ProblemDetails]:
    """Get Sync Completeness

     What is known of each day of a cabinet's data: when it was read again, its rows and their hash, and
    what was
    missing. Every night days are read again as far back as Wildberries keeps them; what was missing is
    stored then.

    Args:
        cabinet_id (UUID): a cabinet
        resource (GetSyncCompletenessResource | Unset): one of its resources, with all its days;
            else all, with their gaps
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredCompleteness | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        cabinet_id=cabinet_id,
        resource=resource,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID,
    resource: GetSyncCompletenessResource | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredCompleteness | Any | ProblemDetails | None:
    """Get Sync Completeness

     What is known of each day of a cabinet's data: when it was read again, its rows and their hash, and
    what was
    missing. Every night days are read again as far back as Wildberries keeps them; what was missing is
    stored then.

    Args:
        cabinet_id (UUID): a cabinet
        resource (GetSyncCompletenessResource | Unset): one of its resources, with all its days;
            else all, with their gaps
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredCompleteness | Any | ProblemDetails
    """

    return sync_detailed(
        client=client,
        cabinet_id=cabinet_id,
        resource=resource,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID,
    resource: GetSyncCompletenessResource | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredCompleteness | Any | ProblemDetails]:
    """Get Sync Completeness

     What is known of each day of a cabinet's data: when it was read again, its rows and their hash, and
    what was
    missing. Every night days are read again as far back as Wildberries keeps them; what was missing is
    stored then.

    Args:
        cabinet_id (UUID): a cabinet
        resource (GetSyncCompletenessResource | Unset): one of its resources, with all its days;
            else all, with their gaps
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredCompleteness | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        cabinet_id=cabinet_id,
        resource=resource,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID,
    resource: GetSyncCompletenessResource | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredCompleteness | Any | ProblemDetails | None:
    """Get Sync Completeness

     What is known of each day of a cabinet's data: when it was read again, its rows and their hash, and
    what was
    missing. Every night days are read again as far back as Wildberries keeps them; what was missing is
    stored then.

    Args:
        cabinet_id (UUID): a cabinet
        resource (GetSyncCompletenessResource | Unset): one of its resources, with all its days;
            else all, with their gaps
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredCompleteness | Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            cabinet_id=cabinet_id,
            resource=resource,
            if_none_match=if_none_match,
            x_telegram_user_id=x_telegram_user_id,
        )
    ).parsed
