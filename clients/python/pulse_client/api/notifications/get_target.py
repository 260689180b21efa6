from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.answered_shown_target import AnsweredShownTarget
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    target_id: UUID,
    *,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/notifications/targets/{target_id}".format(
            target_id=quote(str(target_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AnsweredShownTarget | Any | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = AnsweredShownTarget.from_dict(response.json())

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
) -> Response[AnsweredShownTarget | Any | ProblemDetails]:
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
    if_none_match: str | Unset = UNSET,
) -> Response[AnsweredShownTarget | Any | ProblemDetails]:
    """Get Target

     One target, and how it fares.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredShownTarget | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        target_id=target_id,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
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
    if_none_match: str | Unset = UNSET,
) -> AnsweredShownTarget | Any | ProblemDetails | None:
    """Get Target

     One target, and how it fares.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredShownTarget | Any | ProblemDetails
    """

    return sync_detailed(
        target_id=target_id,
        client=client,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    target_id: UUID,
    *,
    client: AuthenticatedClient,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AnsweredShownTarget | Any | ProblemDetails]:
    """Get Target

     One target, and how it fares.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredShownTarget | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        target_id=target_id,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    target_id: UUID,
    *,
    client: AuthenticatedClient,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AnsweredShownTarget | Any | ProblemDetails | None:
    """Get Target

     One target, and how it fares.

    Args:
        target_id (UUID):
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredShownTarget | Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            target_id=target_id,
            client=client,
            x_telegram_user_id=x_telegram_user_id,
            if_none_match=if_none_match,
        )
    ).parsed
