"""OWASP API7: which operations take an address is known, and none takes one that leads inside."""

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pushsim.state import Sim
from servicekit.db import Database
from support.bodies import every_schema
from support.gateway import Gateway, User
from support.openapi import Operation, operations
from support.rows import count, execute

ADDRESSES = {"subscribe": "url", "change_webhook": "url", "enter_target": "endpoint"}
"""Operations that take one, and its name."""

NOT_CALLED = {"sign_in_with_telegram": {"photo_url"}}
"""Part of what Telegram signed."""

PUBLIC = "https://93.184.216.34/hook"

INSIDE = [
    # as they are
    "https://127.0.0.1/", "https://0.0.0.0/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/",
    "https://100.64.0.1/", "https://[::1]/", "https://[::]/", "https://[fe80::1]/", "https://[fc00::1]/",
    # where clouds tell secrets
    "https://169.254.169.254/latest/meta-data/", "https://169.254.170.2/", "https://100.100.100.200/",
    "https://192.0.0.192/", "https://[fd00:ec2::254]/",
    # written otherwise: as one number, in octal, in hexadecimal, short, with wide digits and dots
    "https://2130706433/", "https://0177.0.0.1/", "https://017700000001/", "https://0x7f000001/", "https://0x7f.1/",
    "https://127.1/", "https://0/", "https://2852039166/", "https://0251.0376.0251.0376/", "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    # IPv4 in IPv6
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:a9fe:a9fe::]/", "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    # another host than it looks
    "https://93.184.216.34@127.0.0.1/", "https://127.0.0.1#@93.184.216.34/", "https://127.0.0.1\\@93.184.216.34/",
    "https://localhost/", "https://localhost./", "https://[::1%25lo]/",
    # not https
    "http://93.184.216.34/", "file:///etc/passwd", "gopher://93.184.216.34/", "ftp://93.184.216.34/",
]  # fmt: skip

NAMES = {
    "inside.example": ["10.0.0.5"],
    "both.example": ["93.184.216.34", "169.254.169.254"],
    "six.example": ["::ffff:192.168.0.1"],
}
"""Names that lead inside, some of them not only there."""

REFUSALS = {"address_refused", "address_not_resolved", "invalid_request"}
"""The second where this machine's resolver knows no such name, as `localhost.`."""

Enter = Callable[[str], Awaitable[httpx.Response]]


def takes_addresses(operation: Operation) -> set[str]:
    names = set()
    for where, schema in every_schema((operation.body or {}).get("schema", {}), ""):
        name = where.rpartition(".")[2]
        if schema.get("format") in ("uri", "url") or name.endswith(("url", "endpoint", "address_of", "callback")):
            names.add(name)
    return names


def test_every_operation_that_takes_an_address_is_known() -> None:
    found = {operation.name: takes_addresses(operation) for operation in operations() if takes_addresses(operation)}
    assert found == {name: {field} for name, field in ADDRESSES.items()} | NOT_CALLED


@pytest.fixture
async def entering(alice: User, notifier_db: Database) -> dict[str, Enter]:
    """Each operation that takes an address, with all that it wants beside."""
    await execute(notifier_db, "INSERT INTO channels VALUES ('webpush', true, 'the-key')")
    made = await alice.call("POST", "/webhooks", json={"url": PUBLIC})
    keys = Sim().new_subscription()
    del keys["endpoint"]
    return {
        "subscribe": lambda url: alice.call("POST", "/webhooks", json={"url": url}),
        "change_webhook": lambda url: alice.call("PUT", f"/webhooks/{made.json()['webhook_id']}", json={"url": url}),
        "enter_target": lambda url: alice.call(
            "POST", "/notifications/targets", json={"channel": "webpush", "endpoint": url, **keys}
        ),
    }


class TestNoneLeadsInside:
    async def test_however_it_is_written(self, gateway: Gateway, entering: dict[str, Enter]) -> None:
        assert entering.keys() == ADDRESSES.keys()
        for name, enter in entering.items():
            for url in INSIDE:
                answer = await enter(url)
                assert (answer.status_code, answer.json().get("code") in REFUSALS) == (422, True), (name, url)
        assert await count(gateway.database, "webhook_subscriptions") == 1
        assert await count(gateway.database, "notification_targets") == 0
        for name in ("change_webhook", "enter_target"):
            assert (await entering[name](PUBLIC)).status_code in (200, 201), "nothing but the address was wrong"

    async def test_nor_by_a_name(self, entering: dict[str, Enter], monkeypatch: pytest.MonkeyPatch) -> None:
        look_up = socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, *more: Any, **options: Any) -> Any:
            if host not in NAMES:
                return look_up(host, port, *more, **options)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in NAMES[host]]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        for name, enter in entering.items():
            for host in NAMES:
                answer = await enter(f"https://{host}/hook")
                assert (answer.status_code, answer.json()["code"]) == (422, "address_refused"), (name, host)
