from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_targets_format import ListTargetsFormat
from ...models.listed_shown_target import ListedShownTarget
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListTargetsFormat | Unset = UNSET,
    excel: bool | Unset = False,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["offset"] = offset

    params["cursor"] = cursor

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params["excel"] = excel

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/notifications/targets",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ListedShownTarget | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = ListedShownTarget.from_dict(response.json())

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
) -> Response[Any | ListedShownTarget | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListTargetsFormat | Unset = UNSET,
    excel: bool | Unset = False,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ListedShownTarget | ProblemDetails]:
    """List Targets

     Where you are told, oldest first: 20 at most. Your own chat with the bot is not among them.

    Args:
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListTargetsFormat | Unset): csv, xlsx: the whole list as a file, whatever `limit`
            says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ListedShownTarget | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        offset=offset,
        cursor=cursor,
        format_=format_,
        excel=excel,
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
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListTargetsFormat | Unset = UNSET,
    excel: bool | Unset = False,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ListedShownTarget | ProblemDetails | None:
    """List Targets

     Where you are told, oldest first: 20 at most. Your own chat with the bot is not among them.

    Args:
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListTargetsFormat | Unset): csv, xlsx: the whole list as a file, whatever `limit`
            says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ListedShownTarget | ProblemDetails
    """

    return sync_detailed(
        client=client,
        limit=limit,
        offset=offset,
        cursor=cursor,
        format_=format_,
        excel=excel,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListTargetsFormat | Unset = UNSET,
    excel: bool | Unset = False,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ListedShownTarget | ProblemDetails]:
    """List Targets

     Where you are told, oldest first: 20 at most. Your own chat with the bot is not among them.

    Args:
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListTargetsFormat | Unset): csv, xlsx: the whole list as a file, whatever `limit`
            says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ListedShownTarget | ProblemDetails]
    """

    kwargs = _get_kwargs(
        limit=limit,
        offset=offset,
        cursor=cursor,
        format_=format_,
        excel=excel,
        x_telegram_user_id=x_telegram_user_id,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListTargetsFormat | Unset = UNSET,
    excel: bool | Unset = False,
    x_telegram_user_id: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ListedShownTarget | ProblemDetails | None:
    """List Targets

     Where you are told, oldest first: 20 at most. Your own chat with the bot is not among them.

    Args:
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListTargetsFormat | Unset): csv, xlsx: the whole list as a file, whatever `limit`
            says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ListedShownTarget | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            offset=offset,
            cursor=cursor,
            format_=format_,
            excel=excel,
            x_telegram_user_id=x_telegram_user_id,
            if_none_match=if_none_match,
        )
    ).parsed
