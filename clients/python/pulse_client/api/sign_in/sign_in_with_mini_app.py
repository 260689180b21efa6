from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.mini_app_sign_in import MiniAppSignIn
from ...models.problem_details import ProblemDetails
from ...models.tokens import Tokens
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: MiniAppSignIn,
    user_agent: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(user_agent, Unset):
        headers["user-agent"] = user_agent

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/auth/mini-app",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | Tokens | None:
    if response.status_code == 200:
        response_200 = Tokens.from_dict(response.json())

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

    if response.status_code == 413:
        response_413 = ProblemDetails.from_dict(response.json())

        return response_413

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
) -> Response[ProblemDetails | Tokens]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: MiniAppSignIn,
    user_agent: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | Tokens]:
    """Sign In With Mini App

     Sign in with what Telegram gave a Mini App: opens a session. It is refused as by `/auth/telegram`.

    Args:
        user_agent (str | Unset):
        idempotency_key (str | Unset):
        body (MiniAppSignIn): What Telegram gives to a Mini App as `Telegram.WebApp.initData`,
            unchanged.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Tokens]
    """

    kwargs = _get_kwargs(
        body=body,
        user_agent=user_agent,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: MiniAppSignIn,
    user_agent: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | Tokens | None:
    """Sign In With Mini App

     Sign in with what Telegram gave a Mini App: opens a session. It is refused as by `/auth/telegram`.

    Args:
        user_agent (str | Unset):
        idempotency_key (str | Unset):
        body (MiniAppSignIn): What Telegram gives to a Mini App as `Telegram.WebApp.initData`,
            unchanged.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Tokens
    """

    return sync_detailed(
        client=client,
        body=body,
        user_agent=user_agent,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: MiniAppSignIn,
    user_agent: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | Tokens]:
    """Sign In With Mini App

     Sign in with what Telegram gave a Mini App: opens a session. It is refused as by `/auth/telegram`.

    Args:
        user_agent (str | Unset):
        idempotency_key (str | Unset):
        body (MiniAppSignIn): What Telegram gives to a Mini App as `Telegram.WebApp.initData`,
            unchanged.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Tokens]
    """

    kwargs = _get_kwargs(
        body=body,
        user_agent=user_agent,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: MiniAppSignIn,
    user_agent: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | Tokens | None:
    """Sign In With Mini App

     Sign in with what Telegram gave a Mini App: opens a session. It is refused as by `/auth/telegram`.

    Args:
        user_agent (str | Unset):
        idempotency_key (str | Unset):
        body (MiniAppSignIn): What Telegram gives to a Mini App as `Telegram.WebApp.initData`,
            unchanged.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Tokens
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            user_agent=user_agent,
            idempotency_key=idempotency_key,
        )
    ).parsed
