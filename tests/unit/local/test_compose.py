"""The .env of Docker Compose and the choice between Compose and this machine."""

import re
import stat
from pathlib import Path

import pytest
from local import compose, compose_secrets, up
from local.errors import LocalError
from local.servers import silent
from local.workspace import find_root
from servicekit import crypto

ROOT = find_root(Path(__file__).parent)
CALLER = {"TELEGRAM_BOT_TOKEN": "1:bot", "PATH": "/usr/bin:/bin"}
REQUIRED = {
    "POSTGRES_PASSWORD",
    "RABBITMQ_PASSWORD",
    *(f"{service}_DB_PASSWORD" for service in ("GATEWAY", "INGESTOR", "REPORTER", "NOTIFIER")),
    *("INGESTOR_PUBLIC_KEY", "INGESTOR_PRIVATE_KEYS", "NOTIFIER_PUBLIC_KEY", "NOTIFIER_PRIVATE_KEYS"),
    "TELEGRAM_BOT_TOKEN",
    "ACCESS_TOKEN_SECRETS",
    "BOT_API_KEY",
}

PAIRS = {receiver: crypto.generate_keys() for receiver in ("INGESTOR", "NOTIFIER")}
KEYS = "".join(f"{name}_PUBLIC_KEY='{pair[0]}'\n{name}_PRIVATE_KEYS='{pair[1]}'\n" for name, pair in PAIRS.items())


