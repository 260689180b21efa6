"""Vhosts and users on a RabbitMQ that was given, made over its management API: what is not ours is not touched."""

import base64
import http.client
import json
import os
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, urlsplit

from local.errors import LocalError

VARIABLE = "RABBITMQ_MANAGEMENT_URL"
DEFAULT_PORT = 15672
TIMEOUT_SECONDS = 30
NOT_FOUND = 404


def add_vhost(rabbitmq_url: str, vhost: str) -> str:
    """Creates a vhost that the URL's user may use, and returns its URL; raises LocalError when that cannot be."""
    user = quote(user_of(rabbitmq_url)[0], safe="")
    _vhosts(rabbitmq_url, "PUT", f"/api/vhosts/{quote(vhost, safe='')}", {})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    _vhosts(rabbitmq_url, "PUT", f"/api/permissions/{quote(vhost, safe='')}/{user}", everything)
    return urlsplit(rabbitmq_url)._replace(path=f"/{quote(vhost, safe='')}").geturl()


def delete_vhost(rabbitmq_url: str, vhost: str) -> None:
    """Deletes a vhost made by `add_vhost` with everything in it."""
    _vhosts(rabbitmq_url, "DELETE", f"/api/vhosts/{quote(vhost, safe='')}", None)


def import_definitions(rabbitmq_url: str, made: Mapping[str, object]) -> None:
    """Lets the broker import definitions; raises LocalError when it does not answer, or its user may not."""
    _call(rabbitmq_url, "POST", "/api/definitions", made)


def delete_users(rabbitmq_url: str, users: Sequence[str]) -> None:
    """Deletes users with their permissions; those that are not there are no error."""
    for user in users:
        _call(rabbitmq_url, "DELETE", f"/api/users/{quote(user, safe='')}", None, or_status=NOT_FOUND)


def _vhosts(rabbitmq_url: str, method: str, path: str, body: object) -> None:
    try:
        _call(rabbitmq_url, method, path, body)
    except LocalError as error:
        raise LocalError(
            f"RABBITMQ_URL is given, and no vhost of our own can be made there: {error}. "
            f"Set {VARIABLE} to its management API, or unset RABBITMQ_URL for a private server"
        ) from error


def _call(rabbitmq_url: str, method: str, path: str, body: object, *, or_status: int | None = None) -> None:
    base = urlsplit(os.environ.get(VARIABLE) or f"http://{urlsplit(rabbitmq_url).hostname}:{DEFAULT_PORT}")
    secure = base.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(base.hostname or "", base.port or (443 if secure else 80), timeout=TIMEOUT_SECONDS)
    login = base64.b64encode(":".join(user_of(rabbitmq_url)).encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    try:
        connection.request(method, base.path.rstrip("/") + path, json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise LocalError(f"the management API at {base.geturl()} does not answer: {error}") from error
    finally:
        connection.close()
    if answer.status >= 300 and answer.status != or_status:
        raise LocalError(f"the management API at {base.geturl()} said {answer.status} {said}".rstrip())


def user_of(rabbitmq_url: str) -> tuple[str, str]:
    """Name and password in the URL of a broker; without them, those that RabbitMQ has at first."""
    parts = urlsplit(rabbitmq_url)
    return unquote(parts.username or "guest"), unquote(parts.password or "guest")
