from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.answered_stock_by_place import AnsweredStockByPlace
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    nm_id: int,
    *,
    cabinet_id: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    params: dict[str, Any] = {}

    json_cabinet_id: str | Unset = UNSET
    if not isinstance(cabinet_id, Unset):
        json_cabinet_id = str(cabinet_id)
    params["cabinet_id"] = json_cabinet_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/stocks/{nm_id}".format(
            nm_id=quote(str(nm_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AnsweredStockByPlace | Any | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = AnsweredStockByPlace.from_dict(response.json())

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
) -> Response[AnsweredStockByPlace | Any | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    nm_id: int,
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredStockByPlace | Any | ProblemDetails]:
    """Get Stock

     The stock of one item, with each size at each warehouse. Where more than one of your cabinets has
    it, the one
    that was connected first answers, unless you name another.

    Args:
        nm_id (int): WB article
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredStockByPlace | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        nm_id=nm_id,
        cabinet_id=cabinet_id,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    nm_id: int,
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredStockByPlace | Any | ProblemDetails | None:
    """Get Stock

     The stock of one item, with each size at each warehouse. Where more than one of your cabinets has
    it, the one
    that was connected first answers, unless you name another.

    Args:
        nm_id (int): WB article
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredStockByPlace | Any | ProblemDetails
    """

    return sync_detailed(
        nm_id=nm_id,
        client=client,
        cabinet_id=cabinet_id,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    ).parsed


async def asyncio_detailed(
    nm_id: int,
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredStockByPlace | Any | ProblemDetails]:
    """Get Stock

     The stock of one item, with each size at each warehouse. Where more than one of your cabinets has
    it, the one
    that was connected first answers, unless you name another.

    Args:
        nm_id (int): WB article
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredStockByPlace | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        nm_id=nm_id,
        cabinet_id=cabinet_id,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    nm_id: int,
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredStockByPlace | Any | ProblemDetails | None:
    """Get Stock

     The stock of one item, with each size at each warehouse. Where more than one of your cabinets has
    it, the one
    that was connected first answers, unless you name another.

    Args:
        nm_id (int): WB article
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredStockByPlace | Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            nm_id=nm_id,
            client=client,
            cabinet_id=cabinet_id,
            if_none_match=if_none_match,
            x_telegram_user_id=x_telegram_user_id,
        )
    ).parsed
