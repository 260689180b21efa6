from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.start_sync import StartSync
from ...models.sync_record import SyncRecord
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: StartSync,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/admin/syncs",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | SyncRecord | None:
    if response.status_code == 202:
        response_202 = SyncRecord.from_dict(response.json())

        return response_202

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
) -> Response[ProblemDetails | SyncRecord]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: StartSync,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | SyncRecord]:
    """Ask For Sync

     Sync anybody's cabinet now, before scheduled work, as its users can by `POST /api/v1/sync/start`;
    one that
    Wildberries refuses is checked first. A cabinet has one unfinished requested sync at a time: it is
    the answer
    whoever asked for it. 409 `cabinet_unchecked`: Wildberries has not answered about its token yet.

    Args:
        idempotency_key (str | Unset):
        body (StartSync): What to sync.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SyncRecord]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: StartSync,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | SyncRecord | None:
    """Ask For Sync

     Sync anybody's cabinet now, before scheduled work, as its users can by `POST /api/v1/sync/start`;
    one that
    Wildberries refuses is checked first. A cabinet has one unfinished requested sync at a time: it is
    the answer
    whoever asked for it. 409 `cabinet_unchecked`: Wildberries has not answered about its token yet.

    Args:
        idempotency_key (str | Unset):
        body (StartSync): What to sync.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SyncRecord
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: StartSync,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | SyncRecord]:
    """Ask For Sync

     Sync anybody's cabinet now, before scheduled work, as its users can by `POST /api/v1/sync/start`;
    one that
    Wildberries refuses is checked first. A cabinet has one unfinished requested sync at a time: it is
    the answer
    whoever asked for it. 409 `cabinet_unchecked`: Wildberries has not answered about its token yet.

    Args:
        idempotency_key (str | Unset):
        body (StartSync): What to sync.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | SyncRecord]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: StartSync,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | SyncRecord | None:
    """Ask For Sync

     Sync anybody's cabinet now, before scheduled work, as its users can by `POST /api/v1/sync/start`;
    one that
    Wildberries refuses is checked first. A cabinet has one unfinished requested sync at a time: it is
    the answer
    whoever asked for it. 409 `cabinet_unchecked`: Wildberries has not answered about its token yet.

    Args:
        idempotency_key (str | Unset):
        body (StartSync): What to sync.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | SyncRecord
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
