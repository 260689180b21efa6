from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem_details import ProblemDetails
from ...models.user_changes import UserChanges
from ...models.user_record import UserRecord
from ...types import UNSET, Response, Unset


def _get_kwargs(
    record_id: str,
    *,
    body: UserChanges,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/admin/users/{record_id}".format(
            record_id=quote(str(record_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | UserRecord | None:
    if response.status_code == 200:
        response_200 = UserRecord.from_dict(response.json())

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
) -> Response[ProblemDetails | UserRecord]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    record_id: str,
    *,
    client: AuthenticatedClient,
    body: UserChanges,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | UserRecord]:
    """Update User

     Change the note. 422 `version_missing`: a whole record is stored with its version;
    `field_not_writable`: only the
    note can be changed.

    Args:
        record_id (str): the record's `id`
        idempotency_key (str | Unset):
        body (UserChanges): The whole record, or only what changes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | UserRecord]
    """

    kwargs = _get_kwargs(
        record_id=record_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    record_id: str,
    *,
    client: AuthenticatedClient,
    body: UserChanges,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | UserRecord | None:
    """Update User

     Change the note. 422 `version_missing`: a whole record is stored with its version;
    `field_not_writable`: only the
    note can be changed.

    Args:
        record_id (str): the record's `id`
        idempotency_key (str | Unset):
        body (UserChanges): The whole record, or only what changes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | UserRecord
    """

    return sync_detailed(
        record_id=record_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    record_id: str,
    *,
    client: AuthenticatedClient,
    body: UserChanges,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | UserRecord]:
    """Update User

     Change the note. 422 `version_missing`: a whole record is stored with its version;
    `field_not_writable`: only the
    note can be changed.

    Args:
        record_id (str): the record's `id`
        idempotency_key (str | Unset):
        body (UserChanges): The whole record, or only what changes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | UserRecord]
    """

    kwargs = _get_kwargs(
        record_id=record_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    record_id: str,
    *,
    client: AuthenticatedClient,
    body: UserChanges,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | UserRecord | None:
    """Update User

     Change the note. 422 `version_missing`: a whole record is stored with its version;
    `field_not_writable`: only the
    note can be changed.

    Args:
        record_id (str): the record's `id`
        idempotency_key (str | Unset):
        body (UserChanges): The whole record, or only what changes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | UserRecord
    """

    return (
        await asyncio_detailed(
            record_id=record_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
