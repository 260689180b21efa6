"""The platform's order of events, with small stand-ins for the services' commands, on a real database."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from local import management, platform, up
from local import servers as local_servers
from local.__main__ import main
from local.environments import PROCESSES, SERVICES
from local.errors import LocalError
from local.instance import Instance
from local.ports import free_port

# Every command notes its words and what it sees; `serve` answers health checks.
STAND_IN = """
import http.server, json, os, sys
name = os.path.basename(sys.argv[0]).removesuffix(".py")
told = lambda key: key.endswith("_URL") or key.startswith(("SEAL_", "ACCESS_TOKEN_", "GATEWAY_API_"))
seen = {key: value for key, value in os.environ.items() if told(key)}
with open(os.environ["NOTES"], "a") as notes:
    notes.write(json.dumps([name, *sys.argv[1:], seen]) + "\\n")
if name == os.environ.get("BROKEN"):
    sys.exit("this one is broken")
if sys.argv[1] == "keygen":
    print(json.dumps({"public_key": f"public-{os.getpid()}", "private_key": f"private-{os.getpid()}"}))
if sys.argv[1] == "definitions":
    print(json.dumps({"users": [], "permissions": [], "topic_permissions": []}))
if sys.argv[1:3] == ["keys", "create"]:
    print(f"key of {sys.argv[4]}")
if sys.argv[1] == "webhook":
    sys.exit(3)
if sys.argv[1] == "serve":
    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/health/ready" else 404)
            self.end_headers()
            self.wfile.write(str(os.getpid()).encode())
        def log_message(self, *_):
            pass
    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Health).serve_forever()
