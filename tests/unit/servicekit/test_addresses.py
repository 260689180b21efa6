"""Which URLs are called, and that the connection goes where the check looked."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from servicekit.addresses import RESOLVERS, AddressRefused, NotResolved, checked_target, is_public

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "2002:7f00:1::", "64:ff9b::a00:1", "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@contextmanager
def hanging(monkeypatch: pytest.MonkeyPatch, *names: str) -> Iterator[None]:
    """Within the block the system's resolver does not come back from looking these names up."""
    let_go = threading.Event()

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        if host in names:
            let_go.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    try:
        yield
    finally:
        let_go.set()


class TestNamesThatHang:
    async def test_looking_one_up_ends_when_its_caller_has_waited_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with hanging(monkeypatch, "slow.example"), pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await checked_target("https://slow.example/")

    async def test_they_hold_up_neither_other_names_nor_the_loops_own_threads(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # More than the loop has threads of its own, on any machine.
        slow = [f"slow{n}.example" for n in range(RESOLVERS - 1)]
        with hanging(monkeypatch, *slow):
            waiting = [asyncio.create_task(checked_target(f"https://{name}/")) for name in slow]
            async with asyncio.timeout(60):
                await checked_target("https://quick.example/")
                assert await asyncio.get_running_loop().getaddrinfo("api.telegram.example", 443)
            assert not any(task.done() for task in waiting)
        await asyncio.gather(*waiting)


class TestCheckedTarget:
    async def test_pins_the_checked_address_and_keeps_the_host(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving_to(monkeypatch, "93.184.216.34")
        target = await checked_target("https://hooks.example:8443/pulse?a=1")
        assert str(target.url) == "https://93.184.216.34:8443/pulse?a=1"
        assert target.headers == {"Host": "hooks.example:8443"}
        assert target.extensions == {"sni_hostname": "hooks.example"}

    async def test_pins_an_ipv6_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving_to(monkeypatch, "2606:4700::1")
        assert str((await checked_target("https://hooks.example/")).url) == "https://[2606:4700::1]/"

    async def test_refuses_a_name_with_one_private_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving_to(monkeypatch, "93.184.216.34", "10.0.0.1")
        with pytest.raises(AddressRefused):
            await checked_target("https://hooks.example/")

    @pytest.mark.parametrize(
        "url",
        [
            "http://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd", "hooks.example", "", "https://",
            "https://me:secret@hooks.example/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/",
            "https://0x7f.1/", "https://localhost/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest",
            "https://hooks.example:port/", "https://a\x00b/", "https://xn--/", "https://xn--a-ecp.ru/", "https://127.1/",
            "https://93.184.216.34:0/", "https://93.184.216.34:65536/", "https://93.184.216.34:-1/",
            "https://93.184.216.34\\@127.0.0.1/",
        ],
    )  # fmt: skip
    async def test_refuses(self, url: str) -> None:
        with pytest.raises(AddressRefused) as refused:
            await checked_target(url)
        assert "secret" not in str(refused.value)

    async def test_says_when_a_name_does_not_resolve(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
            raise socket.gaierror("no such host")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        with pytest.raises(NotResolved):
            await checked_target("https://nowhere.example/")

    async def test_lets_private_http_pass_where_that_is_allowed(self) -> None:
        target = await checked_target("http://127.0.0.1:5/x", allow_private=True)
        assert (str(target.url), target.headers) == ("http://127.0.0.1:5/x", {})
        with pytest.raises(AddressRefused):
            await checked_target("file:///etc/passwd", allow_private=True)
