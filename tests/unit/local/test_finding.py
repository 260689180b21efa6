"""The order in which a server is looked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from local import debian, finding
from local.errors import LocalError, MissingServerError
from local.instance import Instance
from local.kind import Binaries, Kind
from local.redis import REDIS
from local.servers import silent

HERE = Binaries(Path("/somewhere"))


class Engine:
    """A Docker engine that answers or not, and remembers what it was asked to start."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.started: list[str] = []

    def available(self) -> bool:
        return self.answers

    def start(self, kind: Kind, instance: Instance) -> str:
        self.started.append(f"{instance.name}-{kind.name}")
        return "redis://container"

    def run(self, kind: Kind, instance: Instance, command: Sequence[str], env: Mapping[str, str]) -> None:
        raise AssertionError("nothing is run while looking")

    def stop(self, kind: Kind, instance: Instance, *, remove: bool) -> None:
        raise AssertionError("nothing is stopped while looking")


def kind(*, installed: bool = False, unpacked: bool = False, probe: Callable[[str], None] = lambda _: None) -> Kind:
    def find(prefix: Path) -> Binaries | None:
        return HERE if (installed and prefix == Path("/")) or (unpacked and prefix.name == REDIS.package) else None

    return replace(REDIS, find=find, probe=probe, start=lambda _, instance: f"redis://{instance.name}")


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REDIS.variable, raising=False)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance("one", tmp_path)


class TestObtain:
    def test_a_given_url_comes_first_and_is_used_as_it_is(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(REDIS.variable, "redis://mine")
        asked: list[str] = []
        found = finding.obtain(kind(installed=True, probe=asked.append), instance, Engine(answers=True), silent)
        assert found == ("given", "redis://mine")
        assert asked == ["redis://mine"]

    def test_a_given_url_that_does_not_answer_is_an_error_not_a_reason_to_look_further(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(REDIS.variable, "redis://mine")

        def refuse(_: str) -> None:
            raise ConnectionRefusedError("refused")

        with pytest.raises(LocalError, match="REDIS_URL is set, but Redis does not answer there: refused"):
            finding.obtain(kind(installed=True, probe=refuse), instance, Engine(answers=True), silent)

    def test_programs_of_this_machine_come_before_containers(self, instance: Instance) -> None:
        engine = Engine(answers=True)
        assert finding.obtain(kind(installed=True), instance, engine, silent) == ("private", "redis://one")
        assert engine.started == []

    def test_packages_unpacked_before_come_before_containers(self, instance: Instance) -> None:
        engine = Engine(answers=True)
        assert finding.obtain(kind(unpacked=True), instance, engine, silent) == ("private", "redis://one")
        assert engine.started == []

    def test_a_container_is_waited_for_until_it_answers(self, instance: Instance) -> None:
        attempts: list[str] = []

        def second_time(url: str) -> None:
            attempts.append(url)
            if len(attempts) < 2:
                raise ConnectionRefusedError

        engine = Engine(answers=True)
        found = finding.obtain(kind(probe=second_time), instance, engine, silent)
        assert found == ("container", "redis://container")
        assert engine.started == ["one-redis"]
        assert attempts == ["redis://container"] * 2

    def test_a_container_that_never_answers_is_an_error(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_: str) -> None:
            raise ConnectionRefusedError("refused")

        monkeypatch.setattr(finding, "READY_SECONDS", 0)
        with pytest.raises(LocalError, match="the container of Redis does not answer: refused"):
            finding.obtain(kind(probe=refuse), instance, Engine(answers=True), silent)

    def test_packages_are_fetched_last(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        fetched: list[str] = []

        def fetch(package: str, folder: Path, _: Callable[[str], None]) -> Path:
            fetched.append(package)
            (folder / package).mkdir(parents=True)
            return folder / package

        def find(prefix: Path) -> Binaries | None:
            return HERE if prefix != Path("/") and prefix.exists() else None

        monkeypatch.setattr(debian, "available", lambda: True)
        monkeypatch.setattr(debian, "fetch", fetch)
        found = finding.obtain(replace(kind(), find=find), instance, Engine(answers=False), silent)
        assert found == ("private", "redis://one")
        assert fetched == ["redis-server"]

    def test_packages_that_cannot_be_fetched_leave_one_line_that_says_what_to_do(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fetch(*_: object) -> Path:
            raise LocalError("no network")

        monkeypatch.setattr(debian, "available", lambda: True)
        monkeypatch.setattr(debian, "fetch", fetch)
        with pytest.raises(MissingServerError) as caught:
            finding.obtain(kind(), instance, Engine(answers=False), silent)
        said = str(caught.value)
        assert said == "Redis is missing: install redis-server, start Docker, or set REDIS_URL (no network)"

    def test_nothing_at_all_leaves_one_line_that_says_what_to_do(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(debian, "available", lambda: False)
        with pytest.raises(MissingServerError, match="install redis-server, start Docker, or set REDIS_URL"):
            finding.obtain(kind(), instance, Engine(answers=False), silent)