"""
DATABASE = "test_local_platform"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment in which the services are stand-ins."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for module in ("servicekit", *PROCESSES):
        (commands / f"{module}.py").write_text(STAND_IN)
    return {"PYTHONPATH": str(commands), "NOTES": str(tmp_path / "notes")}


@pytest.fixture
async def given(
    servers: local_servers.Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[local_servers.Servers]:
    """The session's servers under a name and folder of this test's own; nobody can make users at their broker."""
    monkeypatch.setenv(management.VARIABLE, f"http://127.0.0.1:{free_port()}")
    for variable, url in servers.env.items():
        monkeypatch.setenv(variable, url)
    found = await asyncio.to_thread(local_servers.start, up.NAME, root=tmp_path)
    yield found
    await asyncio.to_thread(platform.stop, found.instance)
    connection = await asyncpg.connect(servers.database_url)
    for database in (DATABASE, "pulse"):
        await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    await connection.close()


def started(servers: local_servers.Servers, env: dict[str, str]) -> platform.Platform:
    return platform.start(servers, database=DATABASE, env=env)


def notes(env: dict[str, str]) -> list[tuple[list[str], dict[str, str]]]:
    lines = [json.loads(line) for line in Path(env["NOTES"]).read_text().splitlines()]
    return [(line[:-1], line[-1]) for line in lines]


def words(env: dict[str, str]) -> list[list[str]]:
    return [said for said, _ in notes(env)]


class TestStart:
    async def test_everything_is_prepared_before_services_start_and_all_are_ready(
        self, given: local_servers.Servers, env: dict[str, str]
    ) -> None:
        pulse = await asyncio.to_thread(started, given, env)
        said = words(env)
        serving = [said.index([service, "serve"]) for service in SERVICES]
        migrating = [said.index([service, "migrate"]) for service in SERVICES]
        assert said.index(["servicekit", "bootstrap"]) < min(migrating)
        assert max(*migrating, said.index(["servicekit", "topology"])) < min(serving)
        # The broker's users were asked for with a name and a password for each; it was given, and takes none.
        [asked] = [seen for told, seen in notes(env) if told == ["servicekit", "definitions"]]
        names = {urlsplit(asked[f"{service.upper()}_RABBITMQ_URL"]).username for service in SERVICES}
        assert names == {f"{DATABASE}_{service}" for service in SERVICES}
        assert {pulse.environments[service]["RABBITMQ_URL"] for service in SERVICES} == {given.rabbitmq_url}
        async with httpx.AsyncClient() as client:
            answers = [await client.get(f"{pulse.url(service)}/health/ready") for service in SERVICES]
        assert [int(answer.text) for answer in answers] == [pulse.pid(service) for service in SERVICES]

    async def test_each_service_gets_its_own_database_role_and_keys_only(
        self, given: local_servers.Servers, env: dict[str, str]
    ) -> None:
        await asyncio.to_thread(started, given, env)
        seen = {said[0]: urls for said, urls in notes(env) if said[1:] == ["serve"]}
        for service in SERVICES:
            assert f"{DATABASE}_{service}:" in seen[service]["DATABASE_URL"]
            assert [key for key in seen[service] if key.endswith("DATABASE_URL")] == ["DATABASE_URL"]
        pairs = {service: {key for key in seen[service] if key.startswith("SEAL_")} for service in SERVICES}
        assert pairs == {
            "gateway": {"SEAL_PUBLIC_KEY", "SEAL_WEBHOOKS_PUBLIC_KEY"},
            "ingestor": {"SEAL_PRIVATE_KEYS"},
            "reporter": set(),
            "notifier": {"SEAL_PRIVATE_KEYS"},
            "audit": set(),
        }
        number = seen["ingestor"]["SEAL_PRIVATE_KEYS"].removeprefix("private-")
        assert seen["gateway"]["SEAL_PUBLIC_KEY"] == f"public-{number}"
        number = seen["notifier"]["SEAL_PRIVATE_KEYS"].removeprefix("private-")
        assert seen["gateway"]["SEAL_WEBHOOKS_PUBLIC_KEY"] == f"public-{number}"
        secrets = {service: seen[service].get("ACCESS_TOKEN_SECRETS", "") for service in SERVICES}
        assert len(secrets["gateway"]) >= 32
        assert not any(secrets[service] for service in SERVICES if service != "gateway")
        assert seen["notifier"]["SEAL_PRIVATE_KEYS"] != seen["ingestor"]["SEAL_PRIVATE_KEYS"]

    async def test_a_second_start_replaces_the_services_and_keeps_passwords_and_keys(
        self, given: local_servers.Servers, env: dict[str, str]
    ) -> None:
        first = await asyncio.to_thread(started, given, env)
        before = {service: first.pid(service) for service in SERVICES}
        second = await asyncio.to_thread(started, given, env)
        assert second.environments == first.environments
        assert not set(before.values()) & {second.pid(service) for service in SERVICES}

    async def test_a_failing_migration_says_what_it_said_and_starts_nothing(
        self, given: local_servers.Servers, env: dict[str, str]
    ) -> None:
        with pytest.raises(LocalError, match=r"(?s)`python -m reporter migrate` ended with code 1.*this one is broken"):
            await asyncio.to_thread(started, given, env | {"BROKEN": "reporter"})
        assert not [said for said in words(env) if "serve" in said]

    async def test_a_service_that_does_not_start_stops_the_others_and_shows_its_log(
        self, given: local_servers.Servers, env: dict[str, str]
    ) -> None:
        script = Path(env["PYTHONPATH"]) / "notifier.py"
        script.write_text("import sys\nif sys.argv[1] == 'serve': sys.exit('no bot token')\n")
        with pytest.raises(LocalError, match=r"(?s)notifier ended while starting.*no bot token"):
            await asyncio.to_thread(started, given, env)
        last = platform.load(given.instance)
        assert last is not None
        assert not any(last.pid(service) for service in SERVICES)


class TestPlatform:
    async def test_a_killed_service_can_be_started_again_by_another_process(
        self, given: local_servers.Servers, env: dict[str, str]
    ) -> None:
        first = await asyncio.to_thread(started, given, env)
        pulse = platform.load(given.instance)
        assert pulse == first
        old = pulse.pid("reporter")
        pulse.kill("reporter")
        assert pulse.pid("reporter") is None
        pulse.start_service("reporter")
        await asyncio.to_thread(pulse.wait_ready, "reporter")
        assert pulse.pid("reporter") not in (None, old)
        pulse.stop_service("reporter")
        assert pulse.pid("reporter") is None
        await asyncio.to_thread(pulse.stop)
        assert not any(pulse.pid(service) for service in SERVICES)

    def test_what_was_never_started_is_not_there(self, tmp_path: Path) -> None:
        assert platform.load(Instance("never", tmp_path)) is None


class TestCommandLine:
    def run(self, monkeypatch: pytest.MonkeyPatch, root: Path, *arguments: str) -> int:
        command, *rest = arguments
        monkeypatch.setattr("sys.argv", ["local", command, "--root", str(root), *rest])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    async def test_up_key_run_logs_down_and_clean(
        self,
        given: local_servers.Servers,
        env: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        root = given.instance.root
        tail = root / "bin" / "tail"
        tail.parent.mkdir()
        tail.write_text('#!/bin/sh\necho "$@"\n')
        tail.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tail.parent}:{os.defpath}")  # and no docker there
        monkeypatch.setattr("local.compose.available", lambda: False)
        for key, value in (env | {"TELEGRAM_BOT_TOKEN": "1:bot", "GATEWAY_PORT": "0", "PROMETHEUS": "off"}).items():
            monkeypatch.setenv(key, value)

        async def local(*arguments: str) -> int:
            return await asyncio.to_thread(self.run, monkeypatch, root, *arguments)

        assert await local("key", "--telegram-id", "7") == 2
        assert "the platform is not running: make up" in capfd.readouterr().err
        assert await local("migrate") == 0
        assert not [said for said in words(env) if "serve" in said]
        assert await local("up") == 0
        pulse = platform.load(given.instance)
        assert pulse is not None
        # The gateway took the key that the bot has, and which no other service sees.
        key = pulse.environments["bot"]["GATEWAY_API_KEY"]
        assert key.startswith("pulse_")
        assert pulse.environments["bot"]["GATEWAY_URL"] == pulse.url("gateway")
        assert not [url for url in pulse.environments["bot"] if url in ("DATABASE_URL", "RABBITMQ_URL", "REDIS_URL")]
        saw = [said for said, seen in notes(env) if seen.get("GATEWAY_API_KEY") == key]
        assert saw == [["gateway", "keys", "keep"], ["gateway", "keys", "keep"], ["bot", "serve"]]
        assert pulse.pid("bot")
        assert f"Pulse is up at {pulse.url('gateway')}" in capfd.readouterr().out
        assert await local("key", "--telegram-id", "7") == 0
        assert capfd.readouterr().out == "key of 7\n"
        assert await local("run", "notifier", "webhook", "list", "--root", "its own option") == 3
        said, seen = notes(env)[-1]
        assert said == ["notifier", "webhook", "list", "--root", "its own option"]
        assert seen["DATABASE_URL"] == pulse.environments["notifier"]["DATABASE_URL"]
        assert await local("run", "--as", "reporter", "servicekit", "replay", "list") == 0
        said, seen = notes(env)[-1]
        assert said == ["servicekit", "replay", "list"]
        assert seen["DATABASE_URL"] == pulse.environments["reporter"]["DATABASE_URL"]
        assert await local("run", "--as", "nobody", "servicekit", "replay", "list") == 2
        assert "there is no service 'nobody'; there are gateway, " in capfd.readouterr().err
        assert await local("logs") == 0
        assert await local("down") == 0
        assert await local("run", "notifier", "webhook", "list") == 2
        assert not any(pulse.pid(service) for service in PROCESSES)
        assert await local("clean") == 0
        assert not given.instance.folder.exists()

    async def test_up_without_a_bot_token_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("local.compose.available", lambda: False)
        monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
        assert self.run(monkeypatch, tmp_path, "up") == 2
        assert "TELEGRAM_BOT_TOKEN is not set" in capsys.readouterr().err