@pytest.fixture
def with_keys(tmp_path: Path) -> Path:
    """A folder whose .env has key pairs already: a command makes each of them otherwise, and takes its time."""
    (tmp_path / ".env").write_text(KEYS)
    return tmp_path


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

    def test_a_private_key_that_nobody_seals_to_yet_stays_behind_the_new_one(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("NOTIFIER_PRIVATE_KEYS='older'\n")
        settings = compose.write_env(tmp_path, CALLER)
        newer, older = settings["NOTIFIER_PRIVATE_KEYS"].split(",")
        assert older == "older"
        assert (
            crypto.unseal(
                crypto.seal("x", public_key=settings["NOTIFIER_PUBLIC_KEY"], belongs_to="y"),
                private_keys=newer,
                belongs_to="y",
            )
            == "x"
        )

    def test_every_setting_that_the_file_names_is_kept(self, with_keys: Path) -> None:
        (with_keys / compose.FILE).write_text((ROOT / compose.FILE).read_text())
        named = compose.named(with_keys)
        assert {"WB_API_BASE_URL", "SYNC_INTERVAL", "SYNC_WORKERS", "RATE_LIMIT_KEY", "GATEWAY_PORT"} <= set(named)
        in_files = ("BOT_WEBHOOK_SECRET", "WB_WEBHOOK_SECRETS", "SMTP_URL", "VAPID_PRIVATE_KEY", "FIREBASE_CREDENTIALS")
        said = {name: f"said {name}" for name in [*named, *in_files]}
        compose.write_env(with_keys, CALLER | said | {"REVISION": "abc", "SECOND": "y"})
        kept = compose.write_env(with_keys, {"PATH": CALLER["PATH"]})
        assert said.items() <= kept.items()
        assert not {"REVISION", "SECOND", "PATH"} & kept.keys()

    def test_what_is_said_later_counts(self, with_keys: Path) -> None:
        (with_keys / compose.FILE).write_text("x: ${SYNC_INTERVAL:-}")
        for interval in ("1", "5"):
            assert compose.write_env(with_keys, CALLER | {"SYNC_INTERVAL": interval})["SYNC_INTERVAL"] == interval

    def test_traces_are_kept_where_their_profile_is_in_use(self, with_keys: Path) -> None:
        assert compose.write_env(with_keys, CALLER)["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://jaeger:4318"
        assert compose.write_env(with_keys, CALLER)["PROMETHEUS_URL"] == "http://prometheus:9090"
        (with_keys / ".env").write_text(KEYS)
        assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in compose.write_env(with_keys, CALLER | {"COMPOSE_PROFILES": "core"})

    def test_with_simulators_it_needs_no_bot_of_yours(self, with_keys: Path) -> None:
        settings = compose.write_env(with_keys, {"PATH": CALLER["PATH"], "COMPOSE_PROFILES": "sim"})
        assert settings["WB_API_BASE_URL"] == "http://wbsim:8080"
        assert settings["TELEGRAM_API_BASE_URL"] == "http://tgsim:8080"
        assert re.fullmatch(r"\d{10}:[\w-]{35}", settings["TELEGRAM_BOT_TOKEN"])
        again = compose.write_env(with_keys, {"PATH": CALLER["PATH"]})
        assert again == settings

    def test_without_a_bot_token_it_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(LocalError, match="TELEGRAM_BOT_TOKEN is not set: make a bot"):
            compose.write_env(tmp_path, {})
        assert not (tmp_path / ".env").exists()


class TestSecrets:
    def test_each_is_a_file_in_a_folder_that_only_its_owner_enters(self, with_keys: Path) -> None:
        settings = compose.write_env(with_keys, CALLER)
        folder = with_keys / compose_secrets.FOLDER
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        # The user of a container is another one.
        # The one folder is for the heads that the audit signs.
        files = [path for path in folder.iterdir() if path.name != compose_secrets.HEADS]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}
        assert (folder / compose_secrets.HEADS).is_dir()
        held = {path.name: path.read_text() for path in files}
        assert held == compose_secrets.values(settings)
        assert held["bot_webhook_secret"] == ""
        assert held["telegram_bot_token"] == "1:bot"
        assert held["reporter_database_url"] == (
            f"postgresql://pulse_reporter:{settings['REPORTER_DB_PASSWORD']}@postgres:5432/pulse"
        )
        assert held["rabbitmq_conf"].endswith(f"\ndefault_pass = {settings['RABBITMQ_PASSWORD']}\n")

    def test_they_follow_what_is_set_later(self, with_keys: Path) -> None:
        compose.write_env(with_keys, CALLER)
        compose.write_env(with_keys, CALLER | {"TELEGRAM_BOT_TOKEN": "2:bot", "BOT_WEBHOOK_SECRET": "x" * 16})
        folder = with_keys / compose_secrets.FOLDER
        assert (folder / "telegram_bot_token").read_text() == "2:bot"
        assert (folder / "bot_webhook_secret").read_text() == "x" * 16


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
    def test_a_failing_compose_is_told(self, with_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        docker = with_keys / "docker"
        docker.write_text('#!/bin/sh\necho "$@" >> calls\nexit 3\n')
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{with_keys}:/usr/bin:/bin")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        with pytest.raises(LocalError, match="docker compose build ended with code 3"):
            compose.up(with_keys)
        assert (with_keys / "calls").read_text() == "compose build\n"

    def test_it_waits_until_every_service_is_healthy(self, with_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # The reporter becomes healthy at the second look at it.
        look = 'echo "$4" >> looks; [ "$4" = id-reporter ] && [ "$(grep -c reporter looks)" = 1 ] && echo starting'
        docker = with_keys / "docker"
        docker.write_text(
            f'#!/bin/sh\ncase "$*" in *"ps "*) echo "id-$4";; inspect*) {{ {look}; }} || echo healthy;; esac\n'
        )
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{with_keys}:/usr/bin:/bin")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        monkeypatch.setattr(compose, "POLL_SECONDS", 0.01)
        compose.up(with_keys)
        assert (with_keys / "looks").read_text().split().count("id-reporter") == 2

    def test_services_that_do_not_become_healthy_are_named(
        self, with_keys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        docker = with_keys / "docker"
        docker.write_text(
            '#!/bin/sh\ncase "$*" in *"ps "*notifier) ;; *"ps "*) echo id;; inspect*) echo healthy;; esac\n'
        )
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{with_keys}:/usr/bin:/bin")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        monkeypatch.setattr(compose, "READY_SECONDS", 0)
        with pytest.raises(LocalError, match=r"^notifier not healthy in 0 s"):
            compose.up(with_keys)


class TestPlatformUnderCompose:
    """With an engine that answers, every command goes to Compose (here a stand-in that notes its words)."""

    @pytest.fixture
    def root(self, with_keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        docker = with_keys / "docker"
        answers = 'case "$*" in *keys*) echo the-key;; inspect*) echo healthy;; *"ps "*) echo id;; esac'
        docker.write_text(f'#!/bin/sh\n{answers}\necho "$@" >> calls\n')
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{with_keys}:/usr/bin:/bin")
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        monkeypatch.setenv("GATEWAY_PORT", "8099")
        monkeypatch.chdir(with_keys)
        return with_keys

    def calls(self, root: Path) -> list[str]:
        looks = ("info", "compose version", "compose ps", "inspect")
        return [call for call in (root / "calls").read_text().splitlines() if not call.startswith(looks)]

    def test_up_down_and_logs(self, root: Path) -> None:
        assert up.up(root, silent) == "http://127.0.0.1:8099"
        up.down(root)
        assert up.logs(root) == 0
        services = "gateway ingestor reporter notifier audit bot"
        assert self.calls(root) == [
            "compose build",
            "compose up -d",
            "compose down",
            f"compose logs --follow --tail=20 {services}",
        ]

    def test_migrate_runs_the_jobs_in_order(self, root: Path) -> None:
        up.migrate(root, silent)
        jobs = [call.rsplit(" ", 1)[1] for call in self.calls(root)]
        migrations = ["gateway-migrate", "ingestor-migrate", "reporter-migrate", "notifier-migrate", "audit-migrate"]
        assert jobs == ["build", "bootstrap", *migrations, "topology", "broker-users", "bot-key"]

    def test_a_command_runs_in_the_container_of_its_service(
        self, root: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert up.run(root, ["gateway", "keys", "list"]) == 0
        assert capfd.readouterr().out == "the-key\n"
        up.run(root, ["notifier", "webhook", "list"])
        up.run(root, ["servicekit", "dead", "reporter.orders"])
        assert self.calls(root) == [
            "compose exec -T gateway python -m gateway keys list",
            "compose exec -T notifier python -m notifier webhook list",
            "compose exec -T gateway python -m servicekit dead reporter.orders",
        ]

    def test_clean_deletes_the_volumes_of_what_was_up(self, root: Path) -> None:
        (root / ".env").unlink()
        up.clean(root)
        assert self.calls(root) == []
        up.up(root, silent)
        up.clean(root)
        assert self.calls(root)[-1] == "compose down --volumes"


class TestRun:
    @pytest.mark.parametrize("words", [[], ["wbsim"], ["os"]])
    def test_only_packages_with_commands(self, with_keys: Path, words: list[str]) -> None:
        with pytest.raises(
            LocalError, match="has no commands; one of gateway, ingestor, reporter, notifier, audit, bot, servicekit"
        ):
            up.run(with_keys, words)


class TestGatewayPort:
    @pytest.mark.parametrize("value", ["abc", "-1", "65536", "8080.0", "²"])
    def test_what_is_no_port_is_refused_before_anything_starts(
        self, with_keys: Path, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        monkeypatch.setattr(compose, "available", lambda: False)
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
        monkeypatch.setenv("GATEWAY_PORT", value)
        with pytest.raises(LocalError, match="GATEWAY_PORT is not a port"):
            up.up(with_keys, silent)
        assert not (with_keys / ".local").exists()
