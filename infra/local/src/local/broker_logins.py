"""Each service's own user at the broker, with what the contracts let it do there: made, or renewed, at every start."""

import json
from collections.abc import Mapping
from typing import Any

from local import management
from local.commands import run_module
from local.environments import SERVICES, tool_environment, user_url
from local.errors import LocalError
from local.instance import Instance
from local.kind import Progress
from local.servers import GIVEN, Servers, import_definitions

OF_USERS = ("users", "permissions", "topic_permissions")
"""The definitions that a broker which was given gets: limits and policies of its vhost are its owner's."""


def give(
    servers: Servers, *, database: str, rabbitmq_url: str, env: Mapping[str, str], progress: Progress
) -> Mapping[str, str]:
    """Makes or renews the users of an installation in the vhost of `rabbitmq_url`; each service's own URL.

    Where a broker that was given does not let us make users, that is told, and every service has the URL that was
    given. Raises LocalError when a broker of our own refuses them.
    """
    instance = servers.instance
    urls = {
        service: user_url(rabbitmq_url, _name(database, service), _password(instance, database, service))
        for service in SERVICES
    }
    given = {f"{service.upper()}_RABBITMQ_URL": url for service, url in urls.items()}
    admin, password = management.user_of(rabbitmq_url)
    given["RABBITMQ_URL"] = user_url(rabbitmq_url, admin, password)
    made = json.loads(run_module("servicekit", "definitions", env=tool_environment(env, given), cwd=instance.folder))
    if servers.sources["rabbitmq"] != GIVEN:
        import_definitions(servers, made)
        return urls
    try:
        management.import_definitions(rabbitmq_url, _without(admin, made))
    except LocalError as error:
        progress(f"all services connect to RabbitMQ as {admin}, with all the rights that has: {error}")
        return dict.fromkeys(SERVICES, rabbitmq_url)
    return urls


def drop(servers: Servers, database: str) -> None:
    """Deletes what `give` made at a broker that was given; users that are not there are no error."""
    management.delete_users(servers.rabbitmq_url, [_name(database, service) for service in SERVICES])


def _name(database: str, service: str) -> str:
    """Like the service's role in the database: users belong to the whole broker, which installations may share."""
    return f"{database}_{service}"


def _password(instance: Instance, database: str, service: str) -> str:
    return instance.secret(f"{database}_{service}_rabbitmq")


def _without(admin: str, made: Mapping[str, Any]) -> dict[str, Any]:
    return {
        kind: [each for each in made[kind] if each["name" if kind == "users" else "user"] != admin] for kind in OF_USERS
    }
