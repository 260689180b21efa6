"""Each configuration file, broken on purpose, is refused in one line that names it and says what is wrong."""

import shutil
from pathlib import Path

import pytest
from local import alertmanager, checking, programs
from local.errors import LocalError
from local.kind import Binaries
from local.workspace import find_root
from typer.testing import CliRunner

ROOT = find_root(Path(__file__).parent)
BROKEN = [
    ("infra/observability/prometheus.yml", "scrape_interval:", "scrape_intervall:", "scrape_intervall not found"),
    ("infra/observability/prometheus.yml", "job_name: gateway", "job_name: ingestor", "ingestor"),
    ("infra/observability/rules/symptoms.yml", "== 0", "== (", "parse error"),
    ("infra/observability/rules/objectives.yml", "record: pulse:late:ratio", "record: pulse late", "pulse late"),
    ("infra/observability/alertmanager.yml", "receiver: page", "receiver: pager", 'undefined receiver "pager"'),
    ("infra/observability/alertmanager.yml", "repeat_interval: 1h", "repeat_interval: often", "often"),
    ("infra/docker/haproxy.cfg", "balance leastconn", "balance luckily", "[45] : balance only supports"),
    ("infra/docker/haproxy.cfg", "default_backend gateways", "default_backend gatewais", "gatewais"),
    (".env", "SYNC_INTERVAL='5'", "SYNC_INTERVAL", ".env:2: not NAME=value"),
    (".env", "SYNC_INTERVAL='5'", "SYNC_INTERVAL='5", ".env:2: the value of SYNC_INTERVAL begins with a quote"),
    (".env", "SYNC_INTERVAL='5'", "POSTGRES_PASSWORD=other", ".env:2: POSTGRES_PASSWORD is there twice"),
]


def find(package: str) -> Binaries | None:
    """From the workspace of these tests, whatever folder is looked through."""
    said: list[str] = []
    found = programs.find_or_fetch(package, ROOT, said.append)
    return found or pytest.fail("; ".join(said))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with nothing but its configuration."""
    for check in checking.CHECKS:
        for path in ROOT.glob(check.files):
            copied = tmp_path / path.relative_to(ROOT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copied)
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD='secret'\nSYNC_INTERVAL='5'\n")
    return tmp_path


def test_what_is_committed_is_read_by_the_programs_it_is_for(root: Path) -> None:
    assert list(checking.problems(root, find)) == []
    assert checking.unread(find) == []


@pytest.mark.parametrize(("path", "right", "wrong", "said"), BROKEN)
def test_a_broken_file_is_refused_with_a_line(root: Path, path: str, right: str, wrong: str, said: str) -> None:
    text = (root / path).read_text()
    assert right in text
    (root / path).write_text(text.replace(right, wrong, 1))
    [line] = checking.problems(root, find)
    assert line.startswith(path)
    assert said in line
    assert "\n" not in line
    assert "secret" not in line


def test_whom_the_environment_names_is_told_in_a_way_that_its_program_reads(root: Path) -> None:
    settings = {"ALERT_TELEGRAM_CHAT_ID": "-4711", "TELEGRAM_BOT_TOKEN": "1:a", "ALERT_WEBHOOK_URL": "http://a/b?c=1"}
    (root / "infra/observability/alertmanager.yml").write_text(alertmanager.configuration(settings))
    assert list(checking.problems(root, find)) == []


def test_the_command_ends_with_1_and_says_what_it_could_not_check(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from local.__main__ import app

    (root / "pyproject.toml").write_text("[tool.uv.workspace]\n")
    monkeypatch.setattr("local.programs.shutil.which", lambda *_, **__: None)
    found = CliRunner().invoke(app, ["check", "--root", str(root)])
    assert (found.exit_code, found.output.count("\n")) == (0, 1)
    assert "not checked" in found.output
    (root / ".env").write_text("broken\n")
    found = CliRunner().invoke(app, ["check", "--root", str(root)])
    assert found.exit_code == 1
    assert ".env:1: not NAME=value" in found.output


def test_a_setting_that_is_no_setting_stops_make_up_under_compose(root: Path) -> None:
    from local import compose

    (root / ".env").write_text("TELEGRAM_BOT_TOKEN: 1:secret\n")
    with pytest.raises(LocalError, match=r"^\.env:1: not NAME=value$"):
        compose.write_env(root, {})
