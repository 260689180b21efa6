"""OWASP API8: nothing is open, told or allowed that need not be, whatever is asked and however it ends."""

import json
import re

import httpx
import pytest
from gateway.api.protection import SECURITY_HEADERS
from gateway.app import interface
from local.workspace import find_root
from support.gateway import Gateway, User
from support.openapi import document, operations

ID = "01a22d55-c522-74bb-a48a-268b2df5c4df"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "DEBUG")
NEVER = ("TRACE", "CONNECT", "PROPFIND", "DEBUG")
TELLING = re.compile(r'Traceback|File "|\.py\b|sqlalchemy|asyncpg|SELECT |pydantic|starlette|fastapi|site-packages')
"""What an answer says that says how it was made."""


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", ID, path)


def is_safe(answer: httpx.Response) -> bool:
    return all(name in answer.headers for name in SECURITY_HEADERS) and not TELLING.search(answer.text)


class TestMethods:
    async def test_a_path_takes_the_methods_of_the_document_and_no_other(self, alice: User, gateway: Gateway) -> None:
        headers = {"Authorization": f"Bearer {alice.key}"}
        for path, described in document()["paths"].items():
            taken = {method.upper() for method in described}
            for method in METHODS:
                if method in taken or (method == "HEAD" and "GET" in taken):
                    continue
                answer = await gateway.client.request(method, filled(path), headers=headers)
                assert answer.status_code == 405, (method, path, answer.status_code)
                assert set(answer.headers["Allow"].split(", ")) <= taken | {"HEAD"}, path
                assert not set(NEVER) & set(answer.headers["Allow"].split(", "))
                assert is_safe(answer), (method, path)

    async def test_no_header_makes_another_method_of_it(self, alice: User) -> None:
        made = await alice.call("POST", "/webhooks", json={"url": "https://93.184.216.34/hook"})
        path = f"/webhooks/{made.json()['webhook_id']}"
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            await alice.call("GET", path, headers={name: "DELETE"})
        assert (await alice.get(path, _method="DELETE")).status_code == 422
        assert (await alice.get(path)).status_code == 200


class TestOtherOrigins:
    @pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:8080", "file://"])
    async def test_no_operation_lets_one_in(self, gateway: Gateway, origin: str) -> None:
        for operation in operations():
            asked = {"Origin": origin, "Access-Control-Request-Method": operation.method}
            asked |= {"Access-Control-Request-Headers": "authorization"}
            answer = await gateway.client.request("OPTIONS", filled(operation.path), headers=asked)
            assert answer.status_code == 405, operation.name
            assert not [name for name in answer.headers if name.startswith("access-control")], operation.name


class TestErrors:
    async def test_none_of_any_operation_tells_how_it_was_made(self, gateway: Gateway, alice: User) -> None:
        key = {"Authorization": f"Bearer {alice.key}"}
        broken = key | {"Content-Type": "application/json"}
        for operation in operations():
            path = filled(operation.path)
            answers = [await gateway.client.request(operation.method, path)]
            answers.append(await gateway.client.request(operation.method, f"{path}?nobody=knows", headers=key))
            if operation.body is not None:
                for content in (b"{", b"[" * 2_000, b'{"a": NaN}', b"\xff", b"null"):
                    answers.append(
                        await gateway.client.request(operation.method, path, content=content, headers=broken)
                    )
            for answer in answers:
                assert answer.status_code < 500, (operation.name, answer.text)
                assert is_safe(answer), (operation.name, answer.status_code, answer.text)

    async def test_what_is_not_there_is_not_shown_either(self, gateway: Gateway) -> None:
        for path in (
            *("/", "/redoc", "/metrics", "/status", "/.env", "/.git/config", "/debug", "/docs/oauth2-redirect"),
            *("/docs/../pyproject.toml", "/docs/%2e%2e/pyproject.toml", "/api/v1/", "/health/live/../../metrics"),
        ):
            answer = await gateway.client.get(path)
            assert answer.status_code == 404, path
            assert is_safe(answer), path

    def test_nothing_is_in_debugging(self) -> None:
        assert interface().debug is False


class TestDocument:
    async def test_it_names_no_server_and_no_secret(self, gateway: Gateway) -> None:
        served = (await gateway.client.get("/openapi.json")).json()
        assert [each for each in served.get("servers", []) if each["url"].startswith("http")] == []
        assert not re.search(r"postgres(ql)?://|amqp://|redis://", json.dumps(served))


class TestEntrance:
    """What stands before the gateways ends TLS."""

    CONFIGURATION = (find_root() / "infra/docker/haproxy.cfg").read_text()

    def test_no_version_of_tls_that_is_broken_is_spoken(self) -> None:
        [options] = re.findall(r"^\s+ssl-default-bind-options (.*)$", self.CONFIGURATION, re.MULTILINE)
        assert "ssl-min-ver TLSv1.2" in options
        for bind in re.findall(r"^\s+bind .*\bssl\b.*$", self.CONFIGURATION, re.MULTILINE):
            assert not re.search(r"ssl-min-ver|sslv3|tlsv1[01]|no-tlsv1[23]|ciphers|verify none", bind)

    def test_browsers_come_back_over_tls_and_nobody_says_who_he_is(self) -> None:
        assert "set-header Strict-Transport-Security max-age=31536000 if { ssl_fc }" in self.CONFIGURATION
        for header in ("X-Forwarded-For", "Forwarded"):
            assert f"http-request del-header {header}\n" in self.CONFIGURATION
        assert not re.search(r"^\s*stats (enable|uri)", self.CONFIGURATION, re.MULTILINE), "its statistics are shown"
