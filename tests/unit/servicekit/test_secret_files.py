"""A secret may lie in a file, for the settings of every service and for every command."""

import importlib
from pathlib import Path

import pytest
import typer
from local.environments import PROCESSES
from servicekit.secret_files import BadSecretFile, Commands, value_of
from servicekit.settings import ProcessSettings, ServiceSettings, is_secret
from support.settings import settings_of
from typer.testing import CliRunner

URLS = {"REDIS_URL": "redis://h/0", "RABBITMQ_URL": "amqp://u:hunter2-4Kq9vLx3Zt@h/"}


@pytest.fixture
def held(tmp_path: Path) -> Path:
    path = tmp_path / "held"
    path.write_text("postgresql://role:hunter2-4Kq9vLx3Zt@h/db\n")
    return path


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch, held: Path) -> pytest.MonkeyPatch:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, url in URLS.items():
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("DATABASE_URL_FILE", str(held))
    return monkeypatch


class TestValueOf:
    def test_is_what_the_variable_holds_or_its_file_without_the_end_of_the_line(self, held: Path) -> None:
        assert value_of("A", {"A": "x"}) == "x"
        assert value_of("A", {"A_FILE": str(held)}) == "postgresql://role:hunter2-4Kq9vLx3Zt@h/db"
        assert value_of("A", {"A": "", "A_FILE": str(held)}) == "postgresql://role:hunter2-4Kq9vLx3Zt@h/db"

    def test_what_is_empty_is_not_set(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()
        assert value_of("A", {}) is None
        assert value_of("A", {"A": "", "A_FILE": ""}) is None
        assert value_of("A", {"A_FILE": str(tmp_path / "empty")}) is None
        assert value_of("A", {"A": "x", "A_FILE": str(tmp_path / "empty")}) == "x"

    def test_both_are_refused(self, held: Path) -> None:
        with pytest.raises(BadSecretFile, match=r"^A, A_FILE: one of both, not both$"):
            value_of("A", {"A": "x", "A_FILE": str(held)})

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(BadSecretFile, match=r"^A_FILE: .*/none cannot be read: No such file"):
            value_of("A", {"A_FILE": str(tmp_path / "none")})
        (tmp_path / "binary").write_bytes(b"\xff\xfe")
        with pytest.raises(BadSecretFile, match=r"^A_FILE: .*/binary cannot be read: it is not text"):
            value_of("A", {"A_FILE": str(tmp_path / "binary")})


class TestSettings:
    def test_a_secret_comes_from_its_file(self, env: pytest.MonkeyPatch) -> None:
        assert (
            ServiceSettings.from_environment().database_url.get_secret_value()
            == "postgresql://role:hunter2-4Kq9vLx3Zt@h/db"
        )

    def test_what_is_no_secret_does_not(self, env: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "port").write_text("81")
        env.setenv("PORT_FILE", str(tmp_path / "port"))
        assert ServiceSettings.from_environment().port == 8080

    def test_what_is_wrong_ends_the_process_with_a_line(
        self, env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        env.setenv("DATABASE_URL", "postgresql://hunter2")
        with pytest.raises(SystemExit) as ended:
            ServiceSettings.from_environment()
        assert ended.value.code == 2
        assert capsys.readouterr().err == "DATABASE_URL, DATABASE_URL_FILE: one of both, not both\n"

    @pytest.mark.parametrize("service", PROCESSES)
    def test_every_secret_of_every_service_may_be_in_a_file(
        self, env: pytest.MonkeyPatch, tmp_path: Path, service: str
    ) -> None:
        made: type[ProcessSettings] = settings_of(service)
        secrets = [name for name, field in made.model_fields.items() if is_secret(field)]
        assert {"telegram_bot_token", "database_url"} & set(secrets)
        for name in secrets:
            env.delenv(name.upper(), raising=False)
            env.setenv(f"{name.upper()}_FILE", str(tmp_path / "gone"))
            with pytest.raises(BadSecretFile, match=f"^{name.upper()}_FILE: "):
                made()
            env.delenv(f"{name.upper()}_FILE")


cli = typer.Typer(cls=Commands, pretty_exceptions_enable=False)
inner = typer.Typer()
cli.add_typer(inner, name="inner")
Url = typer.Option(envvar="DATABASE_URL")


@inner.command()
def show(url: str = Url) -> None:
    print("inner", url)


@cli.command()
def say(url: str = Url) -> None:
    print("outer", url)


class TestCommands:
    @pytest.mark.parametrize(("words", "said"), [(["say"], "outer"), (["inner", "show"], "inner")])
    def test_an_option_comes_from_the_file_unless_it_is_said(
        self, env: pytest.MonkeyPatch, words: list[str], said: str
    ) -> None:
        assert CliRunner().invoke(cli, words).output == f"{said} postgresql://role:hunter2-4Kq9vLx3Zt@h/db\n"
        assert CliRunner().invoke(cli, [*words, "--url", "x"]).output == f"{said} x\n"

    def test_without_either_it_is_missing(self, env: pytest.MonkeyPatch) -> None:
        env.delenv("DATABASE_URL_FILE")
        result = CliRunner().invoke(cli, ["say"])
        assert result.exit_code == 2
        assert "Missing option '--url'" in result.output

    def test_a_file_that_cannot_be_read_is_a_line(self, env: pytest.MonkeyPatch) -> None:
        env.setenv("DATABASE_URL_FILE", "/nowhere")
        result = CliRunner().invoke(cli, ["say"])
        assert result.exit_code == 2
        assert result.output == "DATABASE_URL_FILE: /nowhere cannot be read: No such file or directory\n"

    @pytest.mark.parametrize("package", [*(each for each in PROCESSES if each != "bot"), "servicekit"])
    def test_every_service_has_such_commands(self, package: str) -> None:
        assert importlib.import_module(f"{package}.__main__").cli.info.cls is Commands
