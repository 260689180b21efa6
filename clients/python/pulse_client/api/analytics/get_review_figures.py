from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.answered_reviews_report import AnsweredReviewsReport
from ...models.period_days import PeriodDays
from ...models.problem_details import ProblemDetails
from ...models.review_group_by import ReviewGroupBy
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cabinet_id: UUID | Unset = UNSET,
    period: PeriodDays | Unset = UNSET,
    group_by: ReviewGroupBy | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
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

    json_group_by: str | Unset = UNSET
    if not isinstance(group_by, Unset):
        json_group_by = group_by

    params["group_by"] = json_group_by

    params["nm_id"] = nm_id

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/analytics/reviews",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AnsweredReviewsReport | Any | ProblemDetails | None:
    if response.status_code == 200:
        response_200 = AnsweredReviewsReport.from_dict(response.json())

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
) -> Response[AnsweredReviewsReport | Any | ProblemDetails]:
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
    group_by: ReviewGroupBy | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredReviewsReport | Any | ProblemDetails]:
    """Get Review Figures

     Feedbacks and questions of a period beside the one before, in all and by group: stars, rating, and
    what waits for
    an answer. Days: the newest first, each beside the day as many days before; items: those with most
    feedbacks first.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        group_by (ReviewGroupBy | Unset): What figures are taken apart by.
        nm_id (int | Unset): WB article; without it, all
        limit (int | Unset): groups Default: 100.
        offset (int | Unset): groups to leave out Default: 0.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredReviewsReport | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        cabinet_id=cabinet_id,
        period=period,
        group_by=group_by,
        nm_id=nm_id,
        limit=limit,
        offset=offset,
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
    group_by: ReviewGroupBy | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredReviewsReport | Any | ProblemDetails | None:
    """Get Review Figures

     Feedbacks and questions of a period beside the one before, in all and by group: stars, rating, and
    what waits for
    an answer. Days: the newest first, each beside the day as many days before; items: those with most
    feedbacks first.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        group_by (ReviewGroupBy | Unset): What figures are taken apart by.
        nm_id (int | Unset): WB article; without it, all
        limit (int | Unset): groups Default: 100.
        offset (int | Unset): groups to leave out Default: 0.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredReviewsReport | Any | ProblemDetails
    """

    return sync_detailed(
        client=client,
        cabinet_id=cabinet_id,
        period=period,
        group_by=group_by,
        nm_id=nm_id,
        limit=limit,
        offset=offset,
        if_none_match=if_none_match,
        x_telegram_user_id=x_telegram_user_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cabinet_id: UUID | Unset = UNSET,
    period: PeriodDays | Unset = UNSET,
    group_by: ReviewGroupBy | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> Response[AnsweredReviewsReport | Any | ProblemDetails]:
    """Get Review Figures

     Feedbacks and questions of a period beside the one before, in all and by group: stars, rating, and
    what waits for
    an answer. Days: the newest first, each beside the day as many days before; items: those with most
    feedbacks first.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        group_by (ReviewGroupBy | Unset): What figures are taken apart by.
        nm_id (int | Unset): WB article; without it, all
        limit (int | Unset): groups Default: 100.
        offset (int | Unset): groups to leave out Default: 0.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnsweredReviewsReport | Any | ProblemDetails]
    """

    kwargs = _get_kwargs(
        cabinet_id=cabinet_id,
        period=period,
        group_by=group_by,
        nm_id=nm_id,
        limit=limit,
        offset=offset,
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
    group_by: ReviewGroupBy | Unset = UNSET,
    nm_id: int | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
    if_none_match: str | Unset = UNSET,
    x_telegram_user_id: str | Unset = UNSET,
) -> AnsweredReviewsReport | Any | ProblemDetails | None:
    """Get Review Figures

     Feedbacks and questions of a period beside the one before, in all and by group: stars, rating, and
    what waits for
    an answer. Days: the newest first, each beside the day as many days before; items: those with most
    feedbacks first.

    Args:
        cabinet_id (UUID | Unset): one cabinet; without it, all of the user's
        period (PeriodDays | Unset): Days of a period that is kept counted, up to today:
            `contracts.analytics.PERIODS_DAYS`.
        group_by (ReviewGroupBy | Unset): What figures are taken apart by.
        nm_id (int | Unset): WB article; without it, all
        limit (int | Unset): groups Default: 100.
        offset (int | Unset): groups to leave out Default: 0.
        if_none_match (str | Unset): the `ETag` of an answer that you have: 304 while it is still
            so
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnsweredReviewsReport | Any | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            cabinet_id=cabinet_id,
            period=period,
            group_by=group_by,
            nm_id=nm_id,
            limit=limit,
            offset=offset,
            if_none_match=if_none_match,
            x_telegram_user_id=x_telegram_user_id,
        )
    ).parsed
