from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cabinet_record import CabinetRecord
from ...models.new_cabinet import NewCabinet
from ...models.problem_details import ProblemDetails
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewCabinet,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/admin/cabinets",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CabinetRecord | ProblemDetails | None:
    if response.status_code == 201:
        response_201 = CabinetRecord.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ProblemDetails.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemDetails.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemDetails.from_dict(response.json())

        return response_403

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
) -> Response[CabinetRecord | ProblemDetails]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: NewCabinet,
    idempotency_key: str | Unset = UNSET,
) -> Response[CabinetRecord | ProblemDetails]:
    """Connect For User

     Connect a cabinet for a user, as he would himself; the same seller of the same user keeps its
    cabinet, and gets
    the new token. 422 `token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
    `token_lacks_categories`: it cannot work.

    Args:
        idempotency_key (str | Unset):
        body (NewCabinet): A WB token, and for whom it is connected.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CabinetRecord | ProblemDetails]
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
    body: NewCabinet,
    idempotency_key: str | Unset = UNSET,
) -> CabinetRecord | ProblemDetails | None:
    """Connect For User

     Connect a cabinet for a user, as he would himself; the same seller of the same user keeps its
    cabinet, and gets
    the new token. 422 `token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
    `token_lacks_categories`: it cannot work.

    Args:
        idempotency_key (str | Unset):
        body (NewCabinet): A WB token, and for whom it is connected.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CabinetRecord | ProblemDetails
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: NewCabinet,
    idempotency_key: str | Unset = UNSET,
) -> Response[CabinetRecord | ProblemDetails]:
    """Connect For User

     Connect a cabinet for a user, as he would himself; the same seller of the same user keeps its
    cabinet, and gets
    the new token. 422 `token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
    `token_lacks_categories`: it cannot work.

    Args:
        idempotency_key (str | Unset):
        body (NewCabinet): A WB token, and for whom it is connected.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CabinetRecord | ProblemDetails]
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
    body: NewCabinet,
    idempotency_key: str | Unset = UNSET,
) -> CabinetRecord | ProblemDetails | None:
    """Connect For User

     Connect a cabinet for a user, as he would himself; the same seller of the same user keeps its
    cabinet, and gets
    the new token. 422 `token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
    `token_lacks_categories`: it cannot work.

    Args:
        idempotency_key (str | Unset):
        body (NewCabinet): A WB token, and for whom it is connected.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CabinetRecord | ProblemDetails
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
