from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_performance_abc import (
    ListPerformanceAbc,
)
from ...models.list_performance_format import (
    ListPerformanceFormat,
)
from ...models.list_performance_xyz import (
    ListPerformanceXyz,
)
from ...models.listed_item_performance import ListedItemPerformance
from ...models.performance_sort import PerformanceSort
from ...models.period_days import PeriodDays
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cabinet_id: UUID | Unset = UNSET,
    period: PeriodDays | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    brand: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    currency: str | Unset = UNSET,
    abc: ListPerformanceAbc | Unset = UNSET,
    xyz: ListPerformanceXyz | Unset = UNSET,
    to_send: bool | Unset = False,
    sort: PerformanceSort | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListPerformanceFormat | Unset = UNSET,
    excel: bool | Unset = False,
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

    json_period: int | Unset = UNSET
    if not isinstance(period, Unset):
        json_period = period

    params["period"] = json_period

    params["nm_id"] = nm_id

    params["brand"] = brand

    params["subject"] = subject

    params["currency"] = currency

    json_abc: str | Unset = UNSET
    if not isinstance(abc, Unset):
        json_abc = abc

    params["abc"] = json_abc

    json_xyz: str | Unset = UNSET
    if not isinstance(xyz, Unset):
        json_xyz = xyz

    params["xyz"] = json_xyz

    params["to_send"] = to_send

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort

    params["sort"] = json_sort

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
        "url": "/api/v1/analytics/performance",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ListedItemPerformance | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = ListedItemPerformance.from_dict(response.json())

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
) -> Response[Any | ListedItemPerformance | ProblemDetails]:
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
    period: PeriodDays | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    brand: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    currency: str | Unset = UNSET,
    abc: ListPerformanceAbc | Unset = UNSET,
    xyz: ListPerformanceXyz | Unset = UNSET,
    to_send: bool | Unset = False,
    sort: PerformanceSort | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListPerformanceFormat | Unset = UNSET,
    excel: bool | Unset = False,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[Any | ListedItemPerformance | ProblemDetails]:
    """List Performance

     How items do, those with the largest sum of orders first: figures of the period and of the one
    before, ABC and
    XYZ, what became of the orders, speed, adverts, estimated profit, how long the stock lasts and what
    to send. An item
    with amounts in two currencies stands twice; an item that was never ordered does not stand here.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        nm_id (int | Unset): WB article; without it, all
        brand (str | Unset): the whole name, as in the card
        subject (str | Unset): the whole name, as in the card
        currency (str | Unset): one currency; without it, each apart
        abc (ListPerformanceAbc | Unset): class by revenue of 30 days
        xyz (ListPerformanceXyz | Unset): class by steadiness of weekly orders
        to_send (bool | Unset): items of which pieces are to be sent now Default: False.
        sort (PerformanceSort | Unset): By what items are ordered, the largest first.
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListPerformanceFormat | Unset): csv, xlsx: the whole list as a file, whatever
            `limit` says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ListedItemPerformance | ProblemDetails]
    """

    kwargs = _get_kwargs(
        cabinet_id=cabinet_id,
        period=period,
        nm_id=nm_id,
        brand=brand,
        subject=subject,
        currency=currency,
        abc=abc,
        xyz=xyz,
        to_send=to_send,
        sort=sort,
        limit=limit,
        offset=offset,
        cursor=cursor,
        format_=format_,
        excel=excel,
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
    cabinet_id: UUID | Unset = UNSET,
    period: PeriodDays | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    brand: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    currency: str | Unset = UNSET,
    abc: ListPerformanceAbc | Unset = UNSET,
    xyz: ListPerformanceXyz | Unset = UNSET,
    to_send: bool | Unset = False,
    sort: PerformanceSort | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListPerformanceFormat | Unset = UNSET,
    excel: bool | Unset = False,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Any | ListedItemPerformance | ProblemDetails | None:
    """List Performance

     How items do, those with the largest sum of orders first: figures of the period and of the one
    before, ABC and
    XYZ, what became of the orders, speed, adverts, estimated profit, how long the stock lasts and what
    to send. An item
    with amounts in two currencies stands twice; an item that was never ordered does not stand here.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        nm_id (int | Unset): WB article; without it, all
        brand (str | Unset): the whole name, as in the card
        subject (str | Unset): the whole name, as in the card
        currency (str | Unset): one currency; without it, each apart
        abc (ListPerformanceAbc | Unset): class by revenue of 30 days
        xyz (ListPerformanceXyz | Unset): class by steadiness of weekly orders
        to_send (bool | Unset): items of which pieces are to be sent now Default: False.
        sort (PerformanceSort | Unset): By what items are ordered, the largest first.
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListPerformanceFormat | Unset): csv, xlsx: the whole list as a file, whatever
            `limit` says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ListedItemPerformance | ProblemDetails
    """

    return sync_detailed(
        client=client,
        cabinet_id=cabinet_id,
        period=period,
        nm_id=nm_id,
        brand=brand,
        subject=subject,
        currency=currency,
        abc=abc,
        xyz=xyz,
        to_send=to_send,
        sort=sort,
        limit=limit,
        offset=offset,
        cursor=cursor,
        format_=format_,
        excel=excel,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    period: PeriodDays | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    brand: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    currency: str | Unset = UNSET,
    abc: ListPerformanceAbc | Unset = UNSET,
    xyz: ListPerformanceXyz | Unset = UNSET,
    to_send: bool | Unset = False,
    sort: PerformanceSort | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListPerformanceFormat | Unset = UNSET,
    excel: bool | Unset = False,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[Any | ListedItemPerformance | ProblemDetails]:
    """List Performance

     How items do, those with the largest sum of orders first: figures of the period and of the one
    before, ABC and
    XYZ, what became of the orders, speed, adverts, estimated profit, how long the stock lasts and what
    to send. An item
    with amounts in two currencies stands twice; an item that was never ordered does not stand here.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        nm_id (int | Unset): WB article; without it, all
        brand (str | Unset): the whole name, as in the card
        subject (str | Unset): the whole name, as in the card
        currency (str | Unset): one currency; without it, each apart
        abc (ListPerformanceAbc | Unset): class by revenue of 30 days
        xyz (ListPerformanceXyz | Unset): class by steadiness of weekly orders
        to_send (bool | Unset): items of which pieces are to be sent now Default: False.
        sort (PerformanceSort | Unset): By what items are ordered, the largest first.
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListPerformanceFormat | Unset): csv, xlsx: the whole list as a file, whatever
            `limit` says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ListedItemPerformance | ProblemDetails]
    """

    kwargs = _get_kwargs(
        cabinet_id=cabinet_id,
        period=period,
        nm_id=nm_id,
        brand=brand,
        subject=subject,
        currency=currency,
        abc=abc,
        xyz=xyz,
        to_send=to_send,
        sort=sort,
        limit=limit,
        offset=offset,
        cursor=cursor,
        format_=format_,
        excel=excel,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    period: PeriodDays | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    brand: str | Unset = UNSET,
    subject: str | Unset = UNSET,
    currency: str | Unset = UNSET,
    abc: ListPerformanceAbc | Unset = UNSET,
    xyz: ListPerformanceXyz | Unset = UNSET,
    to_send: bool | Unset = False,
    sort: PerformanceSort | Unset = UNSET,
    limit: int | Unset = 50,
    offset: int | Unset = 0,
    cursor: str | Unset = UNSET,
    format_: ListPerformanceFormat | Unset = UNSET,
    excel: bool | Unset = False,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Any | ListedItemPerformance | ProblemDetails | None:
    """List Performance

     How items do, those with the largest sum of orders first: figures of the period and of the one
    before, ABC and
    XYZ, what became of the orders, speed, adverts, estimated profit, how long the stock lasts and what
    to send. An item
    with amounts in two currencies stands twice; an item that was never ordered does not stand here.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        nm_id (int | Unset): WB article; without it, all
        brand (str | Unset): the whole name, as in the card
        subject (str | Unset): the whole name, as in the card
        currency (str | Unset): one currency; without it, each apart
        abc (ListPerformanceAbc | Unset): class by revenue of 30 days
        xyz (ListPerformanceXyz | Unset): class by steadiness of weekly orders
        to_send (bool | Unset): items of which pieces are to be sent now Default: False.
        sort (PerformanceSort | Unset): By what items are ordered, the largest first.
        limit (int | Unset):  Default: 50.
        offset (int | Unset): rows to leave out; deeper lists are read by `cursor` Default: 0.
        cursor (str | Unset): `meta.next_cursor` of the page before; 422 `cursor_invalid`: of
            another list or order, `offset_or_cursor`: beside an offset
        format_ (ListPerformanceFormat | Unset): csv, xlsx: the whole list as a file, whatever
            `limit` says; without it, as `Accept` prefers
        excel (bool | Unset): CSV as Russian Excel opens it: with a BOM, semicolons and decimal
            commas Default: False.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ListedItemPerformance | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            cabinet_id=cabinet_id,
            period=period,
            nm_id=nm_id,
            brand=brand,
            subject=subject,
            currency=currency,
            abc=abc,
            xyz=xyz,
            to_send=to_send,
            sort=sort,
            limit=limit,
            offset=offset,
            cursor=cursor,
            format_=format_,
            excel=excel,
            if_none_match=if_none_match,
            x_telegram_user_id=x_telegram_user_id,
        )
    ).parsed
