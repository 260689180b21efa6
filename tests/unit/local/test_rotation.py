"""`make rotate` as it is called: what it refuses, and what it says when it is ended."""

import subprocess
import sys
from pathlib import Path

import pytest
from local import __main__ as command
from local import rotation
from local.errors import LocalError
from local.instance import Instance, read_json, write_private_json
from local.platform import Platform
from local.workspace import find_root, locked

SERVICES = ("gateway", "ingestor", "notifier")


def instance(tmp_path: Path) -> Instance:
    """Services that were started once and run no more."""
    made = Instance("up", tmp_path)
    write_private_json(made.folder / "services.json", {service: {"PORT": "1"} for service in SERVICES})
    write_private_json(made.folder / "secrets.json", {})
    return made


def test_what_is_not_running_is_named_before_anything_changes(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(LocalError, match="the platform is not running: make up"):
        rotation.rotate_running(Instance("never", tmp_path), said.append)
    with pytest.raises(LocalError, match="not running: gateway, ingestor, notifier; make up starts everything"):
        rotation.rotate_running(instance(tmp_path), said.append)
    assert said == []


def test_of_two_at_a_time_the_second_is_refused_and_makes_no_key(tmp_path: Path) -> None:
    pulse = Platform(instance(tmp_path), {})
    kept = (pulse.instance.folder / "secrets.json").read_text()
    with (
        locked(pulse.instance.folder / "rotation.lock"),
        pytest.raises(LocalError, match="keys are being rotated already"),
    ):
        rotation.rotate(pulse, "postgresql://", "pulse", lambda _: None)
    assert (pulse.instance.folder / "secrets.json").read_text() == kept


def test_a_service_that_is_not_ready_in_time_is_told_with_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Platform, "start_service", lambda *_: None)
    pulse = Platform(instance(tmp_path), {"gateway": {"PORT": "1"}})
    with pytest.raises(LocalError, match=r"(?s)gateway ended.*make rotate again, once gateway is ready$"):
        rotation.restart(pulse, "gateway", {"SEAL_PUBLIC_KEY": "new"})
    assert read_json(tmp_path / ".local" / "up" / "services.json")["gateway"]["SEAL_PUBLIC_KEY"] == "new"


def test_ended_by_hand_it_says_what_is_left_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rotation, "rotate_running", ended)
    monkeypatch.setattr("local.compose.available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["local", "rotate", "--root", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        command.main()
    said = capsys.readouterr().err
    assert (left.value.code, said.count("\n")) == (2, 1)
    assert "older and new keys are accepted; make rotate again" in said


def test_services_that_it_starts_again_are_no_less_urgent_than_before() -> None:
    root = find_root(Path(__file__).parent)
    said = subprocess.run(["make", "-n", "rotate"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert "-m local rotate" in said
    assert "nice" not in said
