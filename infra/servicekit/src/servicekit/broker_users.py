"""Who may do what at the broker: a user for each service, which reaches its own queues and publishes its own events.

Nobody but the administrator declares, binds or deletes anything. All follows from the contracts, so that a queue or an
event that is added is covered by itself.
"""

import asyncio
import base64
import hashlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from contracts.envelope import SERVICES, Origin
from contracts.registry import EVENTS
from contracts.topics import (
    EVENTS_EXCHANGE,
    QUEUES,
    QUEUES_EXCHANGE,
    RETRY_TIERS_SECONDS,
    Queue,
    routing_key,
)

from servicekit.bootstrap import ADMINISTRATION
from servicekit.topology import (
    DEAD_DELIVERY_LIMIT,
    DELIVERY_LIMIT,
    MAX_LENGTH,
    MAX_LENGTH_BYTES,
    RETRY_SECONDS,
    retry_exchange,
)

ADMIN = "admin"
"""Declares the topology; of no service."""
SCALER = "scaler"
"""Asks how long queues are, and may do nothing else: whoever adds processes by it."""
USERS = (*SERVICES, ADMIN, SCALER)

NOTHING, EVERYTHING = "^$", ".*"

USER_LIMITS = {"max-connections": 200, "max-channels": 4000}
"""Of one service, all of its processes together; a process has one connection and a channel a queue."""
VHOST_LIMITS = {"max-connections": 1000, "max-queues": 2 * (2 * len(QUEUES) + len(RETRY_TIERS_SECONDS))}


@dataclass(frozen=True)
class Permissions:
    """What a user may configure, write to and read from, and with which keys it may publish to topic exchanges.

    All are regular expressions as RabbitMQ has them; an exchange and a queue of one name are one resource.
    """

    configure: str
    write: str
    read: str
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Login:
    """A user's name at the broker; one without a password cannot log in."""

    user: str
    password: str | None = None

    @classmethod
    def of(cls, url: str) -> "Login":
        """That of a URL `amqp://user:password@…`.

        Raises:
            ValueError: it has none.
        """
        parts = urlsplit(url)
        if not parts.username or not parts.password:
            raise ValueError("a broker's URL needs a user name and a password")
        return cls(unquote(parts.username), unquote(parts.password))


NAMED = {name: Login("pulse" if name == ADMIN else f"pulse_{name}") for name in USERS}
"""As they are called unless somebody calls them otherwise."""


def permissions(user: str) -> Permissions:
    """Of one of `USERS`."""
    if user == ADMIN:
        return Permissions(EVERYTHING, EVERYTHING, EVERYTHING, {})
    waits = [retry_exchange(seconds) for seconds in RETRY_TIERS_SECONDS]
    own = [queue for queue in QUEUES if queue.service == user]
    keys = {
        EVENTS_EXCHANGE: published_keys(user),
        QUEUES_EXCHANGE: _reached(user, own),
        **{wait: [queue.name for queue in own] for wait in waits},
    }
    read = [queue.name for queue in own]
    if user == ADMINISTRATION:
        read += [queue.dead for queue in QUEUES]
    written = [exchange for exchange, allowed in keys.items() if allowed]
    return Permissions(NOTHING, _any_of(written), _any_of(read), {name: _any_of(each) for name, each in keys.items()})


def published_keys(service: str) -> list[str]:
    """The routing keys of the events that a service publishes."""
    types = sorted(event.TYPE for event in EVENTS.values() if service == event.PUBLISHER)
    return [routing_key(event_type, origin) for event_type in types for origin in Origin]


def _reached(service: str, own: Sequence[Queue]) -> list[str]:
    """The queues it may put a message into by their names: its own and their dead letters.

    Administrators, through the gateway, put what died back into anyone's.
    """
    redriven = QUEUES if service == ADMINISTRATION else own
    return [*(queue.name for queue in redriven), *(queue.dead for queue in own)]


def _any_of(names: Iterable[str]) -> str:
    alternatives = "|".join(re.escape(name) for name in names)
    return f"^({alternatives})$" if alternatives else NOTHING


def definitions(logins: Mapping[str, Login], *, vhost: str = "/") -> dict[str, Any]:
    """Users, permissions, limits and policies as RabbitMQ imports them; `logins` by name of `USERS`."""
    services = "|".join(SERVICES)
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(name, login) for name, login in logins.items()],
        "permissions": [
            {"user": login.user, "vhost": vhost, "configure": held.configure, "write": held.write, "read": held.read}
            for name, login in logins.items()
            for held in [permissions(name)]
        ],
        "topic_permissions": [
            {"user": login.user, "vhost": vhost, "exchange": exchange, "write": keys, "read": NOTHING}
            for name, login in logins.items()
            for exchange, keys in permissions(name).keys.items()
        ],
        "parameters": [{"vhost": vhost, "component": "vhost-limits", "name": "limits", "value": VHOST_LIMITS}],
        "policies": [
            _policy(vhost, "pulse-queues", rf"^({services})\.(?!.*\.dead$)", DELIVERY_LIMIT, is_bounded=True),
            _policy(vhost, "pulse-retries", r"^pulse\.retry\.", None, is_bounded=True),
            _policy(vhost, "pulse-dead", rf"^({services})\..*\.dead$", DEAD_DELIVERY_LIMIT, is_bounded=False),
        ],
    }


def _user(name: str, login: Login) -> dict[str, Any]:
    return {
        "name": login.user,
        "password_hash": "" if login.password is None else password_hash(login),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"] if name == ADMIN else [],
        "limits": {} if name == ADMIN else USER_LIMITS,
    }


def password_hash(login: Login) -> str:
    """As RabbitMQ keeps it: salt and SHA-256. The same login has the same hash, so that a file tells what changed."""
    password = (login.password or "").encode()
    salt = hashlib.sha256(login.user.encode() + b"\0" + password).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password).digest()).decode()


def _policy(vhost: str, name: str, pattern: str, limit: int | None, *, is_bounded: bool) -> dict[str, Any]:
    """Repeats what the queues' own arguments say: for queues that are older than an argument."""
    bounds = {"max-length": MAX_LENGTH, "max-length-bytes": MAX_LENGTH_BYTES, "overflow": "reject-publish"}
    given = {**(bounds if is_bounded else {}), **({} if limit is None else {"delivery-limit": limit})}
    return {"vhost": vhost, "name": name, "pattern": pattern, "apply-to": "queues", "priority": 1, "definition": given}


class NotTaken(Exception):
    """The broker did not take the definitions; the message says what it said."""


async def give(management_url: str, admin: Login, made: Mapping[str, Any], *, patience_seconds: float = 0) -> None:
    """Let the broker import definitions over its management API; again, they renew passwords and permissions.

    One that does not answer is tried again for `patience_seconds`.

    Raises:
        NotTaken: it does not answer, or refuses.
    """
    import httpx

    deadline = time.monotonic() + patience_seconds
    credentials = (admin.user, admin.password or "")
    async with httpx.AsyncClient(auth=credentials, timeout=30, trust_env=False) as client:
        while True:
            try:
                answer = await client.post(f"{management_url.rstrip('/')}/api/definitions", json=made)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise NotTaken(f"{management_url} does not answer: {type(error).__name__}: {error}") from error
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer.is_error:
                raise NotTaken(f"{management_url} said {answer.status_code}: {answer.text[:300]}")
            return
