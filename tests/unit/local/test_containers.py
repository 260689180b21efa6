"""Containers, with a stand-in for the Docker engine (a real one needs a machine that has it)."""

from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException, NotFound
from local import containers
from local.errors import LocalError
from local.instance import Instance
from local.redis import REDIS


class FakeContainer:
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.answer = (0, b"")

    def exec_run(self, command: list[str], *, environment: dict[str, str]) -> tuple[int, bytes]:
        self.calls.append(f"{' '.join(command)} {environment}")
        return self.answer

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def remove(self, *, v: bool) -> None:
        self.calls.append(f"remove volumes={v}")


class FakeEngine:
    """Holds containers by name, as `docker.from_env()` does."""

    def __init__(self, **held: FakeContainer) -> None:
        self.held = held
        self.containers = self

    def ping(self) -> bool:
        return True

    def get(self, name: str) -> FakeContainer:
        if name not in self.held:
            raise NotFound(name)
        return self.held[name]


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance("one", tmp_path)


def use(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine) -> None:
    monkeypatch.setattr(docker, "from_env", lambda **_: engine)


class TestDockerContainers:
    def test_without_an_engines_socket_nobody_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def ask(**_: object) -> None:
            raise AssertionError("asked")

        monkeypatch.delenv("DOCKER_HOST", raising=False)
        monkeypatch.setattr(containers, "DEFAULT_UNIX_SOCKET", "http+unix:///nowhere/docker.sock")
        monkeypatch.setattr(docker, "from_env", ask)
        assert not containers.DockerContainers().available()

    def test_an_engine_that_answers_is_available(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")  # stands in for the engine's socket
        use(monkeypatch, FakeEngine())
        assert containers.DockerContainers().available()

    def test_an_engine_that_does_not_answer_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(**_: Any) -> FakeEngine:
            raise DockerException("no socket")

        monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
        monkeypatch.setattr(docker, "from_env", refuse)
        assert not containers.DockerContainers().available()

    def test_a_container_of_before_is_resumed_on_its_port(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        container = FakeContainer()
        use(monkeypatch, FakeEngine(**{"pulse-one-redis": container}))
        port = instance.port("redis")
        url = containers.DockerContainers().start(REDIS, instance)
        assert url == REDIS.url(instance.secret("redis"), port)
        assert container.calls == ["start"]

    def test_a_new_container_listens_on_loopback_with_a_password(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[Any] = []

        class Recording:
            def __init__(self, image: str) -> None:
                self.said: dict[str, Any] = {"image": image, "env": {}}
                made.append(self)

            def with_name(self, name: str) -> "Recording":
                self.said["name"] = name
                return self

            def with_kwargs(self, **kwargs: Any) -> "Recording":
                self.said |= kwargs
                return self

            def with_env(self, key: str, value: str) -> "Recording":
                self.said["env"][key] = value
                return self

            def with_command(self, command: Any) -> "Recording":
                self.said["command"] = command
                return self

            def start(self) -> "Recording":
                self.said["started"] = True
                return self

        use(monkeypatch, FakeEngine())
        monkeypatch.setattr(containers, "DockerContainer", Recording)
        url = containers.DockerContainers().start(REDIS, instance)
        port, password = instance.last_port("redis"), instance.secret("redis")
        assert url == REDIS.url(password, port)
        assert made[0].said == {
            "image": REDIS.image.name,
            "name": "pulse-one-redis",
            "ports": {"6379/tcp": ("127.0.0.1", port)},
            "env": {},
            "command": f"redis-server --requirepass {password}",
            "started": True,
        }

    def test_a_container_that_cannot_start_is_told(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        class Failing:
            def __init__(self, image: str) -> None:
                self.image = image

            def with_name(self, name: str) -> "Failing":
                return self

            def with_kwargs(self, **kwargs: Any) -> "Failing":
                return self

            def with_command(self, command: Any) -> "Failing":
                return self

            def start(self) -> "Failing":
                raise DockerException("no such image")

        use(monkeypatch, FakeEngine())
        monkeypatch.setattr(containers, "DockerContainer", Failing)
        with pytest.raises(LocalError, match="container of Redis could not be started: no such image"):
            containers.DockerContainers().start(REDIS, instance)

    @pytest.mark.parametrize(("remove", "calls"), [(False, ["stop"]), (True, ["stop", "remove volumes=True"])])
    def test_stopping_keeps_the_data_unless_told(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch, remove: bool, calls: list[str]
    ) -> None:
        container = FakeContainer()
        use(monkeypatch, FakeEngine(**{"pulse-one-redis": container}))
        containers.DockerContainers().stop(REDIS, instance, remove=remove)
        assert container.calls == calls

    def test_a_command_runs_in_the_container_and_its_failure_is_told(
        self, instance: Instance, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        container = FakeContainer()
        use(monkeypatch, FakeEngine(**{"pulse-one-redis": container}))
        containers.DockerContainers().run(REDIS, instance, ["redis-cli", "ping"], {"A": "b"})
        assert container.calls == ["redis-cli ping {'A': 'b'}"]
        container.answer = (1, b"no such command\n")
        with pytest.raises(LocalError, match="the container of Redis: no such command"):
            containers.DockerContainers().run(REDIS, instance, ["redis-cli", "ping"], {})
        with pytest.raises(LocalError, match="nothing can be run in the container of Redis"):
            containers.DockerContainers().run(REDIS, Instance("two", instance.root), ["redis-cli"], {})

    def test_stopping_what_is_not_there_does_nothing(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        engine = FakeEngine(other=(other := FakeContainer()))
        use(monkeypatch, engine)
        containers.DockerContainers().stop(REDIS, instance, remove=True)
        assert other.calls == []
