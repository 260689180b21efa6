from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.answered_order_report import AnsweredOrderReport
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    order_id: UUID,
    *,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders/{order_id}/report".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AnsweredOrderReport | Any | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = AnsweredOrderReport.from_dict(response.json())

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
) -> Response[AnsweredOrderReport | Any | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredOrderReport | Any | ProblemDetails]:
    """Get Order Report

     Everything known beside one order, by sections, and the same as a text (`text` in Russian, `text_en`
    in
    English: HTML as Telegram reads it, 4096 units at most). Each source says how old it is in
    `freshness`.

    Args:
        order_id (UUID):
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredOrderReport | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredOrderReport | Any | ProblemDetails | None:
    """Get Order Report

     Everything known beside one order, by sections, and the same as a text (`text` in Russian, `text_en`
    in
    English: HTML as Telegram reads it, 4096 units at most). Each source says how old it is in
    `freshness`.

    Args:
        order_id (UUID):
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredOrderReport | Any | ProblemDetails
    """

    return sync_detailed(
        order_id=order_id,
        client=client,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    ).parsed


async def asyncio_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredOrderReport | Any | ProblemDetails]:
    """Get Order Report

     Everything known beside one order, by sections, and the same as a text (`text` in Russian, `text_en`
    in
    English: HTML as Telegram reads it, 4096 units at most). Each source says how old it is in
    `freshness`.

    Args:
        order_id (UUID):
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredOrderReport | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredOrderReport | Any | ProblemDetails | None:
    """Get Order Report

     Everything known beside one order, by sections, and the same as a text (`text` in Russian, `text_en`
    in
    English: HTML as Telegram reads it, 4096 units at most). Each source says how old it is in
    `freshness`.

    Args:
        order_id (UUID):
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredOrderReport | Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            if_none_match=if_none_match,
            x_telegram_user_id=x_telegram_user_id,
        )
    ).parsed
