"""Where things lie, and what a named instance remembers."""

import socket
import stat
from pathlib import Path

import pytest
from local.errors import LocalError
from local.instance import Instance, read_json
from local.ports import HOST, free_port, is_free
from local.workspace import find_root


class TestFindRoot:
    def test_the_workspace_is_found_from_a_folder_below_it(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("[tool.uv.workspace]\nmembers = []\n")
        member = tmp_path / "services" / "one"
        member.mkdir(parents=True)
        (member / "pyproject.toml").write_text("[project]\nname = 'one'\n")
        assert find_root(member) == tmp_path

    def test_outside_a_workspace_the_message_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(LocalError, match="--root"):
            find_root(tmp_path)


class TestPorts:
    def test_a_free_preferred_port_is_kept(self) -> None:
        port = free_port()
        assert free_port(port) == port

    def test_a_taken_port_is_replaced(self) -> None:
        with socket.create_server((HOST, free_port())) as taken:
            port = taken.getsockname()[1]
            assert not is_free(port)
            assert free_port(port) != port


class TestInstance:
    def test_a_password_is_random_kept_and_readable_by_its_owner_only(self, tmp_path: Path) -> None:
        first = Instance("one", tmp_path).secret("redis")
        assert Instance("one", tmp_path).secret("redis") == first
        assert Instance("two", tmp_path).secret("redis") != first
        file = tmp_path / ".local" / "one" / "secrets.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_a_port_stays_the_same_while_it_is_free(self, tmp_path: Path) -> None:
        port = Instance("one", tmp_path).port("redis")
        assert Instance("one", tmp_path).port("redis") == port
        with socket.create_server((HOST, port)):
            other = Instance("one", tmp_path).port("redis")
        assert other != port
        assert Instance("one", tmp_path).last_port("redis") == other

    def test_a_preferred_port_wins_when_free_and_yields_when_taken(self, tmp_path: Path) -> None:
        preferred = free_port()
        assert Instance("one", tmp_path).port("gateway", preferred) == preferred
        with socket.create_server((HOST, preferred)):
            assert Instance("one", tmp_path).port("gateway", preferred) != preferred

    def test_a_missing_file_reads_as_empty(self, tmp_path: Path) -> None:
        assert read_json(tmp_path / "none.json") == {}
