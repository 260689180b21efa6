"""Vhosts on a RabbitMQ that was given, made over its management API: nothing in its other vhosts is touched."""

import base64
import http.client
import json
import os
from urllib.parse import quote, unquote, urlsplit

from local.errors import LocalError

VARIABLE = "RABBITMQ_MANAGEMENT_URL"
DEFAULT_PORT = 15672
TIMEOUT_SECONDS = 10


def add_vhost(rabbitmq_url: str, vhost: str) -> str:
    """Creates a vhost that the URL's user may use, and returns its URL; raises LocalError when that cannot be."""
    user = quote(_user(rabbitmq_url)[0], safe="")
    _call(rabbitmq_url, "PUT", f"/api/vhosts/{quote(vhost, safe='')}", {})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    _call(rabbitmq_url, "PUT", f"/api/permissions/{quote(vhost, safe='')}/{user}", everything)
    return urlsplit(rabbitmq_url)._replace(path=f"/{quote(vhost, safe='')}").geturl()


def delete_vhost(rabbitmq_url: str, vhost: str) -> None:
    """Deletes a vhost made by `add_vhost` with everything in it."""
    _call(rabbitmq_url, "DELETE", f"/api/vhosts/{quote(vhost, safe='')}", None)


def _call(rabbitmq_url: str, method: str, path: str, body: object) -> None:
    base = urlsplit(os.environ.get(VARIABLE) or f"http://{urlsplit(rabbitmq_url).hostname}:{DEFAULT_PORT}")
    secure = base.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(base.hostname or "", base.port or (443 if secure else 80), timeout=TIMEOUT_SECONDS)
    login = base64.b64encode(":".join(_user(rabbitmq_url)).encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    try:
        connection.request(method, base.path.rstrip("/") + path, json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise _refused(base.geturl(), str(error)) from error
    finally:
        connection.close()
    if answer.status >= 300:
        raise _refused(base.geturl(), f"{answer.status} {said}")


def _user(rabbitmq_url: str) -> tuple[str, str]:
    parts = urlsplit(rabbitmq_url)
    return unquote(parts.username or "guest"), unquote(parts.password or "guest")


def _refused(url: str, why: str) -> LocalError:
    return LocalError(
        f"RABBITMQ_URL is given, and no vhost of our own can be made there over {url}: {why}. "
        f"Set {VARIABLE} to its management API, or unset RABBITMQ_URL for a private server"
    )
