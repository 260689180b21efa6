"""Free TCP ports of 127.0.0.1 that stay the same from one start to the next."""

import random
import socket
from http.client import HTTPConnection, HTTPException

HOST = "127.0.0.1"
# Below the range the kernel gives to outgoing connections (32768 and up), so that a chosen port stays free.
PORTS = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` if it is free, otherwise a free port picked at random."""
    if preferred is not None and is_free(preferred):
        return preferred
    while True:
        port = random.choice(PORTS)  # noqa: S311 - spreads instances apart, hides nothing
        if is_free(port):
            return port


def answers(port: int, host: str = HOST) -> bool:
    """Whether something accepts TCP connections there."""
    try:
        with socket.create_connection((host, port), timeout=2):
            return True
    except OSError:
        return False


def is_well(port: int | None, path: str) -> bool:
    """Whether what listens there answers a request for `path` with 200, within 5 s."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
