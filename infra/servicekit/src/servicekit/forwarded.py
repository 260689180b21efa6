"""Who asks, where a proxy stands between: for what looks at a request before the app, which uvicorn tells."""

from collections.abc import Sequence

from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from servicekit.http_server import Network, Ready, Refuse


def told_by_proxies(proxies: Sequence[Network], refuse: Refuse) -> Refuse:
    """`refuse`, given requests with the client that these proxies tell of in `X-Forwarded-For`, as the app is."""
    if not proxies:
        return refuse
    trusted = ProxyHeadersMiddleware(_no_app, [str(network) for network in proxies]).trusted_hosts

    def refuse_client(scope: Scope) -> Ready | None:
        client = scope.get("client")
        if client is None or client[0] not in trusted:
            return refuse(scope)
        told = b", ".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        host, port = trusted.get_trusted_client_address(told.decode("latin-1"))
        return refuse({**scope, "client": (host, port)} if host else scope)

    return refuse_client


async def _no_app(*_: object) -> None:
    """Only the middleware's way of reading the header is used."""
