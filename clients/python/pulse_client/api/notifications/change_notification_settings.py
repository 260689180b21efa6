from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.change_settings import ChangeSettings
from ...models.problem_details import ProblemDetails
from ...models.settings import Settings
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ChangeSettings,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_telegram_user_id, Unset):
        headers["x-telegram-user-id"] = x_telegram_user_id

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/v1/notifications/settings",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDetails | Settings | None:
    if response.status_code == 200:
        response_200 = Settings.from_dict(response.json())

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
) -> Response[ProblemDetails | Settings]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ChangeSettings,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | Settings]:
    """Change Notification Settings

     Change what is given and nothing else: two changes at once are both done. Refused is what PUT
    refuses (409
    `settings_changed`, 422 `zone_unknown`, `settings_invalid`), and more than 200 rules in all (422
    `settings_invalid`).

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (ChangeSettings): What is to change; everything else stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Settings]
    """

    kwargs = _get_kwargs(
        body=body,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: ChangeSettings,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | Settings | None:
    """Change Notification Settings

     Change what is given and nothing else: two changes at once are both done. Refused is what PUT
    refuses (409
    `settings_changed`, 422 `zone_unknown`, `settings_invalid`), and more than 200 rules in all (422
    `settings_invalid`).

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (ChangeSettings): What is to change; everything else stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Settings
    """

    return sync_detailed(
        client=client,
        body=body,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ChangeSettings,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[ProblemDetails | Settings]:
    """Change Notification Settings

     Change what is given and nothing else: two changes at once are both done. Refused is what PUT
    refuses (409
    `settings_changed`, 422 `zone_unknown`, `settings_invalid`), and more than 200 rules in all (422
    `settings_invalid`).

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (ChangeSettings): What is to change; everything else stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDetails | Settings]
    """

    kwargs = _get_kwargs(
        body=body,
        x_telegram_user_id=x_telegram_user_id,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ChangeSettings,
    x_telegram_user_id: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> ProblemDetails | Settings | None:
    """Change Notification Settings

     Change what is given and nothing else: two changes at once are both done. Refused is what PUT
    refuses (409
    `settings_changed`, 422 `zone_unknown`, `settings_invalid`), and more than 200 rules in all (422
    `settings_invalid`).

    Args:
        x_telegram_user_id (str | Unset): whom a key made with `--any-user` acts for (400
            `user_not_named` without it); other keys act for their own user, and for no other (403
            `user_refused`). No Telegram id: 400 `user_malformed`
        idempotency_key (str | Unset):
        body (ChangeSettings): What is to change; everything else stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDetails | Settings
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_telegram_user_id=x_telegram_user_id,
            idempotency_key=idempotency_key,
        )
    ).parsed
