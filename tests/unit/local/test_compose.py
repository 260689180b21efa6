"""The .env of Docker Compose and the choice between Compose and this machine."""

import stat
from pathlib import Path

import pytest
from local import compose, up
from local.errors import LocalError
from local.servers import silent

CALLER = {"TELEGRAM_BOT_TOKEN": "1:bot", "PATH": "/usr/bin:/bin"}
REQUIRED = {
    "POSTGRES_PASSWORD",
    "RABBITMQ_PASSWORD",
    *(f"{service}_DB_PASSWORD" for service in ("GATEWAY", "INGESTOR", "REPORTER", "NOTIFIER")),
    *("INGESTOR_PUBLIC_KEY", "INGESTOR_PRIVATE_KEYS", "NOTIFIER_PRIVATE_KEYS", "TELEGRAM_BOT_TOKEN"),
}


class TestWriteEnv:
    def test_everything_compose_requires_is_there_for_its_owner_only(self, tmp_path: Path) -> None:
        settings = compose.write_env(tmp_path, CALLER)
        assert settings.keys() >= REQUIRED
        assert all(settings[name] for name in REQUIRED)
        assert compose.read_env(tmp_path / ".env") == settings
        assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600

    def test_passwords_and_keys_once_made_are_kept(self, tmp_path: Path) -> None:
        first = compose.write_env(tmp_path, CALLER)
        with (tmp_path / ".env").open("a") as file:
            file.write("# a note\nLOG_LEVEL=DEBUG\n")
        again = compose.write_env(tmp_path, {"PATH": CALLER["PATH"]})
        assert again == first | {"LOG_LEVEL": "DEBUG"}

    def test_without_a_bot_token_it_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(LocalError, match="TELEGRAM_BOT_TOKEN is not set: make a bot"):
            compose.write_env(tmp_path, {})
        assert not (tmp_path / ".env").exists()


class TestAvailable:
    @pytest.mark.parametrize(("script", "expected"), [("exit 0", True), ("exit 1", False)])
    def test_docker_must_answer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: bool
    ) -> None:
        docker = tmp_path / "docker"
        docker.write_text(f"#!/bin/sh\n{script}\n")
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert compose.available() is expected

    def test_no_docker_is_no_compose(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert not compose.available()


class TestUp:
    def test_a_failing_compose_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        docker = tmp_path / "docker"
        docker.write_text('#!/bin/sh\necho "$@" >> calls\nexit 3\n')
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        with pytest.raises(LocalError, match="ended with code 3"):
            compose.up(tmp_path)
        assert (tmp_path / "calls").read_text() == "compose up -d --build --wait\n"


class TestPlatformUnderCompose:
    """With an engine that answers, every command goes to Compose (here a stand-in that notes its words)."""

    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        docker = tmp_path / "docker"
        docker.write_text('#!/bin/sh\ncase "$*" in *keys*) echo the-key;; esac\necho "$@" >> calls\n')
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        monkeypatch.setenv("GATEWAY_PORT", "8099")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def calls(self, root: Path) -> list[str]:
        probes = ("info", "compose version")
        return [call for call in (root / "calls").read_text().splitlines() if call not in probes]

    def test_up_down_and_logs(self, root: Path) -> None:
        assert up.up(root, silent) == "http://127.0.0.1:8099"
        up.down(root)
        assert up.logs(root) == 0
        services = "gateway ingestor reporter notifier"
        assert self.calls(root) == [
            "compose up -d --build --wait",
            "compose down",
            f"compose logs --follow --tail=20 {services}",
        ]

    def test_migrate_runs_the_jobs_in_order(self, root: Path) -> None:
        up.migrate(root, silent)
        jobs = [call.rsplit(" ", 1)[1] for call in self.calls(root)]
        migrations = ["gateway-migrate", "ingestor-migrate", "reporter-migrate", "notifier-migrate"]
        assert jobs == ["bootstrap", *migrations, "topology"]

    def test_a_key_is_made_in_the_gateway(self, root: Path) -> None:
        assert up.create_key(root, 7) == "the-key"
        assert self.calls(root) == ["compose exec -T gateway python -m gateway keys create --telegram-id 7"]
