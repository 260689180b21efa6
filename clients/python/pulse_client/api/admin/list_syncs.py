from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_syncs_sort import ListSyncsSort
from ...models.problem_details import ProblemDetails
from ...models.sync_record import SyncRecord
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    sort: ListSyncsSort | Unset = UNSET,
    range_: str | Unset = UNSET,
    filter_: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort

    params["sort"] = json_sort

    params["range"] = range_

    params["filter"] = filter_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/admin/syncs",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | list[SyncRecord] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = SyncRecord.from_dict(response_200_item_data)

            response_200.append(response_200_item)

        return response_200

    if response.status_code == 400:
        response_400 = ProblemDetails.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemDetails.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemDetails.from_dict(response.json())

        return response_403

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
) -> Response[ProblemDetails | list[SyncRecord]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    sort: ListSyncsSort | Unset = UNSET,
    range_: str | Unset = UNSET,
    filter_: str | Unset = UNSET,
) -> Response[ProblemDetails | list[SyncRecord]]:
    """List Syncs

     Syncs that somebody asked for, the last first, with what became of each resource. Sorted by
    `requested_at` or
    `id`; filtered by `cabinet_id` or `id`.

    Args:
        sort (ListSyncsSort | Unset):
        range_ (str | Unset):
        filter_ (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | list[SyncRecord]]
    """

    kwargs = _get_kwargs(
        sort=sort,
        range_=range_,
        filter_=filter_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    sort: ListSyncsSort | Unset = UNSET,
    range_: str | Unset = UNSET,
    filter_: str | Unset = UNSET,
) -> ProblemDetails | list[SyncRecord] | None:
    """List Syncs

     Syncs that somebody asked for, the last first, with what became of each resource. Sorted by
    `requested_at` or
    `id`; filtered by `cabinet_id` or `id`.

    Args:
        sort (ListSyncsSort | Unset):
        range_ (str | Unset):
        filter_ (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | list[SyncRecord]
    """

    return sync_detailed(
        client=client,
        sort=sort,
        range_=range_,
        filter_=filter_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    sort: ListSyncsSort | Unset = UNSET,
    range_: str | Unset = UNSET,
    filter_: str | Unset = UNSET,
) -> Response[ProblemDetails | list[SyncRecord]]:
    """List Syncs

     Syncs that somebody asked for, the last first, with what became of each resource. Sorted by
    `requested_at` or
    `id`; filtered by `cabinet_id` or `id`.

    Args:
        sort (ListSyncsSort | Unset):
        range_ (str | Unset):
        filter_ (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | list[SyncRecord]]
    """

    kwargs = _get_kwargs(
        sort=sort,
        range_=range_,
        filter_=filter_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    sort: ListSyncsSort | Unset = UNSET,
    range_: str | Unset = UNSET,
    filter_: str | Unset = UNSET,
) -> ProblemDetails | list[SyncRecord] | None:
    """List Syncs

     Syncs that somebody asked for, the last first, with what became of each resource. Sorted by
    `requested_at` or
    `id`; filtered by `cabinet_id` or `id`.

    Args:
        sort (ListSyncsSort | Unset):
        range_ (str | Unset):
        filter_ (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | list[SyncRecord]
    """

    return (
        await asyncio_detailed(
            client=client,
            sort=sort,
            range_=range_,
            filter_=filter_,
        )
    ).parsed
